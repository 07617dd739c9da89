"""The catalogs of what people read: `python -m tools.words` brings them up to date and says what is not translated yet.

A text is whatever stands in `_`, `gettext` and their kin in a module, or in a translation tag of a template. There is one
catalog a language, in `web/locale`; both its forms are kept, so that nobody who runs Countersign needs gettext.
"""
from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "countersign"
LANGUAGES = ("de", "fr", "nl")
_ARGUMENTS = {
    "_": ("id",), "gettext": ("id",), "gettext_lazy": ("id",), "gettext_noop": ("id",), "ngettext": ("id", "plural"), "ngettext_lazy": ("id", "plural"),
    "pgettext": ("context", "id"), "pgettext_lazy": ("context", "id"), "npgettext": ("context", "id", "plural"),
}  # fmt: skip
_PASSING = re.compile(r'#|"(POT-Creation|PO-Revision|Project|Report|Last|Language-Team|Generated)')  # of a header: who and when
_CALL = re.compile(r"\b(_|n?p?gettext)\(")
_LITERAL = re.compile(r"\s*u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?", re.DOTALL)


class Text(NamedTuple):
    """One text that people read."""

    id: str
    plural: str = ""
    context: str = ""


def texts(source: Path) -> set[Text]:
    """Every text of the product's modules and templates; the practice network speaks English to its invented readers."""
    found: set[Text] = set()
    for path in source.rglob("*.py"):
        if "practice" not in path.relative_to(source).parts:
            found |= set(_of_module(path.read_text()))
    for path in source.rglob("templates/**/*.html"):
        if "practice" not in path.relative_to(source).parts:
            found |= set(_of_template(path.read_text()))
    return found


def _of_module(code: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(code)):
        name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or name not in _ARGUMENTS:
            continue
        given = node.args[: len(_ARGUMENTS[name])]
        said = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if said and len(said) == len(given):
            yield Text(**dict(zip(_ARGUMENTS[name], said, strict=True)))


def _of_template(template: str) -> Iterator[Text]:
    code = templatize(template)
    for call in _CALL.finditer(code):
        said, place = list[str](), call.end()
        for _argument in _ARGUMENTS[call[1]]:
            literal = _LITERAL.match(code, place)
            if literal is None:
                break
            said.append(ast.literal_eval(literal[1]))
            place = literal.end()
        if len(said) == len(_ARGUMENTS[call[1]]):
            yield Text(**dict(zip(_ARGUMENTS[call[1]], said, strict=True)))


def place_of(source: Path, language: str) -> Path:
    """Where a language's catalog lies."""
    return source / "web" / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path, language: str) -> Catalog:
    """A catalog; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(source: Path, language: str) -> list[Text]:
    """The texts that have no translation in a language, in the order of the alphabet."""
    known = read(place_of(source, language), language)
    return sorted(text for text in texts(source) if not _is_whole(known.get(_key(text), text.context or None)))


def left_over(source: Path, language: str) -> list[str]:
    """What is translated and no longer said anywhere."""
    wanted = {(text.id, text.context or None) for text in texts(source)}
    return sorted(_id(one) for one in read(place_of(source, language), language) if one.id and (_id(one), one.context) not in wanted)


def compiled(path: Path, language: str) -> bytes:
    """The form of a catalog that the program reads."""
    catalog, into = read(path, language), io.BytesIO()
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same catalog gives the same bytes
    write_mo(into, catalog)
    return into.getvalue()


def update(source: Path, language: str) -> int:
    """Bring a language's catalog up to date, in both forms; how many texts are not translated."""
    path = place_of(source, language)
    known, fresh = read(path, language), Catalog(locale=language, charset="utf-8", fuzzy=False)
    for text in sorted(texts(source)):
        before = known.get(_key(text), text.context or None)
        fresh.add(_key(text), before.string if before else None, context=text.context or None)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, width=0, omit_header=False, sort_output=True, no_location=True)
    head, _blank, entries = path.read_text().partition("\n\n")
    path.write_text("\n".join([line for line in head.splitlines() if not _PASSING.match(line)]) + "\n\n" + entries)
    path.with_suffix(".mo").write_bytes(compiled(path, language))
    return len(missing(source, language))


def _key(text: Text) -> str | tuple[str, str]:
    return (text.id, text.plural) if text.plural else text.id


def _id(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple | list) else message.id)


def _is_whole(message: Message | None) -> bool:
    strings = message.string if message and isinstance(message.string, tuple | list) else [message.string if message else ""]
    return all(strings)


def main() -> int:
    """Bring every catalog up to date; 1 while something is not translated."""
    left = {language: update(SOURCE, language) for language in LANGUAGES}
    for language, count in left.items():
        print(f"{language}: {count} texts are not translated")
        for text in missing(SOURCE, language)[:20]:
            print(f"    {text.id!r}")
    return 1 if any(left.values()) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Words that people read: marked for translation, and translated with everything they hold."""
from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools import words as catalogs
from tools.rules.tree import Tree

_ERRORS = {
    "Conflict", "Invalid", "KeyRefused", "NetworkError", "OutcomeUnknown", "Refused", "Rejected", "Throttled", "Unreachable", "ValidationError",
}  # fmt: skip
_LABELS = {"label", "help_text", "empty_label"}  # of a field of a form
_OURS = {"Countersign"}  # a name is the same in every language


def no_inline(tree: Tree) -> Iterator[str]:
    """The strict policy needs no exception: no inline script, style or handler in any template."""
    for path in tree.templates:
        text = path.read_text()
        for pattern in (r"<style\b", r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", r"\sstyle=", r"\son[a-z]+=", r"javascript:"):
            if found := re.search(pattern, text):
                yield f"{path.relative_to(tree.source)} has {found.group(0).strip()!r}."


def errors_are_marked(tree: Tree) -> Iterator[str]:
    """What an error or a field of a form says is a sentence given to `_`, never a bare one or one put together."""
    for path, module in tree.code.items():
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            name = ast.unparse(call.func).rpartition(".")[2]
            spoken = {"remedy"} | (_LABELS if name.endswith("Field") else set())
            said = [one.value for one in call.keywords if one.arg in spoken]
            if name in _ERRORS:
                said += call.args[:1]
            for one in said:
                is_bare = isinstance(one, ast.JoinedStr | ast.BinOp) or (isinstance(one, ast.Constant) and one.value)
                if is_bare:
                    yield f"{tree.name_of(path)}:{call.lineno} says {ast.unparse(one)[:60]}, which is not marked for translation."


_SILENT = re.compile(
    r"\{#.*?#\}|<!--.*?-->|\{%\s*comment\b.*?\bendcomment\s*%\}"
    r"|\{%\s*blocktrans(?:late)?\b.*?\bendblocktrans(?:late)?\s*%\}|<code\b.*?</code>|<(\w+)[^>]*\stranslate=\"no\".*?</\1>", re.S
)  # fmt: skip
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
_SPOKEN = re.compile(r"\s(aria-label|aria-description|title|placeholder|alt|data-say-[a-z-]+)=\"([^\"]*)\"")
_IN_TAG = re.compile(r"(?<!_\()(?<!date:)(?<!time:)(?:\"([^\"]*)\"|'([^']*)')")
_READS_AS_WORDS = re.compile(r"[A-Z][a-z]+$|[A-Z]?[a-z]+ [a-z]+|[A-Z][a-z]+ ")


def templates_are_marked(tree: Tree) -> Iterator[str]:
    """Every word of a template is marked for translation, also in attributes that are read out.

    What is the same in every language stands in `<code>`, or in an element that says `translate="no"` of itself.
    The practice network's own pages are left out: it stands for a stranger's network, and speaks English as that might.
    """
    for path in tree.templates:
        name = path.relative_to(tree.source)
        if name.parts[0] != "practice":
            yield from (f"{name} says {words!r}, which is not marked for translation." for words in _unmarked(path.read_text()))


def _unmarked(template: str) -> Iterator[str]:
    text = _SILENT.sub(" ", template)
    for tag in _TAG.findall(text):
        if not re.match(r"\{%\s*(translate|trans|extends|load)\b", tag):
            literals = (double or single for double, single in _IN_TAG.findall(tag))
            yield from (literal for literal in literals if _READS_AS_WORDS.match(literal))
    text = _TAG.sub(" ", text)
    spoken = [words for _attribute, words in _SPOKEN.findall(text)]
    spoken += re.sub(r"<[^>]*>|\s[\w-]+=\"[^\"]*\"|&#?\w+;", "\n", text).splitlines()
    yield from (words.strip() for words in spoken if set(re.findall(r"[^\W\d_]{2,}", words)) - _OURS)


def scripts_say_nothing(tree: Tree) -> Iterator[str]:
    """A script holds no sentence of its own: it says what the page, which knows the reader's language, gave it."""
    for path in tree.scripts:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            code = line.partition("// ")[0]
            if found := re.search(r"[\"'`][A-Z][a-z]+[ .][^\"'`]*[\"'`]", code):
                yield f"{path.relative_to(tree.source)}:{number} says {found[0]}."


_ENTRY = re.compile(r'^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)(?:msgid_plural ((?:"(?:[^"\\]|\\.)*"\n)+))?((?:msgstr(?:\[\d\])? (?:"(?:[^"\\]|\\.)*"\n)+)+)', re.M)
_HOLES = re.compile(r"%\(\w+\)s|\{\w+\}")


def translations_hold_what_the_sentences_hold(tree: Tree) -> Iterator[str]:
    """Whatever is translated names the same facts as the sentence it translates; a plural may leave the number out."""
    for path in sorted(tree.source.rglob("locale/*/LC_MESSAGES/*.po")):
        for single, plural, translated in _ENTRY.findall(path.read_text() + "\n"):
            source = _joined(single)
            wanted = set(_HOLES.findall(source + _joined(plural)))
            for one in re.split(r"^msgstr(?:\[\d\])? ", translated, flags=re.M)[1:]:
                found = set(_HOLES.findall(_joined(one)))
                is_whole = found <= wanted if plural else found == wanted
                if source and _joined(one) and not is_whole:
                    yield f"{path.relative_to(tree.source)}: {source!r} is translated without what it holds, or with more."


def every_text_is_translated(tree: Tree) -> Iterator[str]:
    """Whatever people read has its translation in every language, nothing is left of what is no longer said, and the form that
    the program reads is that of the catalog."""
    for language in catalogs.LANGUAGES:
        path = catalogs.place_of(tree.source, language)
        for text in catalogs.missing(tree.source, language):
            yield f"{text.id!r} is not translated into {language}; python -m tools.words makes room for it."
        for one in catalogs.left_over(tree.source, language):
            yield f"{one!r} is translated into {language}, but said nowhere."
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != catalogs.compiled(path, language):
            yield f"{compiled.relative_to(tree.source)} is not what its catalog says; python -m tools.words writes it."


def _joined(lines: str) -> str:
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', lines))

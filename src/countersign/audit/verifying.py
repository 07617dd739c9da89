"""Verifying an exported log, offline: any byte that was changed, taken out, put in or swapped is noticed.

Plain Python without Django: `python -m countersign.audit.verifying FILE`. An export cannot show that it is the newest, nor
that the holder of the log's key did not write a second history. For that, give `known` checkpoints: ones that were kept
elsewhere, at another time.
"""
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

from countersign.audit import checkpoint as notes
from countersign.audit.leaf import commitment
from countersign.audit.tree import EMPTY_ROOT, CompactRange
from countersign.base.errors import Invalid
from countersign.base.words import _

HEADER = "countersign/audit-export/v1"
_NOTE_LINES = 5

_COMPARE = _("Do not rely on this file. Compare it with another copy of the log.")
_NO_EXPORT = _("This is not an exported audit log, or it was changed near {place}.")
_CHANGED = _("The log was changed: something between event {first} and event {last} is not what was signed.")
_CUT = _("The file ends after event {last}; {size} were signed.")
_MORE = _("The file goes on after its end.")
_OTHER_KEY = _("The file was signed with another key than the one you gave.")
_OLDER = _("The file ends with event {last}; a checkpoint you kept is of event {size}.")
_REWRITTEN = _("The log was rewritten: its first {size} events are not those of a checkpoint you kept.")
_PERSONAL_CHANGED = _("The personal data of event {number} is not what was recorded.")
_PERSONAL_GONE = _("The personal data of event {number} is missing, and no event says that it was erased.")


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified. There is no report on a log that is not whole: `verify` raises."""

    events: int
    checkpoints: int
    root: bytes
    key: str
    first_at: str
    last_at: str
    personal: int
    erased: int
    known: int


def verify(path: Path, public_key: str | None = None, known: Iterable[str] = ()) -> Report:
    """Verify an exported log and say what it holds.

    Raises Invalid, with what is wrong, for a log that is not whole. `public_key` is the log's key as it was kept outside;
    without it the file's own is used, and whoever wrote the file may have chosen that. `known` are checkpoints that were
    kept outside.
    """
    with path.open("rb") as file:
        return verify_file(file, public_key, known)


def verify_file(file: IO[bytes], public_key: str | None = None, known: Iterable[str] = ()) -> Report:
    """Verify an exported log that is open for reading; else as `verify`."""
    key = _read_head(file, public_key)
    stated = _read_checkpoints(file, key)
    parts = _Parts(_read_personal(file))
    size, kept = _read_size(file, stated), [notes.require_signed(note, key, is_cosigned=True) for note in known]
    for each in kept:
        if each.size > size:
            raise Invalid(_OLDER, last=size, size=each.size, remedy=_COMPARE)
    ends = _grow(file, stated, kept, parts)
    parts.require_explained()
    return Report(
        events=size, checkpoints=len(stated), root=ends.root, key=str(key),
        first_at=_at(1, ends.first), last_at=_at(size, ends.last), personal=len(parts.given), erased=len(parts.missing), known=len(kept),
    )  # fmt: skip


def verify_main(argv: Sequence[str]) -> int:
    """The command: print what was found in sentences; return 0 for a whole log, 1 for any other, 2 without a file."""
    parser = argparse.ArgumentParser(prog="countersign audit verify", description="Verify an exported audit log, offline.")
    parser.add_argument("file", type=Path, help="the exported log")
    parser.add_argument("--key", help="the log's public key, or a file that holds it")
    parser.add_argument("--known", type=Path, action="append", default=[], help="a checkpoint that was kept elsewhere")
    given = parser.parse_args(argv)
    try:
        report = verify(given.file, _key_text(given.key), [path.read_text(encoding="utf-8") for path in given.known])
    except (OSError, UnicodeDecodeError) as error:
        print(f"A file could not be read: {error}.", file=sys.stderr)
        return 2
    except Invalid as error:
        print(f"{error.what} {error.remedy}".strip(), file=sys.stderr)
        return 1
    print("\n".join(_sentences(report, is_pinned=given.key is not None)))
    return 0


@dataclass(slots=True)
class _Parts:
    """The personal parts of a file, held against what the leaves say of them."""

    given: dict[int, bytes]
    missing: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    unclaimed: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.unclaimed = set(self.given)

    def read(self, number: int, line: bytes) -> None:
        """Hold one leaf that a checkpoint vouches for against its personal part, and learn what it says was erased."""
        if b'"event":"personal.erased"' in line:
            content = _content(number, line)
            self.erased.update(content["details"]["entries"])
        if (stated := _stated(line)) is None:
            return
        if number not in self.given:
            self.missing.add(number)
        elif self.given[number] != stated:
            raise Invalid(_PERSONAL_CHANGED, number=number, remedy=_COMPARE)
        self.unclaimed.discard(number)

    def require_explained(self) -> None:
        """Raise Invalid when a part is missing that no event erased, or one is there that no leaf speaks of."""
        if gone := self.missing - self.erased:
            raise Invalid(_PERSONAL_GONE, number=min(gone), remedy=_COMPARE)
        if self.unclaimed:
            raise Invalid(_PERSONAL_CHANGED, number=min(self.unclaimed), remedy=_COMPARE)


def _read_head(file: IO[bytes], public_key: str | None) -> notes.PublicKey:
    if _line(file, "its first line") != HEADER:
        raise Invalid(_NO_EXPORT, place="its first line", remedy=_COMPARE)
    key = notes.PublicKey.parse(_line(file, "its key"))
    if public_key is not None and str(key) != public_key:
        raise Invalid(_OTHER_KEY, remedy=_COMPARE)
    return key


def _read_checkpoints(file: IO[bytes], key: notes.PublicKey) -> list[notes.Checkpoint]:
    found: list[notes.Checkpoint] = []
    for _each in range(_count(file, "checkpoints")):
        note = "".join(f"{_line(file, 'its checkpoints')}\n" for _part in range(_NOTE_LINES))
        stated = notes.require_signed(note, key)
        if found and stated.size <= found[-1].size:
            raise Invalid(_NO_EXPORT, place="its checkpoints", remedy=_COMPARE)
        found.append(stated)
    return found


def _read_personal(file: IO[bytes]) -> dict[int, bytes]:
    """What each personal part commits to, by number of its event."""
    found: dict[int, bytes] = {}
    last = 0
    for _each in range(_count(file, "personal")):
        number, commits = _personal(_line(file, "its personal data"))
        if number <= last:
            raise Invalid(_NO_EXPORT, place="its personal data", remedy=_COMPARE)
        found[number], last = commits, number
    return found


def _personal(line: str) -> tuple[int, bytes]:
    """One line `number salt text`: every character counts, for the text is under the hash."""
    number, _space, rest = line.partition(" ")
    salt, _space, text = rest.partition(" ")
    try:
        raw = bytes.fromhex(salt)
        if str(int(number)) == number and raw.hex() == salt:
            return int(number), commitment(raw, text.encode()).encode()
    except ValueError:
        pass
    raise Invalid(_NO_EXPORT, place="its personal data", remedy=_COMPARE)


def _read_size(file: IO[bytes], stated: list[notes.Checkpoint]) -> int:
    size = _count(file, "events")
    if not stated or stated[-1].size != size:
        raise Invalid(_NO_EXPORT, place="the number of its events", remedy=_COMPARE)
    return size


def _grow(file: IO[bytes], stated: list[notes.Checkpoint], kept: list[notes.Checkpoint], parts: _Parts) -> _Ends:
    """Build the tree a stretch at a time and hold it against each checkpoint on the way."""
    edge, ends, good = CompactRange(), _Ends(), 0
    roots, kept_roots = {each.size: each.root for each in stated}, [(each.size, each.root) for each in kept]
    for stop in sorted({*roots, *(size for size, _root in kept_roots)}):
        lines = list(islice(file, stop - edge.size))
        edge.extend([sha256(b"\0" + line[:-1]).digest() for line in lines])
        if edge.size < stop or (lines and lines[-1][-1:] != b"\n"):  # only the last line of a file can lack it
            raise Invalid(_CUT, last=edge.size, size=stated[-1].size, remedy=_COMPARE)
        root = edge.root()
        if roots.get(stop, root) != root:
            raise Invalid(_CHANGED, first=good + 1, last=stop, remedy=_COMPARE)
        if any(size == stop and kept_root != root for size, kept_root in kept_roots):
            raise Invalid(_REWRITTEN, size=stop, remedy=_COMPARE)
        good = stop if stop in roots else good
        ends.note(lines, root)
        for number, line in enumerate(lines, start=stop - len(lines) + 1):
            if b'"personal' in line:
                parts.read(number, line)
    if file.read(1):
        raise Invalid(_MORE, remedy=_COMPARE)
    return ends


@dataclass(slots=True)
class _Ends:
    """The first and the last leaf, and the root over all."""

    first: bytes = b""
    last: bytes = b""
    root: bytes = EMPTY_ROOT

    def note(self, lines: list[bytes], root: bytes) -> None:
        """Remember one more stretch."""
        if lines:
            self.first, self.last, self.root = self.first or lines[0], lines[-1], root


def _stated(line: bytes) -> bytes | None:
    """What a leaf says of its personal part. Leaves are canonical JSON, in which this key is the last."""
    if line[-80:-67] == b',"personal":"' and line[-3:] == b'"}\n':
        return line[-67:-3]
    return None


def _at(number: int, line: bytes) -> str:
    return str(_content(number, line)["at"]) if line else ""


def _content(number: int, line: bytes) -> dict[str, Any]:
    """A leaf that is vouched for, as JSON. Raises Invalid when it is not of our format for all that."""
    try:
        content = json.loads(line)
        if isinstance(content["at"], str) and all(type(each) is int for each in content["details"].get("entries", ())):
            return dict(content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    raise Invalid(_NO_EXPORT, place=f"event {number}", remedy=_COMPARE)


def _line(file: IO[bytes], place: str) -> str:
    raw = file.readline()
    try:
        if raw[-1:] == b"\n":
            return raw[:-1].decode()
    except UnicodeDecodeError:
        pass
    raise Invalid(_NO_EXPORT, place=place, remedy=_COMPARE)


def _count(file: IO[bytes], of: str) -> int:
    word, _space, number = _line(file, f"the number of its {of}").partition(" ")
    if word != of or not (number.isascii() and number.isdecimal()) or str(int(number)) != number:
        raise Invalid(_NO_EXPORT, place=f"the number of its {of}", remedy=_COMPARE)
    return int(number)


def _key_text(given: str | None) -> str | None:
    if given is None or "+" in given:
        return given
    return Path(given).read_text(encoding="utf-8").strip()


def _sentences(report: Report, *, is_pinned: bool) -> Iterator[str]:
    yield f"The log is whole: {report.events} events from {report.first_at} to {report.last_at}."
    yield f"Its root is {report.root.hex()}, under {report.checkpoints} signed checkpoint{'' if report.checkpoints == 1 else 's'}."
    if report.erased:
        yield f"The personal data of {report.erased} events was erased, and the log says so."
    if report.known:
        yield f"It continues the {report.known} checkpoint{'' if report.known == 1 else 's'} you kept."
    else:
        yield "To see that it was not rewritten as a whole, give --known with a checkpoint that was kept elsewhere."
    if not is_pinned:
        yield f"It was checked with the key it brought along: {report.key}. Compare that with the key you know."


if __name__ == "__main__":
    sys.exit(verify_main(sys.argv[1:]))

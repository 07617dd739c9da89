"""The broker's own file: every line it ever acknowledged, in order, and nothing taken back.

The database is not believed about what was sent, who may sign or which nonce was used; this file is. One JSON object a
line (RFC 8785): what it says (`body`), its `kind`, its `number`, and the SHA-256 of everything up to it. A line is on the
disk before `append` returns, and before anybody can read it here. Lines of threads that append at the same time share one
wait for the disk: while it writes for some, the next ones gather. Who holds the file open holds a lock on it, so there is
never a second broker.

A crash can leave whole lines and an unfinished last one behind, which nobody was told of: the whole ones stand, the
unfinished one is cut off at the next start. Any other change stops the start, with the line it was found at. What the
chain alone cannot show is that whole lines are missing from the end; whoever keeps the `head` elsewhere can show that as
well.
"""
from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import threading
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from countersign.base.errors import Conflict, Refused, Unreachable
from countersign.base.values import canonical
from countersign.base.words import _

START = hashlib.sha256(b"countersign/journal/v1").hexdigest()  # what the first line's chain builds on
_SEAL = ',"sha256":"{}"}}'  # how a line ends
_SEAL_SIZE = len(_SEAL.format(START))


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, its kind, what it says."""

    number: int
    kind: str
    body: dict[str, Any]


class Head(NamedTuple):
    """The newest line's number and chain: two journals with the same head are the same journal."""

    number: int
    sha256: str


@dataclass(slots=True, eq=False)
class _Waiting:
    """A line on its way to the disk: `line` once it is there, `trouble` when it could not be written."""

    kind: str
    said: bytes  # the body in canonical form
    body: dict[str, Any]  # the same, a copy nobody else can change
    line: Line | None = None
    trouble: Unreachable | None = None

    @classmethod
    def of(cls, kind: str, body: dict[str, Any]) -> _Waiting:
        """The line that is to say this."""
        said = canonical(body)
        return cls(kind, said, json.loads(said))

    @property
    def is_over(self) -> bool:
        """Whether its fate is known."""
        return self.line is not None or self.trouble is not None


class Journal:
    """The file, held open and locked until `close`. Safe to use from any thread."""

    def __init__(self, path: Path) -> None:
        """Open and check the file, or begin it. Conflict when another broker has it; Refused when it is damaged."""
        self._path, self._lock, self._trouble = path, threading.Condition(), ""
        self._lines: dict[str, list[Line]] = {}
        self._by: dict[tuple[str, str], dict[Any, list[Line]]] = {}
        self._waiting: list[_Waiting] = []
        self._is_writing = False
        self._head = Head(0, START)
        self._file = _open(path)
        try:
            self._size = self._read_all()
        except BaseException:
            os.close(self._file)
            raise
        self.lines_at_opening = self._head.number

    @property
    def head(self) -> Head:
        """The newest line's number and chain."""
        return self._head

    def append(self, kind: str, body: dict[str, Any]) -> Line:
        """Add a line and return once it is on the disk. Unreachable, and the file as before, when it cannot be written."""
        waiting = _Waiting.of(kind, body)
        with self._lock:
            self._waiting.append(waiting)
        return self._brought_out(waiting)

    def append_next(self, kind: str, body: dict[str, Any], *, part: str, after: int) -> Line | None:
        """The same, if there are exactly `after` lines of this kind with the same value under `part`; None otherwise."""
        waiting = _Waiting.of(kind, body)
        with self._lock:
            coming = sum(1 for one in self._waiting if one.kind == kind and one.body.get(part) == body[part])
            if len(self._found(kind, part, body[part])) + coming != after:
                return None
            self._waiting.append(waiting)
        return self._brought_out(waiting)

    def lines(self, kind: str) -> tuple[Line, ...]:
        """All lines of a kind, oldest first."""
        with self._lock:
            return tuple(self._lines.get(kind, ()))

    def lines_where(self, kind: str, part: str, value: object) -> tuple[Line, ...]:
        """The lines of a kind whose body has this value under `part`, oldest first. Indexed from the first question on."""
        with self._lock:
            return tuple(self._found(kind, part, value))

    def close(self) -> None:
        """Let go of the file and its lock, once what is being written is written."""
        with self._lock:
            self._lock.wait_for(lambda: not self._is_writing)
            if self._file >= 0:
                os.close(self._file)
            self._file, self._trouble = -1, _("The journal is closed.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _found(self, kind: str, part: str, value: object) -> list[Line]:
        if (kind, part) not in self._by:
            index = self._by[(kind, part)] = {}
            for line in self._lines.get(kind, ()):
                index.setdefault(line.body.get(part), []).append(line)
        return self._by[(kind, part)].get(value, [])

    def _remember(self, line: Line) -> None:
        self._lines.setdefault(line.kind, []).append(line)
        for (kind, part), index in self._by.items():
            if kind == line.kind:
                index.setdefault(line.body.get(part), []).append(line)

    def _brought_out(self, waiting: _Waiting) -> Line:
        """The line once it is on the disk: written by this thread with all that wait, or by another that began before."""
        with self._lock:
            self._lock.wait_for(lambda: waiting.is_over or not self._is_writing)
            group = [] if waiting.is_over else list(self._waiting)
            self._is_writing = self._is_writing or bool(group)
        if group:
            self._bring_out(group)
        if waiting.line is None:
            raise waiting.trouble or _unwritable(OSError())
        return waiting.line

    def _bring_out(self, group: list[_Waiting]) -> None:
        """Write these lines and wait for the disk once; all of them are written, or none."""
        lines, head, trouble = list[Line](), self._head, _unwritable(OSError())
        try:
            lines, head = self._written(group)
        except Unreachable as error:
            trouble = error
        finally:
            with self._lock:
                self._head = head
                for waiting, line in zip_longest(group, lines):
                    waiting.line, waiting.trouble = line, None if line else _again(trouble)
                    if line:
                        self._remember(line)
                del self._waiting[: len(group)]
                self._is_writing = False
                self._lock.notify_all()

    def _written(self, group: list[_Waiting]) -> tuple[list[Line], Head]:
        lines, head, raw = list[Line](), self._head, bytearray()
        for waiting in group:
            line = Line(head.number + 1, waiting.kind, waiting.body)
            text, sha256 = _text(line, waiting.said, head.sha256)
            head = Head(line.number, sha256)
            lines.append(line)
            raw += text
        self._write(bytes(raw))
        return lines, head

    def _write(self, raw: bytes) -> None:
        if self._trouble:
            raise Unreachable(self._trouble, remedy=_("Start the broker again."))
        try:
            _write_whole(self._file, raw, at=self._size)
        except OSError as error:
            self._take_back()
            raise _unwritable(error) from error
        try:
            os.fsync(self._file)
        except OSError as error:
            # After a failed fsync nobody knows what the disk holds: only reading it anew may go on from there.
            self._trouble = _("The broker's journal is in doubt since its disk failed.")
            self._take_back()
            raise _unwritable(error) from error
        self._size += len(raw)

    def _take_back(self) -> None:
        try:
            os.ftruncate(self._file, self._size)
            os.fsync(self._file)
        except OSError:
            self._trouble = _("The broker's journal is in doubt since its disk failed.")

    def _read_all(self) -> int:
        """Check and remember every line; cut off an unfinished last one; return the size."""
        size = 0
        with open(self._file, "rb", closefd=False) as file:
            for raw in file:
                if raw.endswith(b"\n"):
                    self._take_in(raw[:-1])
                    size += len(raw)
                    continue
                if self._finish(raw, at=size):
                    self._take_in(raw)
                    size += len(raw) + 1
                break  # not read on: the file may just have grown by the end we gave it
        if size != os.fstat(self._file).st_size:
            os.ftruncate(self._file, size)
            os.fsync(self._file)
        return size

    def _take_in(self, raw: bytes) -> None:
        line = _read(raw, self._head)
        if line is None:
            raise _damaged(self._path, self._head.number + 1)
        self._head = Head(line.number, _chained(raw[:-_SEAL_SIZE], self._head.sha256))
        self._remember(line)

    def _finish(self, raw: bytes, *, at: int) -> bool:
        """Give a last line that lacks nothing but its end that end. False: it is unfinished, and was never acknowledged.

        A whole line with one byte too many is neither: there the end itself was changed, of a line that may have been
        acknowledged.
        """
        if _read(raw[:-1], self._head):
            raise _damaged(self._path, self._head.number + 1)
        if _read(raw, self._head) is None:
            return False
        try:
            _write_whole(self._file, b"\n", at=at + len(raw))
            os.fsync(self._file)
        except OSError as error:
            raise _unwritable(error) from error
        return True


def _open(path: Path) -> int:
    """Open and lock the file; one that is new is entered in its directory for good."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except BaseException as error:
        os.close(file)
        if isinstance(error, BlockingIOError):
            what = _("Another broker is running with the journal {path}.")
            raise Conflict(what, remedy=_("Stop that one first."), path=str(path)) from error
        raise
    return file


def _chained(said: bytes, before: str) -> str:
    """SHA-256 over the chain before and the line without its own: `said` is all but the seal."""
    return hashlib.sha256(before.encode() + said + b"}").hexdigest()


def _text(line: Line, body: bytes, before: str) -> tuple[bytes, str]:
    """The line as bytes, and its chain; `body` is its body in canonical form."""
    said = b'{"body":' + body + b',"kind":' + canonical(line.kind) + b',"number":%d' % line.number
    sha256 = _chained(said, before)
    return said + _SEAL.format(sha256).encode() + b"\n", sha256


def _read(raw: bytes, head: Head) -> Line | None:
    """The line these bytes are, if they are exactly what was written after `head`."""
    said = raw[:-_SEAL_SIZE]
    if raw[-_SEAL_SIZE:] != _SEAL.format(_chained(said, head.sha256)).encode():
        return None
    try:
        content = json.loads(raw)
        line = Line(content["number"], content["kind"], content["body"])
    except (ValueError, KeyError, TypeError):
        return None
    return line if line.number == head.number + 1 else None


def _write_whole(file: int, raw: bytes, *, at: int) -> None:
    while raw:
        written = os.pwrite(file, raw, at)
        raw, at = raw[written:], at + written


def _damaged(path: Path, number: int) -> Refused:
    return Refused(
        _("The broker's journal {path} was changed or damaged at line {line}, so the broker does not start."),
        remedy=_("Put back its newest whole copy; what was sent since then is read from the networks."),
        path=str(path), line=number,
    )  # fmt: skip


def _again(error: Unreachable) -> Unreachable:
    """The same error for another thread: what is raised twice at once tells of neither."""
    return Unreachable(error.template, remedy=error.remedy_template)


def _unwritable(error: OSError) -> Unreachable:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return Unreachable(_("The disk is full, so the broker did nothing."), remedy=_("Make room, then try again."))
    return Unreachable(_("The broker's journal cannot be written, so it did nothing."), remedy=_("Look at its disk."))

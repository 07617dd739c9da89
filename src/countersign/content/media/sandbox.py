"""The sandbox's client: has a picture cleaned in a process that holds nothing and reaches nothing.

One warm worker stands ready for each process that asks. It is killed and replaced when it breaks or takes too long, and
what it gives back is read again here, by `leaks`, before anybody uses it.
"""
from __future__ import annotations

import atexit
import base64
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import countersign
from countersign.base.words import _
from countersign.content.media import leaks, parcels
from countersign.content.media.problems import LARGEST_FILE, LARGEST_RENDITION, PROBLEMS, Unusable, as_invalid
from countersign.content.media.telling import CHANGES, LONGEST_VALUE, TRACES, Change, Trace

SECONDS = 25.0  # by the clock, for one picture
_START_SECONDS = 10.0
_MOST_TRACES = 200
_LONGEST_PREVIEW = 100_000  # characters of base64
_FORMATS = ("AVIF", "GIF", "JPEG", "PNG", "TIFF", "WEBP")

# All the worker is told. Large pages (glibc) spare each job, which begins with no memory of its own, half its page faults.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}

# What the worker tried before its first picture, and what stopped it.
FENCES = {
    "network": _("It cannot reach any network."),
    "files": _("It cannot see any file."),
    "writing": _("It cannot write a file."),
    "processes": _("It cannot start a program."),
    "calls": _("Only the few system calls that decoding needs are open to it."),
    "memory": _("Its memory and its time are limited."),
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A picture written anew, what it is, what the original held, and what was done to it."""

    content: bytes
    mime: str
    width: int
    height: int
    frames: int
    original_format: str
    traces: list[Trace]
    changes: list[Change]


class Sandbox:
    """A warm worker, used by one thread at a time."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.fences: frozenset[str] = frozenset()
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._of_process = 0

    def clean(self, data: bytes) -> Cleaned:
        """The picture cleaned. Raises Invalid, with what is wrong with it, when it cannot be; it is never half done."""
        if not data:
            raise as_invalid(Unusable("empty"))
        if len(data) > LARGEST_FILE:
            raise as_invalid(Unusable("too_large", bytes=len(data), limit=LARGEST_FILE))
        try:
            with self._turn:
                header, content = self._exchange(data)
            return believed(header, content)
        except Unusable as problem:
            raise as_invalid(problem) from problem

    def start(self) -> frozenset[str]:
        """Have the worker ready; return the fences that hold it. Raises Invalid when it does not start."""
        try:
            with self._turn:
                self._require_worker()
        except Unusable as problem:
            raise as_invalid(problem) from problem
        return self.fences

    def close(self) -> None:
        """End the worker."""
        with self._turn:
            self._end()

    @property
    def worker(self) -> int:
        """The process id of the worker; 0 when there is none."""
        return self._process.pid if self._process else 0

    def _exchange(self, data: bytes) -> tuple[dict[str, Any], bytes]:
        line = self._require_worker()
        deadline = time.monotonic() + self.seconds
        try:
            line.settimeout(self.seconds)
            line.sendall(parcels.pack({}, data))
            return parcels.receive(_until(line, deadline), longest=LARGEST_RENDITION)
        except TimeoutError as error:
            self._end(patience=0)
            raise Unusable("time") from error
        except (OSError, EOFError, ValueError) as error:
            known = {parcels.OUT_OF_TIME: "time", parcels.OUT_OF_MEMORY: "memory"}
            raise Unusable(known.get(self._end(), "broken_worker")) from error

    def _require_worker(self) -> socket.socket:
        if self._line is not None and self._process is not None and self._of_process == os.getpid():
            if not _has_ended(self._process):
                return self._line
            self._end()
        return self._begin()

    def _begin(self) -> socket.socket:
        empty = tempfile.mkdtemp(prefix="countersign-sandbox-")
        ours, theirs = socket.socketpair()
        try:
            self._process, self._line, self._of_process = _started(theirs, empty), ours, os.getpid()
            header, _nothing = parcels.receive(_until(ours, time.monotonic() + _START_SECONDS), longest=0)
            self.fences = frozenset(FENCES) & frozenset(map(str, header.get("fences", [])))
        except (OSError, EOFError, ValueError) as error:
            self._end()
            raise Unusable("no_sandbox") from error
        finally:
            theirs.close()
            shutil.rmtree(empty, ignore_errors=True)
        return ours

    def _end(self, *, patience: float = 1) -> int:
        """End the worker and everything it started; return how it ended, if it does so by itself within `patience` s."""
        process, line, is_ours = self._process, self._line, self._of_process == os.getpid()
        self._process = self._line = None
        if line is not None:
            line.close()
        if process is None or not is_ours:
            return 0
        deadline = time.monotonic() + patience
        while not _has_ended(process) and time.monotonic() < deadline:
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # before it is reaped, while its number is still its own
        return process.wait()


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended by itself. It is not reaped by asking, where the system can tell without."""
    if process.returncode is None and hasattr(os, "waitid"):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return process.poll() is not None


def _started(line: socket.socket, empty: str) -> subprocess.Popen[bytes]:
    """The worker, with nothing of ours: no environment, no open files, and `empty` as all it will see."""
    return subprocess.Popen(  # noqa: S603 - our own program and nothing from outside
        [sys.executable, "-s", "-P", "-B", "-m", "countersign.processes.sandbox", empty],
        env={**_ENVIRONMENT, "PYTHONPATH": str(Path(countersign.__file__).parents[1])},
        stdin=line.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _until(line: socket.socket, deadline: float) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        return line.recv(most)

    return read


# --- what came back, looked at -------------------------------------------------------------------------------------


def believed(header: dict[str, Any], content: bytes) -> Cleaned:
    """What the worker answered, as far as it is what it may be; its words are taken only from our own tables.

    Raises Unusable, also when it is the worker that misbehaves.
    """
    if "problem" in header:
        raise _problem(header)
    try:
        seen = leaks.require_none(content)
    except leaks.Leak as leak:
        raise Unusable("leaking", what_is_left=str(leak)) from leak
    original, traces, changes = header.get("format"), header.get("traces"), header.get("changes")
    if original not in _FORMATS or not isinstance(traces, list) or not isinstance(changes, list):
        raise Unusable("broken_worker")
    return Cleaned(
        content, seen.mime, seen.width, seen.height, seen.frames, original,
        [_trace(trace) for trace in traces[:_MOST_TRACES]], [_change(change) for change in changes[:_MOST_TRACES]],
    )  # fmt: skip


def _problem(header: dict[str, Any]) -> Unusable:
    key, facts = header["problem"], header.get("facts")
    if key not in PROBLEMS or not isinstance(facts, dict):
        return Unusable("broken_worker")
    told = {name: value if type(value) is int else str(value)[:LONGEST_VALUE] for name, value in facts.items()}
    try:
        PROBLEMS[key][0].format(**told)
    except (KeyError, IndexError, TypeError):
        return Unusable("broken_worker")
    return Unusable(key, **told)


def _trace(given: Any) -> Trace:
    if not isinstance(given, dict) or given.get("kind") not in TRACES:
        raise Unusable("broken_worker")
    trace: Trace = {"kind": given["kind"], "value": str(given.get("value", ""))[:LONGEST_VALUE]}
    if trace["kind"] == "place":
        trace |= {"latitude": _degrees(given, "latitude"), "longitude": _degrees(given, "longitude")}
    if "picture" in given:
        trace["picture"] = _preview(given["picture"])
    return trace


def _degrees(given: dict[str, Any], name: str) -> float:
    value = given.get(name)
    if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 180:
        raise Unusable("broken_worker")
    return float(value)


def _preview(picture: Any) -> str:
    """A thumbnail is shown in a browser, so it is looked at like the picture itself."""
    if not isinstance(picture, str) or len(picture) > _LONGEST_PREVIEW:
        raise Unusable("broken_worker")
    try:
        leaks.require_none(base64.b64decode(picture, validate=True))
    except (leaks.Leak, ValueError) as error:
        raise Unusable("broken_worker") from error
    return picture


def _change(given: Any) -> Change:
    if not isinstance(given, dict) or given.get("kind") not in CHANGES:
        raise Unusable("broken_worker")
    return {str(name)[:20]: value if type(value) is int else str(value)[:LONGEST_VALUE] for name, value in given.items()}


_sandbox = Sandbox()
atexit.register(_sandbox.close)


def clean(data: bytes) -> Cleaned:
    """The picture cleaned by this process's own warm worker. Raises Invalid with a sentence when it cannot be."""
    return _sandbox.clean(data)


def isolation() -> tuple[list[str], list[str]]:
    """The sentences about what holds the worker, as shown by its own attempts, and those that do not hold here."""
    held = _sandbox.start()
    return [FENCES[name] for name in FENCES if name in held], [FENCES[name] for name in FENCES if name not in held]

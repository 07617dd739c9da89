"""The mark: how far the journal had come, kept where no backup of the journal takes it along.

A journal that was put back from an older copy is whole in itself; nothing in it shows what is missing. The mark does. It
says in which life of the broker the newest line was written, that line's number, and when. It lies beside the keys and is
left out of every backup. It is written after the line and before whatever the line allows, so it is never ahead of a
journal that was left alone.
"""
from __future__ import annotations

import os
import threading
from datetime import datetime
from pathlib import Path
from typing import NamedTuple


class Noted(NamedTuple):
    """What the mark says: the life's name (32 hexadecimal characters), the newest line's number, the moment."""

    life: str
    number: int
    at: datetime


class Mark:
    """The file, open until `close`. Safe to use from any thread; who uses it holds the journal."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it. OSError when it cannot be written: without it a restored journal goes unnoticed."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._folder, self._lock = path.parent, threading.Lock()
        self._life, self._number = "", 0

    def read(self) -> Noted | None:
        """What it says; None when it is new, or says nothing that can be understood."""
        try:
            life, number, at = os.pread(self._file, 200, 0).decode("ascii").split()
            return Noted(life, int(number), datetime.fromisoformat(at))
        except ValueError:
            return None

    def begin(self, life: str, number: int, *, at: datetime) -> None:
        """Begin a life of the broker; it is on the disk when this returns."""
        with self._lock:
            self._life, self._number = life, number
            self._write(at)
            os.fsync(self._file)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def note(self, number: int, *, at: datetime) -> None:
        """Note the newest line's number; a lower one changes nothing.

        Not forced onto the disk: the kernel keeps it when the process is killed, and after a power cut the journal is
        there, which the mark is then only behind.
        """
        with self._lock:
            if number > self._number:
                self._number = number
                self._write(at)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _write(self, at: datetime) -> None:
        """One write of always the same length over what stood there."""
        line = f"{self._life} {self._number:020d} {at.isoformat(timespec='microseconds')}\n"
        os.pwrite(self._file, line.encode("ascii"), 0)

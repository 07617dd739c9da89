"""The barrier between locking and sending: many may send at once, a lock waits for them and lets nobody new begin.

Held shared from the check of the locks until the request is written; taken exclusively by a lock before it answers, so
that nothing begins after a lock has answered.
"""
from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Barrier:
    """A lock that many hold shared and one exclusively; whoever waits to hold it exclusively goes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._shared = 0
        self._waiting = 0
        self._is_exclusive = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold it with others."""
        with self._changed:
            while self._is_exclusive or self._waiting:
                self._changed.wait()
            self._shared += 1
        try:
            yield
        finally:
            with self._changed:
                self._shared -= 1
                self._changed.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold it alone."""
        with self._changed:
            self._waiting += 1
            while self._is_exclusive or self._shared:
                self._changed.wait()
            self._waiting -= 1
            self._is_exclusive = True
        try:
            yield
        finally:
            with self._changed:
                self._is_exclusive = False
                self._changed.notify_all()

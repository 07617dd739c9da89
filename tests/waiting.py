"""Waiting for what another process does: looked at again and again, until it is so or too late."""
from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60  # seconds: nothing here takes a tenth of it on a machine that does nothing else


def until[T](look: Callable[[], T | None], *, else_say: Callable[[], str] = lambda: "It did not come.", seconds: float = PATIENCE) -> T:
    """What `look` finds, once it finds something."""
    ends = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if time.monotonic() > ends:
            raise AssertionError(else_say())
        time.sleep(0.1)

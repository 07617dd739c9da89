"""What a package above tells this one when the program starts, since it may not be imported: how a device is locked."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from countersign.base.actor import DutyActor

type Lock = Callable[[DutyActor, Sequence[str], str, datetime], object]

_lock: Lock | None = None


def use_lock(lock: Lock) -> None:
    """Say how devices, by their UUIDs, are locked for a reason, inside a change. Called once, at the start."""
    global _lock  # one program has one way of locking
    _lock = lock


def lock(actor: DutyActor, devices: Sequence[str], reason: str, at: datetime) -> None:
    """Lock these devices, inside a change. RuntimeError in a program that has no locks."""
    if _lock is None:
        raise RuntimeError("No package has said how devices are locked.")
    _lock(actor, devices, reason, at)

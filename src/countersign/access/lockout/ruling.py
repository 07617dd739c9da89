"""Locking by a rule: what packages below find out about a device (it idles, it is not compliant) becomes a case here."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from countersign.access.lockout import locking
from countersign.access.lockout.rules import Target
from countersign.access.lockout.states import Way
from countersign.base.actor import DutyActor
from countersign.people.states import LockKind


def lock_devices(actor: DutyActor, devices: Sequence[str], reason: str, at: datetime) -> None:
    """Lock these devices, by their UUIDs, inside the change of whoever found out."""
    locking.lock(actor, [Target(LockKind.DEVICE, uid) for uid in devices], reason=reason, way=Way.RULE, at=at)

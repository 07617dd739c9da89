"""What an operator did with the wrapping key, on the machine itself: written down here, done in the broker's files."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor

OPERATOR = DutyActor("operator")


def note_replaced(actor: DutyActor, key: str, *, former: str, at: datetime) -> None:
    """A new wrapping key seals from now on."""
    _note(actor, "key.replaced", key, former=former, at=at)


def note_former_ended(actor: DutyActor, key: str, *, at: datetime) -> None:
    """Nothing is wrapped by the former key any more, and its file is gone."""
    _note(actor, "key.former_ended", key, at=at)


def note_kit_made(actor: DutyActor, key: str, *, at: datetime) -> None:
    """The key was split into a recovery kit."""
    _note(actor, "kit.made", key, at=at)


def note_kit_drilled(actor: DutyActor, key: str, *, at: datetime) -> None:
    """Two pieces of the kit were put together and gave the key."""
    _note(actor, "kit.drilled", key, at=at)


def _note(actor: DutyActor, event: str, key: str, *, at: datetime, former: str = "") -> None:
    with recorded(actor, at=at, matter=f"key:{key}") as record:
        gate.require(actor, Right.KEY_KEEP, on=None)
        record(event, f"key:{key}", former=former)

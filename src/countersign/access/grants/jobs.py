"""What the worker does for the roster."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import following
from countersign.base.actor import DutyActor
from countersign.base.errors import NetworkError

KEEP = DutyActor("keep")


def agree_with_the_roster(at: datetime) -> int:
    """Let our copy of the roster agree with the broker's; always 0: nothing is left to do."""
    try:
        following.agree(KEEP, at=at)
    except NetworkError:
        return 0  # the broker is not there; every other duty says so
    return 0

"""When a device counts as idle, which passkeys may sign, which reports are taken. Plain Python."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from countersign.access.devices.states import PostureState
from countersign.base.errors import Invalid, Refused
from countersign.base.words import _

IDLE = timedelta(days=90)
LONGEST_EXCEPTION = timedelta(days=90)
EXCEPT = "device.except"  # the act by which two people accept a passkey that its maker copies
WINDOW = timedelta(minutes=5)  # how far a report's time may lie from ours
MOST_DEVICES = 5000  # in one report
MOST_BYTES = 1_000_000
MOST_FAILURES = 30  # reports not taken from one address within five minutes, after which none is looked at


def is_idle(*, enrolled_at: datetime, seen_at: datetime | None, lifted_at: datetime | None, at: datetime) -> bool:
    """Whether nobody has used a device for so long that it is locked; a lifted lock begins the count anew."""
    return at - max(one for one in (enrolled_at, seen_at, lifted_at) if one is not None) > IDLE


def require_not_own(*, is_own: bool, is_alone: bool) -> None:
    """Refuse an officer who decides about their own device while there is another officer to do it."""
    if is_own and not is_alone:
        raise Refused(_("This is your own device."), remedy=_("Another officer decides about it."))


def require_bound(*, is_synced: bool, is_allowed: bool, is_alone: bool, act: str) -> None:
    """Refuse to sign with a passkey that its maker copies to other devices, so that it proves no device, unless that was
    accepted. Accepting it is itself signed with whatever there is, and one officer alone has nobody to accept it."""
    if is_synced and not is_allowed and not is_alone and act != EXCEPT:
        raise Refused(
            _("The maker of this passkey copies it to other devices, so it does not show which device signs."),
            remedy=_("Sign with a security key or a passkey of one device, or have two people accept this one for a while."),
        )


def until(days: str, *, at: datetime) -> datetime:
    """The end of an exception of so many days; Invalid beyond ninety."""
    if not days.isdecimal() or not 1 <= int(days) <= LONGEST_EXCEPTION.days:
        raise Invalid(_("An exception lasts from 1 to {most} days."), field="days", most=LONGEST_EXCEPTION.days)
    return at + timedelta(days=int(days))


@dataclass(frozen=True, slots=True)
class Said:
    """What device management says of one device, and when it looked."""

    tag: str
    state: PostureState
    at: datetime


def require_recent(timestamp: str, *, at: datetime) -> datetime:
    """The moment in a report's header (seconds since 1970); Refused when it lies further than five minutes from now."""
    try:
        said_at = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused(_("The report has no time.")) from error
    if abs(at - said_at) > WINDOW:
        raise Refused(_("The report is too old, or its sender's clock is wrong."))
    return said_at


def said_in(body: bytes, *, at: datetime) -> list[Said]:
    """What a report says: `{"devices": [{"tag", "state", "at"}]}`. Invalid for anything else; `at` may be left away."""
    try:
        content = json.loads(body)
        rows = content["devices"]
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST_DEVICES:
            raise ValueError
        return [_said(row, at) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid(_("The report is not in the form that is documented.")) from error


def _said(row: Mapping[str, Any], at: datetime) -> Said:
    tag, said_at = row["tag"], row.get("at")
    if not isinstance(tag, str) or not 0 < len(tag) <= 120:
        raise ValueError
    moment = datetime.fromisoformat(said_at) if said_at is not None else at
    if moment.tzinfo is None or moment > at + WINDOW:
        raise ValueError
    return Said(tag, PostureState(row["state"]), moment)

"""When a session has ended, when a proof is fresh, how often somebody may try. Plain Python."""
from __future__ import annotations

from datetime import datetime, timedelta

from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.people.states import DeviceState, Ending, PersonState, Purpose

FRESH = timedelta(minutes=5)  # how long a shown second factor serves for changing one's own sign-in
TOUCH = timedelta(minutes=1)  # how old "last seen" may grow
WINDOW = timedelta(minutes=5)  # over which failures are counted
FAILURES_BY_WHOM = 5
FAILURES_FROM_WHERE = 30
HALVES_WINDOW = timedelta(hours=1)
HALVES_TOLD = 3  # right passwords without a second factor, after which the person is told
KEPT = timedelta(days=1)  # how long attempts are kept
LINK_LASTS = {
    Purpose.FIRST_OFFICER: timedelta(days=1),
    Purpose.INVITATION: timedelta(days=3),
    Purpose.RECOVERY: timedelta(hours=4),
}

ENDED = {
    Ending.AGE: _("You were signed in for twelve hours, so you were signed out. Sign in again."),
    Ending.DEVICE: _("This device was retired, so you were signed out. Sign in on another one, or ask a security officer."),
    Ending.ELSEWHERE: _("This session was ended from another one. Sign in again if it was you."),
    Ending.IDLE: _("Nothing was done here for a while, so you were signed out. Sign in again."),
    Ending.LOCKED: _("You are locked, so you were signed out. Ask a security officer."),
    Ending.PERSON: _("Your sign-in is not active, so you were signed out. Ask a security officer."),
    Ending.PROVIDER: _("You signed out at your company's sign-on, so you were signed out here. Sign in again."),
    Ending.REPLACED: _("Your sign-in changed, so you were signed out. Sign in again."),
    Ending.SIGNED_OUT: _("You signed out. Sign in again."),
    Ending.STRANGE: _("Your sign-in was used in another browser, so it was ended. Sign in again, and tell a security officer."),
}

# Why a browser in which somebody is signed in may do nothing, by the state of its device; "" where it has none.
NOT_ENROLLED = {
    "": _("This browser is not enrolled here, so nothing can be done in it."),
    DeviceState.ASKED: _("This device waits for an officer's approval, so nothing can be done in it yet."),
    DeviceState.REFUSED: _("This device was refused, so nothing can be done in it."),
    DeviceState.RETIRED: _("This device was retired, so nothing can be done in it."),
}
AWAITS = "awaits:"  # begins the cookie's hash of a device that takes the next browser of its person as its own
AWAITS_FOR = timedelta(days=30)


def why_ended(
    *,
    at: datetime,
    ends_at: datetime,
    last_seen_at: datetime,
    idle: timedelta,
    ended_by: str,
    person_state: str,
    is_locked: bool,
) -> Ending | None:
    """Say why a session no longer counts, or None while it does. `person_state` is empty before anybody signed in."""
    if ended_by:
        return Ending(ended_by)
    if is_locked:
        return Ending.LOCKED
    if person_state not in {"", PersonState.ACTIVE}:
        return Ending.PERSON
    if at >= ends_at:
        return Ending.AGE
    if at >= last_seen_at + idle:
        return Ending.IDLE
    return None


def is_fresh(verified_at: datetime | None, *, at: datetime) -> bool:
    """Whether a second factor was shown recently enough to change one's own sign-in."""
    return verified_at is not None and timedelta() <= at - verified_at <= FRESH


def require_few_failures(*, by_whom: int, from_where: int) -> None:
    """Refuse another attempt after too many failures within five minutes."""
    if by_whom >= FAILURES_BY_WHOM or from_where >= FAILURES_FROM_WHERE:
        raise Refused(
            _("There were too many attempts that failed."),
            remedy=_("Wait five minutes, or sign in with a passkey."),
        )


def require_some_factor_left(*, others: int) -> None:
    """Refuse to take away the last second factor."""
    if others < 1:
        raise Refused(
            _("This is your last second factor; without one you could not sign in."),
            remedy=_("Add another first, then remove this one."),
        )

"""Who may leave, when, and who takes over. Plain Python."""
from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.words import _

AHEAD = timedelta(days=366)  # as far as a lock may begin ahead
TELL_BEFORE = timedelta(days=7)  # guests and officers are told of an end
MOST_AT_ONCE = 2000


def require_not_oneself(actor: str, leavers: Collection[str]) -> None:
    """Refuse somebody's own departure: another officer plans it, so that somebody is there to work it off."""
    if actor in leavers:
        raise Refused(_("You cannot plan or change your own departure."), remedy=_("Ask another security officer."))


def require_officer_left(*, officers: Collection[str], leavers: Collection[str], name: str) -> None:
    """Refuse when no officer would be left. `officers` are those who stay officers as far as is known, before these leave."""
    if set(officers) & set(leavers) and not set(officers) - set(leavers):
        raise Refused(
            _("{name} is the only security officer who stays."),
            remedy=_("Make somebody else a security officer first, and put their passkey on the roster."), name=name,
        )


def require_time(starts_at: datetime | None, *, at: datetime) -> None:
    """Invalid for a moment more than a year ahead; one that has passed is now."""
    if starts_at is not None and starts_at > at + AHEAD:
        raise Invalid(_("That is more than a year ahead."), field="day")


def require_whole(why: str, count: int) -> None:
    """Invalid without a reason, without anybody, or for more people than one act can carry."""
    if not count:
        raise Invalid(_("Choose who leaves."), field="person")
    if count > MOST_AT_ONCE:
        raise Invalid(_("That is more than {most} people at once."), field="file", most=MOST_AT_ONCE)
    if not why.strip():
        raise Invalid(_("Say why."), field="why")


def require_nothing_left(count: int) -> None:
    """Conflict while something is left: a departure closes only when its list is empty."""
    if count:
        raise Conflict(
            _("This cannot be closed: {count} things are left."), remedy=_("Work the list off first."), count=count
        )

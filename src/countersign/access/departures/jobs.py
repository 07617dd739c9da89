"""What the worker does for departures: open those whose minute has come, tell guests and officers of an end that is near."""
from __future__ import annotations

from datetime import datetime

from countersign.access.departures import departing, opening, telling
from countersign.access.departures.models import Departure
from countersign.access.departures.opening import DEPART
from countersign.access.departures.rules import MOST_AT_ONCE
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict, Refused

NOTIFY = DutyActor("notify")


def carry_out_departures(at: datetime) -> int:
    """Open what is due, all of it in one transaction; how many. When one of them cannot be, each is tried by itself."""
    rows = Departure.objects.to_open(at).select_related("person", "lock").order_by("starts_at", "pk")
    due = [departure for departure in rows[:MOST_AT_ONCE] if opening.has_officer_beside(departure)]
    if not due:
        return 0
    try:
        opening.open_all(DEPART, due, at=at)
        opened = due
    except (Conflict, Refused):
        opened = [departure for departure in due if _is_opened(departure, at)]
    departing.answer(opened)
    return len(opened)


def _is_opened(departure: Departure, at: datetime) -> bool:
    try:
        opening.open_all(DEPART, [Departure.objects.select_related("person", "lock").get(pk=departure.pk)], at=at)
    except (Conflict, Refused):  # another worker was first, or it was taken back
        return False
    return True


def tell_of_ends(at: datetime) -> int:
    """Tell guests, and the officers, that an end is a week away; how many were told."""
    return telling.tell(NOTIFY, at=at)


def tell_of_departures(at: datetime) -> int:
    """Tell the officers who has left; how many were told."""
    return telling.tell_opened(NOTIFY, at=at)

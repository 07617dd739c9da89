"""What a package above tells this one when the program starts, since it may not be imported: what a guest's end becomes."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from countersign.base.actor import Actor
from countersign.people.models import Person

type End = Callable[[Actor, Person, datetime, datetime], object]

_end: End | None = None


def use_end(end: End) -> None:
    """Say how the end of somebody's time here is planned, inside the change that invites them. Called once, at the start."""
    global _end  # one program has one way of leaving
    _end = end


def plan_end(actor: Actor, person: Person, ends_at: datetime, at: datetime) -> None:
    """Plan when somebody leaves again. RuntimeError in a program that has no departures."""
    if _end is None:
        raise RuntimeError("No package has said how somebody leaves.")
    _end(actor, person, ends_at, at)

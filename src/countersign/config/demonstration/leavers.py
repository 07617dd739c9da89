"""Departures in the demonstration: Jef has left and some of his list is open; Leo leaves at the end of the month after next."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from countersign.access.departures import answering, departing
from countersign.access.departures.models import Task
from countersign.access.departures.states import Answer, TaskKind
from countersign.access.grants import inviting
from countersign.access.grants.rights import Role
from countersign.base.actor import DutyActor, PersonActor
from countersign.config.demonstration.keys import DemoKey
from countersign.people import enrolling
from countersign.people.described import Described
from countersign.people.models import Person
from countersign.people.passkeys import NewPasskey
from countersign.people.states import DeviceKind, Owner


def fill(actor: Callable[[str], PersonActor], people: Mapping[str, Person], now: Callable[[], datetime]) -> None:
    """Let Jef leave, answer one line of his list, and plan Leo's end."""
    kim, jef = actor("Kim"), _jef(now)
    departure = departing.depart(kim, jef, why="His contract has ended.", heir=people["Ann"], at=now())
    first = Task.objects.filter(departure=departure, kind=TaskKind.ADMINISTRATOR).order_by("pk").first()
    if first is not None:
        answering.answer(kim, first, Answer.REMOVED, at=now())
    leaves = now() + timedelta(days=65)
    departing.depart(kim, people["Leo"], why="Goes to the cooperative of Leuven.", heir=people["Ben"], starts_at=leaves, at=now())


def _jef(now: Callable[[], datetime]) -> Person:
    """Jef, who wrote, and signed in with a telephone of the brewery's."""
    person, token = inviting.invite(
        DutyActor("demonstration"), email="jef@delinde.example", name="Jef Goossens", grants=[(Role.AUTHOR, None)], at=now()
    )
    key = DemoKey.make()
    made = NewPasskey(key.credential_id, key.public_key, UUID(int=0), 0, False, False, ["internal"])
    enrolling.accept_with_passkey(
        enrolling.require_usable(token, at=now()), made, passkey_name="Jef's work phone",
        device=Described("Jef's work phone", DeviceKind.PHONE, Owner.COMPANY, "Chrome, Android", "10.20.0.51"), at=now(),
    )
    person.refresh_from_db()
    return person

"""Taking back a departure before its time, giving it another minute, saying who takes over."""
from __future__ import annotations

from datetime import datetime

from countersign.access.departures import departing, rules
from countersign.access.departures.models import Departure
from countersign.access.departures.opening import DEPART
from countersign.access.departures.states import DepartureState
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout import locking
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people.models import Person
from countersign.people.states import PersonState


def cancel(actor: PersonActor, departure: Departure, *, at: datetime) -> None:
    """Take back what has not begun. Conflict once it has: what ended stays ended."""
    with recorded(actor, at=at, matter=departure) as record:
        gate.require(actor, Right.DEPARTURE_PLAN, on=None)
        rules.require_not_oneself(actor.uid, {str(departure.person.uid)})
        if departure.starts_at <= at:
            raise Conflict(_("Its minute has come."), remedy=_("What ended stays ended; invite the person anew if need be."))
        departure.move(DepartureState.CANCELLED, at=at)
        if departure.lock.lifted_at is None:
            locking.unplan_one(DEPART, departure.lock, at=at)
        record("departure.cancelled", departure, of=departure.person.label)


def change_time(actor: PersonActor, departure: Departure, starts_at: datetime, *, at: datetime) -> None:
    """Give a planned departure another minute, as when a guest stays longer. Invalid for one that has passed."""
    with recorded(actor, at=at, matter=departure) as record:
        gate.require(actor, Right.DEPARTURE_PLAN, on=None)
        rules.require_not_oneself(actor.uid, {str(departure.person.uid)})
        rules.require_time(starts_at, at=at)
        if starts_at <= at:
            raise Invalid(_("That moment has passed."), remedy=_("To have it begin now, press *Begin now*."), field="day")
        if departure.state != DepartureState.PLANNED or departure.starts_at <= at:
            raise Conflict(_("This is {state}; its time cannot change."), state=departure.state)
        departing.set_time(record, departure, starts_at)


def name_heir(actor: PersonActor, departure: Departure, heir: Person, *, at: datetime) -> None:
    """Say who takes over what somebody has begun. Invalid for whoever is not active, or leaves as well."""
    with recorded(actor, at=at, matter=departure) as record:
        gate.require(actor, Right.DEPARTURE_PLAN, on=None)
        rules.require_not_oneself(actor.uid, {str(departure.person.uid)})
        leaves = Departure.objects.under_way().filter(person=heir).exists()
        if leaves or heir.pk == departure.person_id or heir.state != PersonState.ACTIVE:
            raise Invalid(_("{name} cannot take over: they are not active here, or leave as well."), field="heir", name=heir.name)
        open_ones = [DepartureState.PLANNED, DepartureState.OPEN]
        if not Departure.objects.filter(pk=departure.pk, state__in=open_ones).update(heir=heir):
            raise Conflict(_("This is over."))
        departure.heir = heir
        record("departure.heir_named", departure, of=departure.person.label, heir=heir.label)

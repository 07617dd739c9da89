"""Closing a departure: only when nothing is left, asked in the same transaction, and with a certificate frozen.

The certificate's digest stands in the entry of the log, so that neither can be changed without the other showing it.
"""
from __future__ import annotations

from datetime import datetime

from countersign.access.departures import certificate, left, rules
from countersign.access.departures.models import Departure
from countersign.access.departures.states import DepartureState
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Person
from countersign.review import plain


def close(actor: PersonActor, departure: Departure, *, at: datetime) -> None:
    """Close what has nothing left. The broker's own roster is asked first, not our copy of it; where it does not answer,
    nothing closes. Conflict while something is left; Refused for one's own."""
    with refusals_recorded(actor, at=at, matter=departure):
        gate.require(actor, Right.DEPARTURE_FOLLOW, on=None)
        rules.require_not_oneself(actor.uid, {str(departure.person.uid)})
    signers = frozenset(plain.of(client.ask(messages.ReadRoster()).standing).signers)
    with recorded(actor, at=at, matter=departure) as record:
        gate.require(actor, Right.DEPARTURE_FOLLOW, on=None)
        held = Departure.objects.select_for_update(of=("self",)).select_related("person", "heir", "planner", "lock").get(pk=departure.pk)
        if held.state != DepartureState.OPEN:
            raise Conflict(_("This departure is {state}."), state=held.state)
        rules.require_nothing_left(len(left.left_of(held, on_roster=signers)))
        closer = Person.objects.get(uid=actor.uid)
        content = certificate.content(held, closer, at=at)
        held.move(DepartureState.CLOSED, at=at, closed_at=at, closed_by=closer, certificate=content)
        record("departure.closed", held, of=held.person.label, certificate=certificate.digest(content))

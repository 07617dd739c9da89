"""Answering what no interface tells, with one's name under it; and asking that a passkey comes off the roster."""
from __future__ import annotations

from datetime import datetime

from countersign.access.departures import rules
from countersign.access.departures.models import Departure, Task
from countersign.access.departures.states import Answer, DepartureState, TaskKind, answers
from countersign.access.grants import gate, rostering
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people.models import Credential, Person
from countersign.review.models import RosterProposal
from countersign.review.states import EntryState


def answer(actor: PersonActor, task: Task, text: str, *, at: datetime) -> None:
    """Say what was found. Conflict when somebody has answered, or the departure is not open; Refused about oneself."""
    departure = task.departure
    with recorded(actor, at=at, matter=departure) as record:
        gate.require(actor, Right.DEPARTURE_FOLLOW, on=None)
        rules.require_not_oneself(actor.uid, {str(departure.person.uid)})
        if text not in answers(TaskKind(task.kind), is_ours=task.device is None or bool(task.device.owner)):
            raise Invalid(_("Choose what you found."), field="answer")
        if departure.state != DepartureState.OPEN:
            raise Conflict(_("This departure is {state}."), state=departure.state)
        person = Person.objects.get(uid=actor.uid)
        found = Task.objects.filter(pk=task.pk, answer="", departure__state=DepartureState.OPEN)
        if not found.update(answer=Answer(text), answered_by=person, answered_at=at):
            raise Conflict(_("Somebody has answered that already."))
        record(
            "departure.answered", departure, account=task.account, kind=task.kind, answer=text,
            device=str(task.device.uid) if task.device else "",
        )


def ask_off(actor: PersonActor, departure: Departure, credential: Credential, *, at: datetime) -> RosterProposal:
    """Propose that a leaver's passkey comes off the roster; officers sign it there. The one that waits, when there is one."""
    with refusals_recorded(actor, at=at, matter=departure):
        gate.require(actor, Right.DEPARTURE_FOLLOW, on=None)
        rules.require_not_oneself(actor.uid, {str(departure.person.uid)})
    if credential.person_id != departure.person_id or departure.state != DepartureState.OPEN:
        raise Conflict(_("This departure is {state}."), state=departure.state)
    waiting = RosterProposal.objects.filter(state=EntryState.WAITING, content__act="remove")
    if known := waiting.filter(content__credential=credential.credential_id).first():
        return known
    return rostering.propose_removing(actor, credential.credential_id, at=at)

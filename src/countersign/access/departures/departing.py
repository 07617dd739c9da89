"""Planning a departure, for a minute ahead or for now, of one person or of many in one transaction.

From its minute on a lock denies the person everything, by the database's own clock. What ends with it is in `opening`.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from countersign.access.departures import opening, rules
from countersign.access.departures.models import Departure
from countersign.access.departures.opening import DEPART
from countersign.access.departures.states import DepartureState, Way
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout import answering, locking
from countersign.access.lockout.models import Case
from countersign.access.lockout.rules import Target
from countersign.access.lockout.states import Way as LockWay
from countersign.audit.recording import Record, recorded, refusals_recorded
from countersign.base import undertaking
from countersign.base.actor import Actor, PersonActor, ProgramActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people.models import Lock, Person
from countersign.people.states import LockKind, PersonState

_GUEST = _("The end date that was given with the invitation.")


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who leaves: who takes over, and from when on; None for now, as is a moment that has passed."""

    person: Person
    heir: Person | None = None
    starts_at: datetime | None = None


def depart(
    actor: Actor, person: Person, *, why: str, heir: Person | None = None, starts_at: datetime | None = None, at: datetime
) -> Departure:
    """Have somebody leave, now or at a time. An officer, or a directory's program with its key.

    Refused for oneself and for the only officer who stays; Conflict when it is planned already. A program may say twice that
    somebody leaves: what is open stays as it is, what was planned for later begins now.
    """
    if isinstance(actor, ProgramActor):
        with refusals_recorded(actor, at=at, matter=person.label):
            require_may_plan(actor)
        if known := _known(actor, person, starts_at, at):
            return known
    way = Way.DIRECTORY if isinstance(actor, ProgramActor) else Way.OFFICER
    return depart_all(actor, [Leaving(person, heir, starts_at)], why=why, way=way, at=at)[0]


def _known(actor: ProgramActor, person: Person, starts_at: datetime | None, at: datetime) -> Departure | None:
    """The departure that a program's word is about already; begun, when it says *now* of one that was planned."""
    found = Departure.objects.under_way().select_related("person", "lock").filter(person=person).first()
    if found is None and person.state == PersonState.LEFT:
        found = Departure.objects.filter(person=person, state=DepartureState.CLOSED).order_by("-pk").first()
    if found is None or found.state != DepartureState.PLANNED:
        return found
    return found if starts_at is not None and starts_at > at else begin_now(actor, found, at=at)


def depart_all(actor: Actor, leaving: Sequence[Leaving], *, why: str, way: Way, at: datetime) -> list[Departure]:
    """Have many leave in one transaction, with one lock case for each moment and one wait for the broker.

    Whoever calls this inside a change of their own leaves that wait to the worker; the lock itself stands with the commit.
    """
    with recorded(actor, at=at, matter="departure") as record:
        require_may_plan(actor)
        rules.require_whole(why, len(leaving))
        rules.require_not_oneself(getattr(actor, "uid", ""), {str(one.person.uid) for one in leaving})
        _require_possible(leaving, at)
        rows = _planned(record, actor, leaving, why.strip()[:400], way)
        now = [row for row in rows if row.starts_at <= at]
        if now:
            opening.open_all(DEPART, now, at=at)
    answer(now)
    return rows


def answer(departures: Sequence[Departure]) -> None:
    """Wait until nothing of these people's is being sent any more, unless a change is open: then the worker waits."""
    if undertaking.is_open.get():
        return
    for case in Case.objects.filter(holds__lock__in=[row.lock_id for row in departures]).distinct():
        answering.answer(case)


def plan_end(actor: Actor, person: Person, ends_at: datetime, at: datetime) -> None:
    """Plan the end of a guest, inside the change that invites them. Invalid for one that has passed."""
    if ends_at <= at:
        raise Invalid(_("That moment has passed."), field="ends")
    depart_all(actor, [Leaving(person, None, ends_at)], why=_GUEST, way=Way.GUEST, at=at)


def begin_now(actor: Actor, departure: Departure, *, at: datetime) -> Departure:
    """Begin now what was planned for later. Conflict when it has begun, or was cancelled."""
    with recorded(actor, at=at, matter=departure) as record:
        require_may_plan(actor)
        rules.require_not_oneself(getattr(actor, "uid", ""), {str(departure.person.uid)})
        if departure.state != DepartureState.PLANNED:
            raise Conflict(_("This is {state}; it cannot begin."), state=departure.state)
        set_time(record, departure, at)
        opening.open_all(DEPART, [departure], at=at)
    answer([departure])
    return departure


def require_may_plan(actor: Actor) -> None:
    """Refuse whoever may not plan departures: it takes an officer of the house, or a directory's key that stands."""
    gate.require(actor, Right.DEPARTURE_PLAN, on=None)


def set_time(record: Record, departure: Departure, starts_at: datetime) -> None:
    """Give a planned departure another minute, inside a recorded change: its lock is taken back and placed anew."""
    found = Departure.objects.filter(pk=departure.pk, state=DepartureState.PLANNED, starts_at=departure.starts_at)
    lock = Lock.objects.get(pk=departure.lock_id)
    has_begun = lock.begun_at is not None or lock.since <= record.at
    if lock.lifted_at is None and not has_begun:
        locking.unplan_one(DEPART, lock, at=record.at)
    if lock.lifted_at is not None or not has_begun:
        lock = _locks([departure.person], departure.why, starts_at, record.at)[departure.person.uid]
    if not found.update(starts_at=starts_at, lock=lock):
        raise Conflict(_("Somebody else has changed this."), remedy=_("Look how it stands."))
    departure.starts_at, departure.lock = starts_at, lock
    record("departure.moved", departure, of=departure.person.label, starts_at=starts_at)


def _require_possible(leaving: Sequence[Leaving], at: datetime) -> None:
    people = {one.person.pk for one in leaving}
    if len(people) < len(leaving):
        raise Invalid(_("Somebody is named twice."), field="person")
    list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk"))  # of two at once, the second finds the first one's
    for departure in Departure.objects.under_way().select_related("person").filter(person__in=people):
        raise Conflict(_("The departure of {name} is planned already."), remedy=_("Look how it stands."), name=departure.person.name)
    heirs = {one.heir.pk for one in leaving if one.heir}
    going = set(Departure.objects.under_way().filter(person__in=heirs).values_list("person_id", flat=True))
    for one in leaving:
        rules.require_time(one.starts_at, at=at)
        if one.person.state == PersonState.LEFT:
            raise Conflict(_("{name} has left already."), name=one.person.name)
        if one.heir and (one.heir.pk in people | going or one.heir.state != PersonState.ACTIVE):
            raise Invalid(_("{name} cannot take over: they are not active here, or leave as well."), field="heir", name=one.heir.name)
    leavers = {str(one.person.uid): one.person.name for one in leaving}
    staying = opening.officers_staying()
    first = next((name for uid, name in leavers.items() if uid in staying), "")
    rules.require_officer_left(officers=staying, leavers=leavers, name=first)


def _planned(record: Record, actor: Actor, leaving: Sequence[Leaving], why: str, way: Way) -> list[Departure]:
    at = record.at
    planner = Person.objects.filter(uid=actor.uid).first() if isinstance(actor, PersonActor) else None
    moments = [(max(one.starts_at, at) if one.starts_at else at, one) for one in leaving]
    rows = []
    for begins, group in groupby(sorted(moments, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        those = [one for _begins, one in group]
        locks = _locks([one.person for one in those], why, begins, at)
        for one in those:
            row = Departure.objects.create(
                person=one.person, heir=one.heir, way=way, why=why, planned_by=actor.label, planner=planner, planned_at=at,
                starts_at=begins, lock=locks[one.person.uid], state=DepartureState.PLANNED, state_since=at,
            )
            heir = one.heir.label if one.heir else ""
            record("departure.planned", row, of=one.person.label, heir=heir, starts_at=begins, way=way.value, personal={"why": why})
            rows.append(row)
    return rows


def _locks(people: Sequence[Person], why: str, begins: datetime, at: datetime) -> dict[object, Lock]:
    """One case for all of them; each one's lock by their uid."""
    targets = [Target(LockKind.PERSON, str(person.uid)) for person in people]
    case = locking.lock(DEPART, targets, reason=why, way=LockWay.RULE, since=begins, at=at)
    return {lock.target: lock for lock in Lock.objects.filter(hold__case=case)}

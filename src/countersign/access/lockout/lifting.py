"""Lifting: one officer asks with a reason, another one signs. Exactly the locks that were signed for end, and nothing revives.

Whoever locks at the same moment makes a row of their own, which no earlier signature can name: no lock is ever lost.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout import locking
from countersign.access.lockout.models import Case
from countersign.access.lockout.rules import Target
from countersign.access.lockout.words import what
from countersign.audit.recording import Record, recorded
from countersign.base.actor import DutyActor, PersonActor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.words import _
from countersign.people import queries as people
from countersign.people.models import Device, Lock, Person
from countersign.people.states import DeviceState, LockKind, LockState
from countersign.review import acts, proposing
from countersign.review.models import Proposal

NAME = "lock.lift"


def ask(actor: PersonActor, case: Case, *, reason: str, at: datetime) -> Proposal:
    """Ask that every lock of a case is lifted. Conflict when none stands, or when it is asked already."""
    locks = sorted(str(lock.uid) for lock in Lock.objects.filter(hold__case=case, lifted_at=None))
    with recorded(actor, at=at, matter=case):
        gate.require(actor, Right.LOCK_LIFT, on=None)
        locking.require_free(case, at)
        if not locks:
            raise Conflict(_("These locks are lifted already."))
        if Proposal.objects.open(at).filter(act=NAME, matter=case.label).exists():
            raise Conflict(_("It is asked already, and waits for another officer."))
        content = {"case": str(case.uid), "locks": locks}
        return proposing.propose(actor, NAME, matter=case.label, content=content, reason=reason, at=at)


def able_beside(target: Target) -> int:
    """How many could ask for a lifting or sign it once this is locked as well: not locked, with a passkey on a device that is not."""
    officers = [person for person in gate.holders(Right.LOCK_LIFT, on=None) if not _is_out(LockKind.PERSON, str(person.uid), target)]
    devices = Device.objects.filter(
        person__in=officers, state=DeviceState.ENROLLED, credential__isnull=False, credential__retired_at=None
    )
    return len({device.person_id for device in devices if not _is_out(LockKind.DEVICE, str(device.uid), target)})


def _is_out(kind: LockKind, uid: str, target: Target) -> bool:
    asked = {"persons": [uid]} if kind == LockKind.PERSON else {"devices": [uid]}
    return (target.kind, target.uid) == (kind, uid) or bool(people.locks_on(**asked))


def lift_at_server(actor: DutyActor, case: Case, officers: Sequence[Person], *, reason: str, at: datetime) -> int:
    """Lift every lock of a case at the server, where nobody can sign in any more; how many there were.

    It takes as many officers as on a page: two different ones, or the only one there is. The caller has checked a code of
    each. A lock on an officer does not count here: it may be the very one to be lifted.
    """
    with recorded(actor, at=at, matter=case) as record:
        gate.require(actor, Right.LOCK_LIFT_AT_SERVER, on=None)
        known = {person.pk for person in gate.holders(Right.LOCK_LIFT, on=None)}
        shown = {person.pk for person in officers} & known
        if len(shown) < min(2, len(known)) or not shown:
            raise Refused(_("It takes two security officers."), remedy=_("Let another one type a code as well."))
        if not reason.strip():
            raise Invalid(_("Say why."), field="reason")
        locks = list(Lock.objects.filter(hold__case=case, lifted_at=None))
        if not locks:
            raise Conflict(_("These locks are lifted already."))
        by = sorted(str(person.uid) for person in officers if person.pk in shown)
        record("lock.lifted_at_server", case, by=", ".join(by), personal={"reason": reason.strip()[:400]})
        _lift(record, case, locks)
        return len(locks)


def _carry_out(actor: PersonActor, proposal: Proposal, at: datetime) -> None:
    locks = list(Lock.objects.filter(uid__in=proposal.content["locks"], lifted_at=None))
    if not locks:
        raise Conflict(_("These locks are lifted already."))
    with recorded(actor, at=at, matter=proposal.matter) as record:
        _lift(record, Case.objects.get(uid=proposal.content["case"]), locks)


def _lift(record: Record, case: Case, locks: Sequence[Lock]) -> None:
    for lock in locks:
        if lock.state == LockState.LOCKED:
            lock.move(LockState.LIFTING, at=record.at)
        lock.move(LockState.LIFTED, at=record.at, lifted_at=record.at)
        record("lock.lifted", f"{lock.kind}:{lock.target or lock.network}", lock=str(lock.uid))
    Case.objects.filter(pk=case.pk, begun_at=None).update(cancelled_at=record.at, done_at=record.at)


def _require(actor: PersonActor, _proposal: Proposal) -> None:
    gate.require(actor, Right.LOCK_LIFT, on=None)


def _lines(proposal: Proposal) -> acts.Lines:
    locks = Lock.objects.filter(uid__in=proposal.content["locks"]).order_by("kind", "pk")
    shown = [(gettext("Lift the lock on"), what(lock)) for lock in locks]
    reasons = sorted({lock.reason for lock in locks})
    return [*shown, *((gettext("It was locked because"), reason) for reason in reasons)]


LIFT = acts.Act(
    name=NAME, title=_("Lift a lock"), lives=timedelta(hours=24), require_may_propose=_require, require_may_sign=_require,
    lines=_lines, next_url=lambda proposal: reverse("lockout:case", args=[proposal.content["case"]]), carry_out=_carry_out,
)

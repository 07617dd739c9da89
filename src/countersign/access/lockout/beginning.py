"""What ends with the commit of a lock: sessions, keys of programs, proposals. Nothing of it comes back when it is lifted."""
from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout.models import App, Case, SignOut, Step
from countersign.access.lockout.states import StepKind
from countersign.audit.recording import Record, recorded
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict
from countersign.base.words import _
from countersign.people.models import ApiKey, Device, Lock, Session
from countersign.people.states import Ending, LockKind
from countersign.review.models import Proposal, RosterProposal
from countersign.review.states import EntryState, ProposalState


def begin(actor: DutyActor, case: Case, *, at: datetime) -> None:
    """Begin a lock whose time has come. Conflict when it has begun already or was taken back."""
    with recorded(actor, at=at, matter=case) as record:
        gate.require(actor, Right.LOCK_CARRY_OUT, on=None)
        begin_inside(record, case)


def begin_inside(record: Record, case: Case) -> None:
    """Begin a lock inside the change that sets it. `begun_at` keeps it standing when a clock is set back."""
    at = record.at
    if not Case.objects.filter(pk=case.pk, begun_at=None, cancelled_at=None).update(begun_at=at):
        raise Conflict(_("It has begun already."))
    case.begun_at = at
    locks = list(Lock.objects.filter(hold__case=case, lifted_at=None))  # one of several may have been taken back
    Lock.objects.filter(pk__in=[lock.pk for lock in locks]).update(begun_at=at)
    record("lock.begun", case, count=len(locks))
    persons = {str(lock.target) for lock in locks if lock.kind == LockKind.PERSON}
    devices = {str(lock.target) for lock in locks if lock.kind == LockKind.DEVICE}
    has_all = any(lock.kind == LockKind.EVERYTHING for lock in locks)
    _finish(case, StepKind.SESSIONS, _end_sessions(locks, persons, devices, has_all=has_all, at=at), at)
    _finish(case, StepKind.KEYS, _end_keys(record, persons, has_all=has_all, at=at), at)
    _finish(case, StepKind.PROPOSALS, _void_proposals(record, persons, devices, at), at)
    _open_sign_outs(record, case, persons, devices)


def _finish(case: Case, kind: StepKind, count: int, at: datetime) -> None:
    Step.objects.filter(case=case, kind=kind, done_at=None).update(done_at=at, count=count)


def _end_sessions(locks: list[Lock], persons: set[str], devices: set[str], *, has_all: bool, at: datetime) -> int:
    sessions = {str(lock.target) for lock in locks if lock.kind == LockKind.SESSION}
    which = Q(person__uid__in=persons) | Q(device__in=devices) | Q(uid__in=sessions)
    rows = Session.objects.filter(ended_at=None, person__isnull=False)
    rows = rows if has_all else rows.filter(which)
    return Session.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(ended_at=at, ended_by=Ending.LOCKED, data="")


def _end_keys(record: Record, persons: set[str], *, has_all: bool, at: datetime) -> int:
    keys = ApiKey.objects.filter(ended_at=None)
    keys = keys if has_all else keys.filter(made_by__uid__in=persons)
    found = list(keys)
    ApiKey.objects.filter(pk__in=[key.pk for key in found]).update(ended_at=at)
    for key in found:
        record("api_key.ended", f"key:{key.uid}")
    return len(found)


def _void_proposals(record: Record, persons: set[str], devices: set[str], at: datetime) -> int:
    """What somebody locked, or a passkey of a locked device, proposed or signed waits no longer, nor can it be used."""
    keys = list(Device.objects.filter(uid__in=devices, credential__isnull=False).values_list("credential__credential_id", flat=True))
    owners = set(Device.objects.filter(uid__in=devices).values_list("person__uid", flat=True))
    involved = Q(proposed_by__uid__in=persons) | Q(signatures__person__uid__in=persons) | Q(signatures__credential_id__in=keys)
    involved |= Q(proposed_by__uid__in=owners)
    open_ones = Proposal.objects.filter(involved, state__in=[ProposalState.WAITING, ProposalState.GRANTED]).distinct()
    for proposal in open_ones:
        proposal.move(ProposalState.WITHDRAWN, at=at)
        record("proposal.withdrawn", f"proposal:{proposal.uid}", account=proposal.account, act=proposal.act)
    people = persons | {str(uid) for uid in owners}
    entries = RosterProposal.objects.waiting().filter(Q(proposed_by__uid__in=people) | Q(signatures__officer__uid__in=people)).distinct()
    for entry in entries:
        entry.move(EntryState.WITHDRAWN, at=at)
        record("roster.entry_withdrawn", f"roster:{entry.head}")
    return len(open_ones) + len(entries)


def _open_sign_outs(record: Record, case: Case, persons: set[str], devices: set[str]) -> None:
    apps = App.objects.filter(Q(device__uid__in=devices) | Q(device__person__uid__in=persons), ended_at=None)
    tasks = [SignOut(case=case, app=app) for app in apps]
    if not tasks:
        return
    SignOut.objects.bulk_create(tasks)
    Step.objects.get_or_create(case=case, kind=StepKind.APPS, defaults={"count": len(tasks)})
    record("sign_out.opened", case, count=len(tasks))

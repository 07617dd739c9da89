"""What follows a lock's commit: the broker's answer, keys and rotations, telling people; each step with its time.

The worker carries on where a web process was ended. Only a step that happened is ticked.
"""
from __future__ import annotations

import logging
from datetime import datetime
from time import monotonic

from django.utils import timezone

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout import consequences, telling
from countersign.access.lockout.models import App, Case, SignOut, Step
from countersign.access.lockout.states import StepKind
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import DutyActor, PersonActor
from countersign.base.errors import Conflict, NetworkError, Unreachable
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Person

log = logging.getLogger(__name__)
PATIENCE = 8.0  # seconds a page waits for the broker; the worker asks again
NOT_RUNNING = _("the broker is not running, so nothing is sent")


def answer(case: Case) -> float:
    """Wait until every send that began before the lock is over; how long that took, in seconds.

    Only then may a page say *locked*. When the broker takes longer than a page can wait, the step stays open and the worker
    asks again; the lock itself stands since its commit.
    """
    begun = monotonic()
    if case.begun_at is None or case.answered_at is not None:
        return 0.0
    note = ""
    try:
        client.ask(messages.AwaitLocks(), timeout=PATIENCE)
    except Unreachable:
        note = NOT_RUNNING
    except NetworkError:
        log.warning("the broker did not answer a lock in time")
        return monotonic() - begun
    at = timezone.now()
    Case.objects.filter(pk=case.pk, answered_at=None).update(answered_at=at)
    finish(case, StepKind.BROKER, at=at, note=note)
    case.answered_at = at
    return monotonic() - begun


def carry_on(actor: DutyActor, case: Case, *, at: datetime) -> None:
    """Do what is still to be done in a case, as far as it can be done now."""
    with refusals_recorded(actor, at=at, matter=case):
        gate.require(actor, Right.LOCK_CARRY_OUT, on=None)
    answer(case)
    waiting = {step.kind: step for step in case.steps.filter(done_at=None)}
    if StepKind.TOKENS in waiting:
        _do(case, StepKind.TOKENS, consequences.replace_tokens(actor, case, at=at))
    if StepKind.ROTATIONS in waiting:
        _do(case, StepKind.ROTATIONS, consequences.open_rotations(actor, case, at=at))
    if StepKind.TOLD in waiting and case.answered_at:
        finish(case, StepKind.TOLD, count=telling.tell(case))
    _close(actor, case)


def _do(case: Case, kind: StepKind, found: consequences.Outcome) -> None:
    if found.is_done:
        finish(case, kind, count=found.count, note=found.note)
    elif found.note:
        Step.objects.filter(case=case, kind=kind, done_at=None).update(note=found.note[:200])


def finish(case: Case, kind: StepKind, *, count: int = 0, note: str = "", at: datetime | None = None) -> None:
    """Tick a step. Packages above, which do some of them, call this as well."""
    rows = Step.objects.filter(case=case, kind=kind, done_at=None)
    rows.update(done_at=at or timezone.now(), count=count, note=note[:200])


def _close(actor: DutyActor, case: Case) -> None:
    """Note that a case has no step left, with its figure."""
    if case.steps.filter(done_at=None).exists() or case.begun_at is None:
        return
    at = timezone.now()
    with recorded(actor, at=at, matter=case) as record:
        if not Case.objects.filter(pk=case.pk, done_at=None).update(done_at=at):
            raise Conflict(_("It has been closed already."))
        record("lock.carried_out", case, seconds=round((at - case.begun_at).total_seconds()))


def tick_app(actor: PersonActor, task: SignOut, *, at: datetime) -> None:
    """Say that an app was signed out everywhere at its network; with the last one the step is done."""
    with recorded(actor, at=at, matter=task.case) as record:
        gate.require(actor, Right.LOCK_FOLLOW, on=None)
        rows = SignOut.objects.filter(pk=task.pk, done_at=None)
        if not rows.update(done_at=at, done_by=Person.objects.get(uid=actor.uid)):
            raise Conflict(_("That has been done already."))
        App.objects.filter(pk=task.app_id, ended_at=None).update(ended_at=at)
        record("sign_out.done", task.case, app=str(task.app.uid), network=task.app.network)
        if not SignOut.objects.filter(case=task.case, done_at=None).exists():
            finish(task.case, StepKind.APPS, count=task.case.sign_outs.count(), at=at)

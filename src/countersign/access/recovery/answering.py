"""Answering an unexplained event: it was one of us, or it was not."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.lockout import answering as locks
from countersign.access.lockout import lifting, locking
from countersign.access.lockout.models import Case
from countersign.access.lockout.states import Way
from countersign.access.recovery import comparing, freezing, rules
from countersign.access.recovery.freezing import WATCH
from countersign.access.recovery.models import Event, Recovery
from countersign.access.recovery.states import ADDRESS_DIFFERS, EventState
from countersign.access.vault import rotating
from countersign.access.vault.models import Rotation
from countersign.audit.recording import Record, recorded
from countersign.base.actor import PersonActor
from countersign.base.words import _
from countersign.people.models import Lock, Person
from countersign.review.models import Proposal


def that_was_us(actor: PersonActor, event: Event, words: str, *, at: datetime) -> Proposal | None:
    """One of us did it, and says so in words. Where it locked the account, lifting is asked for: another officer signs."""
    with recorded(actor, at=at, matter=event, account=event.account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        said = rules.require_words(words)
        event.move(EventState.OURS, at=at, answered_by=Person.objects.get(uid=actor.uid), answered_at=at, words=said)
        record("unexplained.ours", event, account=event.account, personal={"words": said})
        if event.kind == ADDRESS_DIFFERS and event.account is not None:
            _note_told(record, event.account)
        if event.case is None or not Lock.objects.filter(hold__case=event.case, lifted_at=None).exists():
            return None
        if _others_hold(event, event.case):
            return None
        found = Proposal.objects.open(at).filter(act=lifting.NAME, matter=event.case.label).first()
        return found or lifting.ask(actor, event.case, reason=said, at=at)


def _note_told(record: Record, account: Account) -> None:
    """The address that differed is the right one: it is recorded from now on."""
    row = Recovery.objects.filter(account=account).first()
    if row is not None and row.told_address:
        comparing.note_told(record, account, row.told_address)


def _others_hold(event: Event, case: Case) -> bool:
    """Whether another event that nobody has answered, or that was not ours, keeps the same lock."""
    return Event.objects.filter(case=case).exclude(pk=event.pk).exclude(state=EventState.OURS).exists()


def not_us(actor: PersonActor, event: Event, words: str, *, at: datetime) -> Rotation | None:
    """Nobody here did it: the account is locked if it is not yet, and its password must be replaced within the hour. None
    when the vault holds no password of it, or when it is not known which account it is about."""
    rotation, case = None, None
    with recorded(actor, at=at, matter=event, account=event.account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        said = rules.require_words(words)
        if event.account is not None:
            rotation = _rotation(event.account, at)
            case = freezing.standing_case(event.account) or _lock(actor, event.account, at)
        event.move(
            EventState.NOT_OURS, at=at, answered_by=Person.objects.get(uid=actor.uid), answered_at=at, words=said, case=case
        )
        record("unexplained.not_ours", event, account=event.account, personal={"words": said})
    if case is not None:
        locks.answer(case)
    return rotation


def _rotation(account: Account, at: datetime) -> Rotation | None:
    """Opened by the duty: on an account that is locked a person may nothing, this least of all."""
    held = rotating.password_of(account)
    why = _("An event at the network that was not ours.")
    return rotating.open(WATCH, held.secret, why, due_at=at + rotating.CRITICAL, at=at) if held else None


def _lock(actor: PersonActor, account: Account, at: datetime) -> Case:
    return locking.lock(actor, [freezing.target_of(account)], reason=_("An event at the network that was not ours."), way=Way.OFFICER, at=at)

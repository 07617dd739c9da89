"""Locking: by an officer, a colleague, the owner with one factor or a printed card, a program with a key, or a rule.

The lock is committed together with everything it ends here: sessions, keys, proposals. From that commit on every check
on every node refuses. `answering.answer` then waits for the broker, so that nothing begins after the lock has answered.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.lockout import beginning, guessing, rules
from countersign.access.lockout.models import Card, Case, Hold, Step
from countersign.access.lockout.rules import Target
from countersign.access.lockout.standing import require_at_work
from countersign.access.lockout.states import KEY_LOCKS, Way
from countersign.audit.recording import Record, recorded
from countersign.base.actor import Actor, PersonActor, ProgramActor, Visitor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.words import _
from countersign.people.models import Device, Lock, Person, Session
from countersign.people.states import LockKind, LockState


def lock(
    actor: Actor, targets: Sequence[Target], *, reason: str, way: Way = Way.OFFICER, since: datetime | None = None, at: datetime
) -> Case:
    """Lock what an officer or a duty says, one case for all of it; from `since` on, which may lie ahead.

    Whoever stands above may call this inside a change of its own, and calls `answering.answer` after it.
    """
    with recorded(actor, at=at, matter="lock") as record:
        gate.require(actor, Right.LOCK_SET, on=None)
        return _place(record, actor, targets, reason=reason, way=way, since=since)


def lock_colleague(actor: PersonActor, person: Person, *, reason: str, at: datetime) -> Case:
    """Lock a colleague, for whom somebody speaks up: anybody at work here may, with a reason, a few times an hour."""
    with recorded(actor, at=at, matter=person.label) as record:
        require_at_work(actor)
        if not gate.may(actor, Right.LOCK_SET, on=None).allowed:
            since = at - rules.COLLEAGUE_WINDOW
            rules.require_few_locks(Case.objects.filter(opener__uid=actor.uid, way=Way.COLLEAGUE, opened_at__gt=since).count())
        return _place(record, actor, [Target(LockKind.PERSON, str(person.uid))], reason=reason, way=Way.COLLEAGUE)


def lock_own(actor: PersonActor, devices: Sequence[str], *, reason: str, at: datetime) -> Case:
    """Lock devices of one's own, by their UUIDs; none of them: oneself. Refused for somebody else's device."""
    with recorded(actor, at=at, matter=actor.label) as record:
        require_at_work(actor)
        own = {str(uid) for uid in Device.objects.filter(person__uid=actor.uid).values_list("uid", flat=True)}
        if not set(devices) <= own:
            raise Refused(_("That is not one of your devices."))
        targets = [Target(LockKind.DEVICE, uid) for uid in devices] or [Target(LockKind.PERSON, actor.uid)]
        return _place(record, actor, targets, reason=reason, way=Way.OWNER)


def lock_shown(actor: Visitor, person: Person, *, reason: str, at: datetime) -> Case:
    """Lock a person who has just shown one factor, which is all it takes: the caller has checked and spent it.

    Whoever presses twice is shown the case that stands.
    """
    if found := _just_locked(person, at):
        return found
    with recorded(actor, at=at, matter=person.label) as record:
        return _place(record, actor, [Target(LockKind.PERSON, str(person.uid))], reason=reason, way=Way.OWNER, by=person)


def lock_by_card(actor: Visitor, code: str, *, where: str, at: datetime) -> Case:
    """Lock whoever a printed code belongs to. `where` is the network address.

    A right code always works, however many wrong ones came from the same place: a thief in the same café must not be able
    to keep the owner from locking. Wrong ones are counted, and told in the log at 1, 10, 100 …; Invalid.
    """
    card = _card_of(code)
    if card is None:
        raise guessing.wrong(actor, where=where, at=at)
    person = card.person
    if found := _just_locked(person, at):
        return found
    with recorded(actor, at=at, matter=person.label) as record:
        Card.objects.filter(pk=card.pk).update(used_at=at)
        record("lock_card.used", person.label)
        targets = [Target(LockKind.PERSON, str(person.uid))]
        return _place(record, actor, targets, reason=_("The owner used their printed card."), way=Way.CARD, by=person)


def lock_by_program(
    actor: ProgramActor, targets: Sequence[Target], *, reason: str, since: datetime | None = None, at: datetime
) -> Case:
    """Lock what the security desk's program says. The caller has checked its key, which serves for nothing but this."""
    with recorded(actor, at=at, matter="lock") as record:
        if actor.purpose != KEY_LOCKS:
            raise Refused(_("This key is for something else."))
        return _place(record, actor, targets, reason=reason, way=Way.DESK, since=since)


def _just_locked(person: Person, at: datetime) -> Case | None:
    """The case in which the owner locked themselves a moment ago, if it still stands."""
    own = Case.objects.filter(way__in=[Way.CARD, Way.OWNER], opened_at__gt=at - rules.TWICE, begun_at__isnull=False)
    return own.filter(holds__lock__kind=LockKind.PERSON, holds__lock__target=person.uid, holds__lock__lifted_at=None).first()


def _card_of(code: str) -> Card | None:
    wanted = rules.code_hash(code)
    card = Card.objects.select_related("person").filter(code_hash=wanted, ended_at=None).first()
    return card if card and rules.is_same(card.code_hash, wanted) else None


def _place(
    record: Record, actor: Actor, targets: Sequence[Target], *, reason: str, way: Way, since: datetime | None = None, by: Person | None = None
) -> Case:
    at = record.at
    begins = max(since, at) if since else at
    targets = sorted(set(targets))
    rules.require_whole(targets, reason, since=begins, at=at)
    _require_there(targets)
    opener = by or (Person.objects.get(uid=actor.uid) if isinstance(actor, PersonActor) else None)
    case = Case.objects.create(
        way=way, reason=reason.strip()[:400], opened_by=actor.label, opener=opener, opened_at=at, since=begins
    )
    for target in targets:
        row = Lock.objects.create(
            kind=target.kind, target=target.uid or None, network=target.network, reason=case.reason, locked_by=actor.label,
            since=begins, state=LockState.LOCKED, state_since=at,
        )
        Hold.objects.create(case=case, lock=row)
        account = target.uid if target.kind == LockKind.ACCOUNT else ""
        record("lock.set", target.label, account=account, way=way.value, case=str(case.uid), personal={"reason": case.reason})
    Step.objects.bulk_create(Step(case=case, kind=kind) for kind in rules.steps_for(targets))
    if begins <= at:
        beginning.begin_inside(record, case)
    return case


def _require_there(targets: Sequence[Target]) -> None:
    """Invalid unless each is there: a lock on a mistyped name would only seem to protect."""
    rows = {LockKind.PERSON: Person, LockKind.DEVICE: Device, LockKind.SESSION: Session, LockKind.ACCOUNT: Account}
    for target in targets:
        if target.kind in rows and not rows[target.kind].objects.filter(uid=target.uid).exists():  # type: ignore[attr-defined]
            raise Invalid(_("One of them is not there."), field="targets")
        if target.kind == LockKind.NETWORK and not target.network:
            raise Invalid(_("Choose a network."), field="targets")


def unplan(actor: PersonActor, case: Case, *, at: datetime) -> None:
    """Take back a lock that has not begun. Conflict once it has, since lifting takes two; Refused for that of a departure."""
    with recorded(actor, at=at, matter=case) as record:
        gate.require(actor, Right.LOCK_SET, on=None)
        require_free(case, at)
        if not Case.objects.filter(pk=case.pk, begun_at=None, cancelled_at=None, since__gt=at).update(cancelled_at=at, done_at=at):
            raise Conflict(_("It has begun already."), remedy=_("Lifting it takes two people."))
        for hold in case.holds.select_related("lock"):
            hold.lock.move(LockState.LIFTING, at=at)
            hold.lock.move(LockState.LIFTED, at=at, lifted_at=at)
            record("lock.unplanned", f"lock:{hold.lock.uid}", case=str(case.uid))


def require_free(case: Case, at: datetime) -> None:
    """Refuse to touch a planned lock that a departure owns: whoever leaves must not be let in again past the departure."""
    if case.waits_for_departure(at):
        raise Refused(_("A departure has planned this lock."), remedy=_("Move or cancel the departure instead."))


def unplan_one(actor: Actor, lock: Lock, *, at: datetime) -> None:
    """Take back one lock of a case that has not begun, as when somebody stays after all; with its last one the case is over.

    Conflict once it has begun.
    """
    with recorded(actor, at=at, matter=f"{lock.kind}:{lock.target}") as record:
        gate.require(actor, Right.LOCK_SET, on=None)
        case = Case.objects.select_for_update().get(holds__lock=lock)
        if case.begun_at is not None or case.since <= at:
            raise Conflict(_("It has begun already."), remedy=_("Lifting it takes two people."))
        lock.refresh_from_db()
        lock.move(LockState.LIFTING, at=at)
        lock.move(LockState.LIFTED, at=at, lifted_at=at)
        if not Lock.objects.filter(hold__case=case, lifted_at=None).exists():
            Case.objects.filter(pk=case.pk).update(cancelled_at=at, done_at=at)
        record("lock.unplanned", f"lock:{lock.uid}", case=str(case.uid))

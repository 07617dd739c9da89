"""Opening a departure: everything of somebody's ends in one transaction, and the list of what is left is made.

Many at once are one change: the lock's barrier, sessions and ledger are asked once for all of them.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from countersign.access.departures import rules
from countersign.access.departures.models import Departure, Opened, Task
from countersign.access.departures.recovery_ways import recovery_ways
from countersign.access.departures.states import DepartureState, TaskKind
from countersign.access.grants import gate, inviting
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Right, Role
from countersign.access.grants.states import AccountState
from countersign.access.lockout import beginning, locking
from countersign.access.lockout.models import Case
from countersign.access.lockout.rules import Target
from countersign.access.lockout.states import Way as LockWay
from countersign.access.vault import rotating
from countersign.access.vault.models import Exposure, Rotation
from countersign.audit.recording import Record, recorded
from countersign.base.actor import DutyActor
from countersign.base.words import _
from countersign.people.models import ApiKey, Credential, Device, Lock, Person, Session
from countersign.people.queries import locks_on
from countersign.people.states import DeviceState, Ending, LockKind, Owner, PersonState

DEPART = DutyActor("depart")
WHY = _("Somebody who knew it has left.")


def open_all(actor: DutyActor, departures: Sequence[Departure], *, at: datetime) -> None:
    """Open planned departures whose time has come. Conflict when somebody else has, Refused when no officer would be left."""
    with recorded(actor, at=at, matter=departures[0]) as record:
        gate.require(actor, Right.DEPARTURE_CARRY_OUT, on=None)
        _require_officer(departures)
        _begin_locks(actor, record, departures)
        counts, accounts = _counted(departures), _accounts()
        _make_tasks(departures, accounts)
        _open_rotations(actor, departures, at)
        for departure in departures:
            roles = inviting.leave(actor, departure.person, at=at)
            ended = {**counts.get(departure.person_id, {}), "roles": roles}
            departure.move(DepartureState.OPEN, at=at, opened_at=at, ended=ended)
            record("departure.opened", departure, of=departure.person.label)


def officers_staying() -> frozenset[str]:
    """The security officers of the house who are active, not locked, and whose departure is not planned."""
    found = Person.objects.filter(grants__role=Role.OFFICER, grants__account=None, state=PersonState.ACTIVE)
    uids = {str(uid) for uid in found.exclude(departures__in=Departure.objects.under_way()).values_list("uid", flat=True)}
    return frozenset(uids - {str(lock.target) for lock in locks_on(persons=uids)})


def has_officer_beside(departure: Departure) -> bool:
    """Whether an officer is at work here when this person has left, or they are none."""
    others = Person.objects.filter(grants__role=Role.OFFICER, grants__account=None, state=PersonState.ACTIVE)
    is_one = Grant.objects.filter(person=departure.person, role=Role.OFFICER, account=None).exists()
    return not is_one or others.exclude(pk=departure.person_id).exists()


def _require_officer(departures: Sequence[Departure]) -> None:
    """Whoever was an officer besides when this was planned may be none by now."""
    found = Person.objects.filter(grants__role=Role.OFFICER, grants__account=None, state=PersonState.ACTIVE)
    leavers = {str(departure.person.uid): departure.person.name for departure in departures}
    officers = {str(uid) for uid in found.values_list("uid", flat=True)}
    first = next((name for uid, name in leavers.items() if uid in officers), "")
    rules.require_officer_left(officers=officers, leavers=leavers, name=first)


def _begin_locks(actor: DutyActor, record: Record, departures: Sequence[Departure]) -> None:
    """Begin what is due and has not begun; a lock that two officers lifted meanwhile is placed anew."""
    locks = Lock.objects.in_bulk([departure.lock_id for departure in departures])
    lost = [departure for departure in departures if locks[departure.lock_id].lifted_at is not None]
    if lost:
        targets = [Target(LockKind.PERSON, str(departure.person.uid)) for departure in lost]
        case = locking.lock(actor, targets, reason=lost[0].why, way=LockWay.RULE, at=record.at)
        anew = {lock.target: lock for lock in Lock.objects.filter(hold__case=case)}
        for departure in lost:
            departure.lock = anew[departure.person.uid]
            Departure.objects.filter(pk=departure.pk).update(lock=departure.lock)
    for case in Case.objects.filter(holds__lock__in=[departure.lock_id for departure in departures], begun_at=None).distinct():
        beginning.begin_inside(record, case)


def _counted(departures: Sequence[Departure]) -> dict[int, dict[str, Any]]:
    """How much of each person's ended or is about to, by their key: one question for each kind."""
    people, since = [departure.person_id for departure in departures], min(departure.starts_at for departure in departures)
    devices = Device.objects.filter(state__in=[DeviceState.ASKED, DeviceState.ENROLLED])
    rows = {
        "sessions": ("person", Session.objects.filter(ended_by=Ending.LOCKED, ended_at__gte=since)),
        "keys": ("made_by", ApiKey.objects.filter(ended_at__gte=since)),
        "devices": ("person", devices),
        "passkeys": ("person", Credential.objects.filter(retired_at=None)),
    }
    counted: dict[int, dict[str, Any]] = {person: dict.fromkeys(rows, 0) for person in people}
    for name, (whose, found) in rows.items():
        for person, count in found.filter(**{f"{whose}__in": people}).values_list(whose).annotate(Count("pk")):
            counted[person][name] = count
    return counted


def _accounts() -> list[Account]:
    return list(Account.objects.exclude(state=AccountState.DISCONNECTED).order_by("network", "handle"))


def _make_tasks(departures: Sequence[Departure], accounts: Sequence[Account]) -> None:
    """What a person has to look at: each account, twice; each device that is not known to be their own. Nothing is asked of whoever never came
    in and had no role."""
    with_roles = set(Grant.objects.values_list("person_id", flat=True))
    tasks = []
    for departure in departures:
        person = departure.person
        if person.state == PersonState.INVITED and person.pk not in with_roles:
            continue
        ways = recovery_ways(person, list(accounts))
        for account in accounts:
            tasks.append(Task(departure=departure, kind=TaskKind.ADMINISTRATOR, account=account))
            tasks.append(Task(departure=departure, kind=TaskKind.RECOVERY, account=account, hint=ways.get(account.pk, "")[:200]))
    by_person = {departure.person_id: departure for departure in departures}
    theirs = Device.objects.filter(person__in=by_person, state=DeviceState.ENROLLED).exclude(owner=Owner.PRIVATE)
    tasks += [Task(departure=by_person[one.person_id], kind=TaskKind.DEVICE, device=one) for one in theirs.order_by("pk")]
    Task.objects.bulk_create(tasks)


def _open_rotations(actor: DutyActor, departures: Sequence[Departure], at: datetime) -> None:
    """One rotation for each secret of which any of them has really seen a version that may open, and its name under each who has."""
    by_person = {departure.person_id: departure for departure in departures}
    seen = Exposure.objects.that_still_count().filter(person__in=by_person).select_related("version__secret__account")
    known = list(seen.order_by("pk"))
    in_use = {one.version.secret_id for one in known if one.version.is_current}
    rotations: dict[int, Rotation] = {}
    links = dict[tuple[int, int], Opened]()
    for one in known:
        secret, departure = one.version.secret, by_person[one.person_id]
        rotation = rotations.get(secret.pk)
        if rotation is None:
            rotation = rotations[secret.pk] = rotating.open(actor, secret, WHY, is_new_seen=secret.pk in in_use, at=at)
        links[departure.pk, rotation.pk] = Opened(departure=departure, rotation=rotation)
    Opened.objects.bulk_create(links.values())

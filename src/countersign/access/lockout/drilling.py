"""Drills: a real lock on a test person or device, with the time until the first check refused and the broker answered."""
from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter, sleep

from django.db import connection
from django.utils import timezone

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout import answering, lifting, locking
from countersign.access.lockout.models import Drill
from countersign.access.lockout.rules import Target
from countersign.access.lockout.states import Way
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people import queries as people
from countersign.people.models import Person, Session
from countersign.people.queries import token_hash
from countersign.people.states import LockKind

PAUSE = 0.002  # seconds between two checks
PATIENCE = 20.0


@dataclass
class _Probe:
    """Asks again and again, on a connection of its own, what every request asks: does this session stand?"""

    key_hash: str
    passed: int = 0
    refused_at: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    seen: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            until = perf_counter() + PATIENCE
            while not self.stop.is_set() and perf_counter() < until:
                found = people.session_of_key(self.key_hash)
                if found is None or found[1] or found[0].ended_at is not None:
                    self.refused_at = perf_counter()
                    return
                self.passed += 1
                self.seen.set()
                sleep(PAUSE)
        finally:
            self.seen.set()
            connection.close()


def drill(actor: PersonActor, target: Target, *, reason: str, at: datetime) -> Drill:
    """Rehearse: lock a test person or device in earnest and keep the figures. Lifting it afterwards takes two, as ever.

    A session is opened for the test person, a thread asks for it as every request does, and the lock is set; what is kept
    is the time from the lock's commit to the first check that refused, and to the broker's answer.
    """
    key = secrets.token_urlsafe(32)
    with recorded(actor, at=at, matter=target.label) as record:
        gate.require(actor, Right.LOCK_FOLLOW, on=None)
        person = _person_of(actor, target)
        Session.objects.create(
            key_hash=token_hash(key), person=person, created_at=at, last_seen_at=at, ends_at=at + timedelta(minutes=5),
            idle_seconds=300, verified_at=at, device=target.uid if target.kind == LockKind.DEVICE else None, browser="Drill",
        )
        record("lock.drill_begun", target.label)
    probe = _Probe(token_hash(key))
    return _measured(actor, target, probe, reason=reason)


def _measured(actor: PersonActor, target: Target, probe: _Probe, *, reason: str) -> Drill:
    thread = threading.Thread(target=probe.run, name="drill", daemon=True)
    thread.start()
    try:
        probe.seen.wait(PATIENCE)
        sleep(0.05)
        case = locking.lock(actor, [target], reason=reason, way=Way.DRILL, at=timezone.now())
        committed = perf_counter()
        answering.answer(case)
        answered = perf_counter()
        thread.join(PATIENCE)
    finally:
        probe.stop.set()
    if not probe.refused_at:
        raise Conflict(_("The lock stands, but no check refused in time: tell whoever runs Countersign."))
    at = timezone.now()
    refused_ms, answered_ms = max(0.0, probe.refused_at - committed) * 1000, (answered - committed) * 1000
    with recorded(actor, at=at, matter=case) as record:
        kept = Drill.objects.create(
            case=case, officer=Person.objects.get(uid=actor.uid), drilled_at=at, checks=probe.passed,
            refused_after=refused_ms, answered_after=answered_ms,
        )
        record("lock.drilled", case, refused_ms=round(refused_ms), answered_ms=round(answered_ms))
        return kept


def _person_of(actor: PersonActor, target: Target) -> Person:
    """Whom the drill is about; Invalid for oneself, whose session would end, and for whoever is needed to lift it again."""
    found: Callable[[], Person | None] = {
        LockKind.PERSON: lambda: Person.objects.filter(uid=target.uid).first(),
        LockKind.DEVICE: lambda: Person.objects.filter(devices__uid=target.uid).first(),
    }.get(target.kind, lambda: None)
    person = found()
    if person is None:
        raise Invalid(_("Choose a test person or a test device."), field="target")
    is_own_session = target.kind == LockKind.DEVICE and target.uid == actor.device
    if (str(person.uid) == actor.uid and target.kind == LockKind.PERSON) or is_own_session:
        raise Invalid(_("Choose somebody else: you would be locked out yourself."), field="target")
    if not person.is_active:
        raise Invalid(_("Choose somebody who is active."), field="target")
    if lifting.able_beside(target) < 2:
        raise Invalid(
            _("Afterwards fewer than two people could lift the lock, and it would stay."), field="target",
            remedy=_("Choose somebody who is needed for no lifting, or make another security officer first."),
        )
    return person



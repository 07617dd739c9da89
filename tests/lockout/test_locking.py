"""Locking: who may, what ends with it, and that nothing of it comes back."""
from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from countersign.access.departures import departing, replanning
from countersign.access.grants import queries as accounts
from countersign.access.lockout import answering, beginning, lifting, locking
from countersign.access.lockout.jobs import LOCK, carry_out_locks
from countersign.access.lockout.models import App, Case, Step
from countersign.access.lockout.rules import Target
from countersign.audit.models import Entry
from countersign.base.actor import DutyActor, Visitor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.people import queries as people
from countersign.people.models import ApiKey, Lock, Person, Session
from countersign.people.states import LockKind
from tests.lockout.conftest import device_of, now
from tests.signing_in import made, sign_in


def person(one: Person) -> Target:
    return Target(LockKind.PERSON, str(one.uid))


def locked(by: Person, *targets: Target, **more: object) -> Case:
    return locking.lock(by.as_actor(verified_at=now()), targets, reason="a suspicion", at=now(), **more)  # type: ignore[arg-type]


def test_an_officer_locks_and_the_next_request_is_refused(kim: Person, ann: Person) -> None:
    client = Client()
    sign_in(client, ann)
    assert client.get("/").status_code == 200
    locked(kim, person(ann))
    assert client.get("/").status_code == 302


def test_an_officer_finds_a_session_on_the_page_and_locks_that_one_alone(kim: Person, ann: Person) -> None:
    officer, here, there = Client(), Client(), Client()
    for client, one in ((officer, kim), (here, ann), (there, ann)):
        sign_in(client, one)
    lost = Session.objects.filter(person=ann).latest("pk")
    value = f"session:{lost.uid}"
    assert f'value="{value}"' in officer.get(reverse("lockout:new")).content.decode()
    officer.post(reverse("lockout:new"), {"target": value, "reason": "left open in the library"})
    assert [client.get("/").status_code for client in (officer, here, there)] == [200, 200, 302]
    assert value not in officer.get(reverse("lockout:new")).content.decode()


def test_several_things_become_one_case(kim: Person, ann: Person, ben: Person) -> None:
    case = locked(kim, person(ann), person(ben), Target(LockKind.NETWORK, network="mastodon"))
    assert case.holds.count() == 3
    assert people.is_locked(person=str(ben.uid))
    assert people.is_locked(network="mastodon")


def test_an_author_may_not_lock_as_an_officer_does(ann: Person, ben: Person) -> None:
    with pytest.raises(Refused):
        locked(ann, person(ben))
    assert not Lock.objects.exists()


def test_a_lock_without_a_reason_or_a_target_or_on_nothing_is_no_lock(kim: Person, ann: Person) -> None:
    actor = kim.as_actor(verified_at=now())
    for targets, reason in (([person(ann)], "  "), ([], "lost"), ([Target(LockKind.PERSON, str(uuid4()))], "lost")):
        with pytest.raises(Invalid):
            locking.lock(actor, targets, reason=reason, at=now())
    assert not Lock.objects.exists()


def test_a_colleague_locks_with_a_reason_and_not_half_the_company(ben: Person) -> None:
    actor = ben.as_actor(verified_at=now())
    others = [made(name) for name in ("Mia", "Sam", "Leo", "Joke")]
    for other in others[:3]:
        locking.lock_colleague(actor, other, reason="She rang me: it was stolen.", at=now())
    with pytest.raises(Refused):
        locking.lock_colleague(actor, others[3], reason="And another.", at=now())
    assert Lock.objects.count() == 3


def test_whoever_is_locked_locks_nobody(kim: Person, ben: Person, ann: Person) -> None:
    locked(kim, person(ben))
    with pytest.raises(Refused):
        locking.lock_colleague(ben.as_actor(verified_at=now()), ann, reason="revenge", at=now())


def test_the_owner_locks_one_device_and_works_on_in_another(ann: Person) -> None:
    phone, desk = device_of(ann), Client()
    sign_in(desk, ann)
    Session.objects.filter(person=ann).update(device=device_of(ann).uid)
    other = sign_in(Client(), ann)
    locking.lock_own(ann.as_actor(verified_at=now(), device=str(phone.uid)), [str(phone.uid)], reason="lost", at=now())
    assert Session.objects.get(pk=other.pk).ended_by == "" or other.device == phone.uid
    assert people.is_locked(device=str(phone.uid))
    assert not people.is_locked(person=str(ann.uid))


def test_somebody_else_s_device_is_not_one_s_own(ann: Person, ben: Person) -> None:
    with pytest.raises(Refused):
        locking.lock_own(ben.as_actor(verified_at=now()), [str(device_of(ann).uid)], reason="lost", at=now())


def test_sessions_and_keys_of_programs_end_with_the_lock_and_stay_ended(kim: Person, tom: Person) -> None:
    sign_in(Client(), tom)
    key = ApiKey.objects.create(name="desk", purpose="lock", key_hash="a" * 64, made_by=tom, made_at=now())
    locked(kim, person(tom))
    Lock.objects.update(state="lifted", lifted_at=now())
    key.refresh_from_db()
    assert key.ended_at is not None
    assert set(Session.objects.filter(person=tom).values_list("ended_by", flat=True)) == {"locked"}


def test_a_lock_ahead_binds_when_its_time_comes_and_its_steps_run(kim: Person, ann: Person) -> None:
    session = sign_in(Client(), ann)
    case = locked(kim, person(ann), since=now() + timedelta(hours=1))
    assert not people.is_locked(person=str(ann.uid))
    assert carry_out_locks(now()) == 0
    Case.objects.update(since=now() - timedelta(seconds=1))
    Lock.objects.update(since=now() - timedelta(seconds=1))
    assert people.is_locked(person=str(ann.uid))  # the gate reads the time itself, before any worker came by
    assert carry_out_locks(now()) == 1
    session.refresh_from_db()
    case.refresh_from_db()
    assert (session.ended_by, case.begun_at is not None) == ("locked", True)


def test_a_lock_that_has_begun_stands_when_the_clock_is_set_back_a_day(kim: Person, ann: Person) -> None:
    locked(kim, person(ann))
    Lock.objects.update(since=now() + timedelta(days=1))  # how `since` looks from a clock that was set back
    assert people.is_locked(person=str(ann.uid))
    Case.objects.update(since=now() + timedelta(days=1))
    assert carry_out_locks(now() - timedelta(days=1)) == 0
    assert people.is_locked(person=str(ann.uid))


def test_a_planned_lock_is_taken_back_but_not_once_it_has_begun(kim: Person, ann: Person) -> None:
    planned = locked(kim, person(ann), since=now() + timedelta(hours=1))
    locking.unplan(kim.as_actor(verified_at=now()), planned, at=now())
    with pytest.raises(Conflict):
        beginning.begin(LOCK, planned, at=now() + timedelta(hours=2))
    standing = locked(kim, person(ann))
    with pytest.raises(Conflict):
        locking.unplan(kim.as_actor(verified_at=now()), standing, at=now())


def test_two_workers_begin_a_lock_once(kim: Person, ann: Person) -> None:
    case = locked(kim, person(ann), since=now() + timedelta(hours=1))
    beginning.begin(LOCK, case, at=now() + timedelta(hours=2))
    with pytest.raises(Conflict):
        beginning.begin(LOCK, Case.objects.get(pk=case.pk), at=now() + timedelta(hours=2))


def test_only_the_worker_s_own_duty_begins_a_lock(kim: Person, ann: Person) -> None:
    case = locked(kim, person(ann), since=now() + timedelta(hours=1))
    with pytest.raises(Refused):
        beginning.begin(DutyActor("release"), case, at=now() + timedelta(hours=2))


def test_everything_locks_everybody_and_ends_every_session(kim: Person, ann: Person) -> None:
    sign_in(Client(), ann)
    sign_in(Client(), kim)
    locked(kim, Target(LockKind.EVERYTHING))
    assert not Session.objects.filter(ended_at=None, person__isnull=False).exists()


def test_each_step_is_timed_and_the_case_closes_when_none_is_left(kim: Person, ann: Person) -> None:
    case = locked(kim, person(ann))
    answering.answer(case)
    answering.carry_on(LOCK, case, at=now())
    left = set(Step.objects.filter(case=case, done_at=None).values_list("kind", flat=True))
    assert left == {"signatures", "releases"}  # which the worker's duty of posts does
    Step.objects.filter(case=case).update(done_at=now())
    carry_out_locks(now())
    case.refresh_from_db()
    assert case.done_at is not None
    assert Entry.objects.filter(event="lock.carried_out").count() == 1


def test_an_app_that_is_signed_in_on_the_device_becomes_a_task_for_a_person(kim: Person, ann: Person) -> None:
    app = App.objects.create(device=device_of(ann), network="x", handle="@delinde", recorded_by=ann, recorded_at=now())
    case = locked(kim, Target(LockKind.DEVICE, str(device_of(ann).uid)))
    task = case.sign_outs.get()
    answering.tick_app(kim.as_actor(verified_at=now()), task, at=now())
    app.refresh_from_db()
    assert app.ended_at is not None
    assert case.steps.get(kind="apps").done_at is not None
    with pytest.raises(Conflict):
        answering.tick_app(kim.as_actor(verified_at=now()), task, at=now())


def test_the_only_officer_may_lock_themselves(kim: Person) -> None:
    locked(kim, person(kim))
    with pytest.raises(Refused):
        locked(kim, Target(LockKind.NETWORK, network="mastodon"))


def test_the_log_says_who_locked_whom_and_the_reason_stands_apart(kim: Person, ann: Person) -> None:
    locked(kim, person(ann))
    entry = Entry.objects.get(event="lock.set")
    assert (entry.actor, entry.matter) == (kim.label, ann.label)
    assert "suspicion" not in entry.leaf
    assert "suspicion" in (entry.personal or "")


def test_a_visitor_locks_nothing_by_themselves(ann: Person) -> None:
    with pytest.raises(Refused):
        locking.lock(Visitor(), [person(ann)], reason="lost", at=now())


def test_a_planned_lock_of_a_departure_is_not_taken_back_by_one_person_nor_lifted(kim: Person, tom: Person, ann: Person) -> None:
    departure = departing.depart(kim.as_actor(verified_at=now()), ann, why="Her last day.", starts_at=now() + timedelta(hours=1), at=now())
    case = Case.objects.get(holds__lock=departure.lock)
    with pytest.raises(Refused):
        locking.unplan(kim.as_actor(verified_at=now()), case, at=now())
    with pytest.raises(Refused):
        lifting.ask(kim.as_actor(verified_at=now()), case, reason="She stays.", at=now())
    assert Lock.objects.get(pk=departure.lock_id).lifted_at is None
    client = Client()
    sign_in(client, kim)
    page = client.get(f"/locks/{case.uid}/").content.decode()
    assert "/take-back/" not in page
    assert f"/locks/{case.uid}/lift/" not in page
    assert 'class="btn" href="/departures/"' in page
    replanning.cancel(kim.as_actor(verified_at=now()), departure, at=now())
    assert Lock.objects.get(pk=departure.lock_id).lifted_at is not None


def test_a_lock_of_a_departure_that_has_begun_is_lifted_by_two_as_ever(kim: Person, tom: Person, ann: Person) -> None:
    departure = departing.depart(kim.as_actor(verified_at=now()), ann, why="Her last day.", at=now())
    case = Case.objects.get(holds__lock=departure.lock)
    assert lifting.ask(kim.as_actor(verified_at=now()), case, reason="It was the wrong one.", at=now())


def test_people_shows_that_somebody_is_locked(kim: Person, ann: Person) -> None:
    locked(kim, person(ann))
    rows = {row.who.name: (row.state, row.is_locked) for row in accounts.people_page(kim.as_actor(verified_at=now()), notice=None).rows}
    assert rows == {"Ann": ("active", True), "Kim": ("active", False)}

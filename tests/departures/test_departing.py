"""Planning a departure, and what ends with it: who may, when, for how many, and what stands in the way."""
from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from countersign.access.departures import answering, departing, jobs, replanning
from countersign.access.departures.departing import Leaving
from countersign.access.departures.models import Departure
from countersign.access.departures.states import Way
from countersign.access.grants import inviting
from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.access.lockout.models import Case
from countersign.audit.models import Entry
from countersign.base.actor import ProgramActor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.people import queries as people
from countersign.people.models import ApiKey, Credential, Device, Lock, Person, Session
from tests.departures.conftest import cast, now
from tests.signing_in import sign_in

LATER = timedelta(hours=1)


def directory(maker: Person, purpose: str = "scim") -> ProgramActor:
    """A program with a key that an officer has made for it."""
    key = ApiKey.objects.create(name="Directory", purpose=purpose, key_hash=uuid4().hex, made_by=maker, made_at=now())
    return ProgramActor(str(key.uid), key.name, key.purpose)


def leaves(by: Person, person: Person, **more: object) -> Departure:
    return departing.depart(by.as_actor(verified_at=now()), person, why="Leaves the company.", at=now(), **more)  # type: ignore[arg-type]


def its_minute_comes(departure: Departure) -> None:
    """The clock moves on: everything that was planned for later is due."""
    past = now() - timedelta(seconds=1)
    Departure.objects.filter(pk=departure.pk).update(starts_at=past)
    Case.objects.filter(begun_at=None).update(since=past)
    Lock.objects.filter(begun_at=None).update(since=past)


def test_everything_of_a_leaver_s_ends_at_once(kim: Person, tom: Person, leo: Person) -> None:
    client = Client()
    sign_in(client, leo)
    key = ApiKey.objects.create(name="desk", purpose="lock", key_hash="a" * 64, made_by=leo, made_at=now())
    departure = leaves(kim, leo)
    assert client.get("/").status_code == 302
    leo.refresh_from_db()
    key.refresh_from_db()
    assert (departure.state, leo.state, key.ended_at is not None) == ("open", "left", True)
    assert not Grant.objects.filter(person=leo).exists()
    assert not Credential.objects.filter(person=leo, retired_at=None).exists()
    assert not Device.objects.filter(person=leo, state="enrolled").exists()
    assert not leo.has_usable_password()
    assert departure.ended == {"sessions": 1, "keys": 1, "devices": 1, "passkeys": 1, "roles": ["author", "reviewer"]}


def test_a_planned_departure_binds_at_its_minute_before_any_worker_came_by(kim: Person, tom: Person, leo: Person) -> None:
    session = sign_in(Client(), leo)
    departure = leaves(kim, leo, starts_at=now() + LATER)
    assert jobs.carry_out_departures(now()) == 0
    assert not people.is_locked(person=str(leo.uid))
    its_minute_comes(departure)
    assert people.is_locked(person=str(leo.uid))
    assert jobs.carry_out_departures(now()) == 1
    for row in (departure, leo, session):
        row.refresh_from_db()
    assert (departure.state, leo.state, session.ended_by) == ("open", "left", "locked")


def test_what_was_planned_is_taken_back_with_its_lock_but_not_once_its_minute_has_come(kim: Person, tom: Person, leo: Person) -> None:
    departure = leaves(kim, leo, starts_at=now() + LATER)
    replanning.cancel(kim.as_actor(), departure, at=now())
    assert Lock.objects.get().state == "lifted"
    again = leaves(kim, leo, starts_at=now() + LATER)
    its_minute_comes(again)
    again.refresh_from_db()
    with pytest.raises(Conflict):
        replanning.cancel(kim.as_actor(), again, at=now())


def test_one_of_many_stays_after_all_and_the_others_go(kim: Person, tom: Person, leo: Person, ann: Person) -> None:
    when = now() + LATER
    rows = departing.depart_all(
        kim.as_actor(), [Leaving(leo, None, when), Leaving(ann, None, when)], why="The shop closes.", way=Way.OFFICER, at=now()
    )
    assert Case.objects.count() == 1
    replanning.cancel(kim.as_actor(), next(row for row in rows if row.person == ann), at=now())
    session = sign_in(Client(), ann)
    its_minute_comes(next(row for row in rows if row.person == leo))
    assert jobs.carry_out_departures(now()) == 1
    session.refresh_from_db()
    ann.refresh_from_db()
    assert (ann.state, session.ended_by) == ("active", "")


def test_it_is_moved_to_another_minute_and_its_lock_with_it(kim: Person, tom: Person, leo: Person) -> None:
    departure, later = leaves(kim, leo, starts_at=now() + LATER), now() + timedelta(days=3)
    replanning.change_time(tom.as_actor(), departure, later, at=now())
    assert Lock.objects.get(lifted_at=None).since == later
    assert Lock.objects.get(lifted_at=None) == Departure.objects.get().lock
    assert Entry.objects.filter(event="departure.moved", actor=tom.label).count() == 1


def test_a_lock_that_two_officers_lifted_meanwhile_is_placed_anew(kim: Person, tom: Person, leo: Person) -> None:
    departure = leaves(kim, leo, starts_at=now() + LATER)
    Lock.objects.update(state="lifted", lifted_at=now())
    Case.objects.update(cancelled_at=now(), done_at=now())
    its_minute_comes(departure)
    assert jobs.carry_out_departures(now()) == 1
    assert people.is_locked(person=str(leo.uid))


def test_the_only_officer_cannot_leave_and_hears_what_to_do_first(kim: Person, leo: Person) -> None:
    program = directory(kim)
    with pytest.raises(Refused, match="only security officer") as refusal:
        departing.depart(program, kim, why="Gone.", at=now())
    assert "Make somebody else a security officer first" in refusal.value.remedy
    assert Entry.objects.filter(event="act.refused", actor=program.label).count() == 1
    assert not Lock.objects.exists()


def test_of_two_officers_who_leave_one_after_the_other_the_second_is_the_only_one(kim: Person, tom: Person, leo: Person) -> None:
    leaves(kim, tom, starts_at=now() + LATER)
    program = directory(tom)
    with pytest.raises(Refused):
        departing.depart(program, kim, why="Gone.", at=now())
    with pytest.raises(Refused):
        departing.depart_all(program, [Leaving(kim), Leaving(leo)], why="Gone.", way=Way.DIRECTORY, at=now())


def test_an_officer_who_has_become_the_only_one_stays_planned_and_stops_nobody_else(kim: Person, tom: Person, leo: Person) -> None:
    departure, other = leaves(kim, tom, starts_at=now() + LATER), leaves(kim, leo, starts_at=now() + LATER)
    Grant.objects.filter(person=kim).delete()
    its_minute_comes(departure)
    its_minute_comes(other)
    refusals = Entry.objects.filter(event="act.refused").count()
    assert jobs.carry_out_departures(now()) == 1
    departure.refresh_from_db()
    assert departure.state == "planned"
    assert Entry.objects.filter(event="act.refused").count() == refusals  # told once on a page, not twice a second in the log


def test_nobody_plans_their_own_departure(kim: Person, tom: Person) -> None:
    with pytest.raises(Refused, match="your own"):
        leaves(kim, kim)
    departure = leaves(tom, kim, starts_at=now() + LATER)
    with pytest.raises(Refused, match="your own"):
        replanning.cancel(kim.as_actor(), departure, at=now())
    assert Entry.objects.filter(event="act.refused", actor=kim.label).count() == 2


def test_two_officers_at_once_make_one_departure(kim: Person, tom: Person, leo: Person) -> None:
    leaves(kim, leo, starts_at=now() + LATER)
    with pytest.raises(Conflict):
        leaves(tom, leo)
    assert Departure.objects.count() == 1
    with pytest.raises(Conflict):
        departing.begin_now(tom.as_actor(), leaves_twice(tom), at=now())


def leaves_twice(officer: Person) -> Departure:
    """What an officer's page still shows as planned, and another has had begin."""
    shown = Departure.objects.get()
    departing.begin_now(officer.as_actor(), Departure.objects.get(), at=now())
    return shown


def test_whoever_has_left_does_not_leave_again(kim: Person, tom: Person, leo: Person) -> None:
    leaves(kim, leo)
    with pytest.raises(Conflict):
        leaves(tom, leo)


def test_a_directory_may_say_it_twice_and_hastens_what_was_planned(kim: Person, tom: Person, leo: Person) -> None:
    program = directory(kim)
    planned = departing.depart(program, leo, why="Gone.", starts_at=now() + LATER, at=now())
    now_ = departing.depart(program, leo, why="Gone.", at=now())
    leo.refresh_from_db()
    again = departing.depart(program, leo, why="Deleted.", at=now())
    assert (planned.pk, now_.pk, again.pk) == (planned.pk,) * 3
    assert (now_.state, leo.state, again.state) == ("open", "left", "open")


def test_a_key_that_is_for_something_else_or_no_longer_stands_has_nobody_leave(kim: Person, tom: Person, leo: Person) -> None:
    desk, ended = directory(kim, "lock"), directory(kim)
    ApiKey.objects.filter(uid=ended.uid).update(ended_at=now())
    leaves(kim, leo, starts_at=now() + LATER)
    for program in (desk, ended):
        with pytest.raises(Refused):
            departing.depart(program, leo, why="Gone.", at=now())
    leo.refresh_from_db()
    assert leo.state == "active"


def test_whoever_comes_back_is_invited_as_somebody_new_with_the_same_address(kim: Person, tom: Person, leo: Person) -> None:
    leaves(kim, leo)
    again, _token = inviting.invite(kim.as_actor(), email=leo.email, name="Leo", grants=[], at=now())
    leo.refresh_from_db()
    assert (again.pk != leo.pk, again.state, leo.state) == (True, "invited", "left")
    assert leo.email == f"{leo.uid}@left.invalid"


def test_whoever_takes_over_is_active_and_stays(kim: Person, tom: Person, leo: Person, ann: Person, olu: Person) -> None:
    leaves(kim, olu, starts_at=now() + LATER)
    Person.objects.filter(pk=ann.pk).update(state="suspended")
    ann.refresh_from_db()
    for heir in (olu, ann):
        with pytest.raises(Invalid):
            leaves(kim, leo, heir=heir)
    with pytest.raises(Invalid):
        departing.depart_all(kim.as_actor(), [Leaving(leo, tom), Leaving(tom)], why="Both.", way=Way.OFFICER, at=now())


def test_it_takes_a_reason_and_a_time_within_a_year(kim: Person, tom: Person, leo: Person) -> None:
    with pytest.raises(Invalid):
        departing.depart(kim.as_actor(), leo, why=" ", at=now())
    with pytest.raises(Invalid):
        leaves(kim, leo, starts_at=now() + timedelta(days=400))


def test_a_guest_s_end_is_planned_with_the_invitation_and_put_off_by_an_officer(kim: Person, tom: Person) -> None:
    end = now() + timedelta(days=30)
    guest, _token = inviting.invite(
        kim.as_actor(), email="agency@example.org", name="Noor", grants=[(Role.AUTHOR, None)], ends_at=end, at=now()
    )
    departure = Departure.objects.get(person=guest)
    assert (departure.way, departure.starts_at, departure.lock.since) == ("guest", end, end)
    replanning.change_time(tom.as_actor(), departure, end + timedelta(days=30), at=now())
    its_minute_comes(departure)
    jobs.carry_out_departures(now())
    guest.refresh_from_db()
    assert guest.state == "left"


def test_a_guest_does_not_end_in_the_past_and_then_nobody_is_invited(kim: Person) -> None:
    with pytest.raises(Invalid):
        inviting.invite(kim.as_actor(), email="a@example.org", name="Noor", grants=[], ends_at=now() - LATER, at=now())
    assert not Person.objects.filter(email="a@example.org").exists()


def test_two_workers_open_it_once(kim: Person, tom: Person, leo: Person) -> None:
    departure = leaves(kim, leo, starts_at=now() + LATER)
    its_minute_comes(departure)
    assert [jobs.carry_out_departures(now()), jobs.carry_out_departures(now())] == [1, 0]
    assert Entry.objects.filter(event="departure.opened").count() == 1


def test_a_company_phone_and_each_account_are_asked_about(kim: Person, tom: Person, leo: Person) -> None:
    tasks = leaves(kim, leo).tasks
    assert list(tasks.values_list("kind", "device__name", "answer")) == [("device", "Phone", "")]


def test_of_a_device_nobody_has_said_whose_it_is_one_may_say_it_is_their_own(kim: Person, tom: Person, leo: Person) -> None:
    Device.objects.filter(person=leo).update(owner="")
    task = leaves(kim, leo).tasks.get()
    answering.answer(tom.as_actor(), task, "theirs", at=now())
    ours = leaves(kim, cast("Ann", Role.AUTHOR)).tasks.get()
    with pytest.raises(Invalid):
        answering.answer(tom.as_actor(), ours, "theirs", at=now())
    with pytest.raises(Invalid):
        answering.answer(tom.as_actor(), ours, "removed", at=now())


@pytest.mark.django_db(transaction=True)
def test_two_officers_press_in_the_same_moment(kim: Person, tom: Person, leo: Person) -> None:
    said, start = list[str](), threading.Barrier(2)

    def press(officer: Person) -> None:
        start.wait()
        try:
            said.append(leaves(officer, leo).state)
        except Conflict:
            said.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(officer,)) for officer in (kim, tom)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["conflict", "open"]
    assert (Departure.objects.count(), Case.objects.count(), Entry.objects.filter(event="person.left").count()) == (1, 1, 1)


def test_a_session_that_ended_before_is_not_counted_as_ended_by_it(kim: Person, tom: Person, leo: Person) -> None:
    sign_in(Client(), leo)
    Session.objects.update(ended_at=now(), ended_by="signed_out")
    assert leaves(kim, leo).ended["sessions"] == 0


def test_with_somebody_beside_them_an_officer_leaves(kim: Person, tom: Person) -> None:
    assert leaves(kim, tom).state == "open"
    cast("Sam", Role.OFFICER)

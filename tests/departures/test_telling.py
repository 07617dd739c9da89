"""Who is told of a departure: a guest and the officers a week before its end, officers on *My work* while something is left."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from countersign.access.departures import departing, jobs, queries, replanning
from countersign.access.departures.departing import Leaving
from countersign.access.departures.models import Departure
from countersign.access.departures.states import Way
from countersign.access.grants.models import Grant
from countersign.access.lockout.models import Case, Step
from countersign.people.models import Lock, Person
from tests.departures.conftest import now
from tests.signing_in import sign_in


def guest(by: Person, person: Person, days: float) -> Departure:
    ends = now() + timedelta(days=days)
    return departing.depart_all(by.as_actor(), [Leaving(person, None, ends)], why="An agency.", way=Way.GUEST, at=now())[0]


def titles(person: Person) -> list[str]:
    return [notice.title for notice in queries.alerts(person.as_actor(), at=now())]


def test_a_guest_and_the_officers_hear_of_the_end_once_a_week_before(kim: Person, tom: Person, leo: Person) -> None:
    departure = guest(kim, leo, 8)
    assert jobs.tell_of_ends(now()) == 0
    assert jobs.tell_of_ends(now() + timedelta(days=2)) == 3
    assert jobs.tell_of_ends(now() + timedelta(days=2)) == 0
    assert sorted(one.to[0] for one in mail.outbox) == ["kim@delinde.example", "leo@delinde.example", "tom@delinde.example"]
    to_kim = next(one.body for one in mail.outbox if one.to == [kim.email])
    assert f"/departures/{departure.uid}/" in to_kim


def test_an_end_that_is_put_off_is_told_anew_when_it_comes_near(kim: Person, tom: Person, leo: Person) -> None:
    departure = guest(kim, leo, 3)
    assert jobs.tell_of_ends(now()) == 3
    replanning.change_time(kim.as_actor(), departure, now() + timedelta(days=20), at=now())
    assert jobs.tell_of_ends(now()) == 0
    assert jobs.tell_of_ends(now() + timedelta(days=15)) == 3


def test_officers_hear_in_one_mail_who_has_left(kim: Person, tom: Person, leo: Person, ann: Person) -> None:
    departing.depart_all(kim.as_actor(), [Leaving(leo), Leaving(ann)], why="The shop closes.", way=Way.FILE, at=now())
    mail.outbox.clear()
    assert [jobs.tell_of_departures(now()), jobs.tell_of_departures(now())] == [2, 0]
    assert {one.to[0] for one in mail.outbox} == {kim.email, tom.email}
    assert all("Leo" in one.body and "Ann" in one.body for one in mail.outbox)


def test_who_is_no_guest_is_told_nothing_by_mail_beforehand(kim: Person, tom: Person, leo: Person) -> None:
    departing.depart(kim.as_actor(), leo, why="A meeting.", starts_at=now() + timedelta(hours=1), at=now())
    assert jobs.tell_of_ends(now()) == 0
    assert mail.outbox == []


def test_officers_see_what_is_left_and_what_is_late_and_the_leaver_sees_nothing(kim: Person, tom: Person, leo: Person) -> None:
    assert titles(kim) == []
    departure = departing.depart(kim.as_actor(), leo, why="Leaves.", at=now())
    assert titles(kim) == ["1 departure is open"]
    Step.objects.update(done_at=now())
    departure.tasks.update(answer="given_back", answered_by=kim, answered_at=now())
    assert queries.alerts(kim.as_actor(), at=now())[0].text == "Nothing is left: close it."
    assert titles(leo) == []


def test_a_guest_whose_end_is_near_stands_on_my_work_of_officers_alone(kim: Person, tom: Person, leo: Person, ann: Person) -> None:
    guest(kim, leo, 3)
    assert titles(kim)[0].startswith("Leo, a guest, ends on")
    assert titles(ann) == []


def test_a_planned_departure_of_an_officer_is_not_told_to_them(kim: Person, tom: Person) -> None:
    guest(kim, tom, 3)
    assert (len(titles(kim)), titles(tom)) == (1, [])


def test_what_cannot_begin_is_told_to_whoever_may_look(kim: Person, tom: Person) -> None:
    departure = departing.depart(kim.as_actor(), tom, why="Leaves.", starts_at=now() + timedelta(hours=1), at=now())
    Departure.objects.update(starts_at=now())
    Case.objects.update(since=now())
    Lock.objects.update(since=now())
    Grant.objects.filter(person=kim).update(role="auditor")
    assert jobs.carry_out_departures(now()) == 0
    client = Client()
    sign_in(client, kim)
    assert "This cannot begin" in client.get(f"/departures/{departure.uid}/").content.decode()


@pytest.mark.parametrize("path", ["/departures/", "/departures/new/", "/departures/file/"])
def test_its_pages_open_to_an_officer(kim: Person, tom: Person, path: str) -> None:
    client = Client()
    sign_in(client, kim)
    assert client.get(path).status_code == 200


def test_the_page_of_somebody_who_leaves_already_is_that_of_their_departure(kim: Person, tom: Person, leo: Person) -> None:
    departure = departing.depart(kim.as_actor(), leo, why="Leaves.", starts_at=now() + timedelta(days=1), at=now())
    client = Client()
    sign_in(client, kim)
    assert client.get(f"/departures/new/?person={leo.uid}")["Location"] == f"/departures/{departure.uid}/"


def test_one_s_own_departure_shows_no_button_that_works(kim: Person, tom: Person) -> None:
    departure = departing.depart(tom.as_actor(), kim, why="Leaves.", starts_at=now() + timedelta(days=1), at=now())
    client = Client()
    sign_in(client, kim)
    shown = client.get(f"/departures/{departure.uid}/").content.decode()
    assert "This is your own departure." in shown
    assert f"/departures/{departure.uid}/cancel/" not in shown


def test_a_form_with_half_a_moment_or_nobody_says_so_and_keeps_what_was_typed(kim: Person, tom: Person, leo: Person) -> None:
    client = Client()
    sign_in(client, kim)
    for data, words in (
        ({"person": str(leo.uid), "why": "A meeting", "day": "2026-11-30", "hour": ""}, "Give a day and an hour, or neither."),
        ({"person": "", "why": "A meeting"}, "Choose who leaves."), ({"person": str(leo.uid), "why": " "}, "Say why."),
    ):
        response = client.post("/departures/new/", data)
        assert response.status_code == 422
        assert words in response.content.decode()


def test_a_guest_is_invited_on_the_page_until_the_end_of_a_day(kim: Person, tom: Person) -> None:
    client, last = Client(), (now() + timedelta(days=30)).date()
    sign_in(client, kim)
    data = {"name": "Noor", "email": "noor@agency.example", "role": "author", "account": "", "language": "en", "ends": last.isoformat()}
    assert client.post("/people/invite/", data).status_code == 200
    departure = Departure.objects.get(person__email="noor@agency.example")
    assert departure.way == "guest"
    assert departure.starts_at.astimezone().date() >= last
    assert client.post("/people/invite/", {**data, "email": "b@agency.example", "ends": "2020-01-01"}).status_code == 422
    assert not Person.objects.filter(email="b@agency.example").exists()

"""A file from personnel: what is on it, what it comes to, and that the same file does nothing twice."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from countersign.access.departures import departing, personnel
from countersign.access.departures.models import Departure
from countersign.audit.models import Entry
from countersign.base.errors import Invalid
from countersign.people.models import Person
from tests.departures.conftest import now
from tests.signing_in import sign_in

LEUVEN = ZoneInfo("Europe/Brussels")
AHEAD = now().year + 1 if now().month > 1 else now().year
FILE = f"mail;last day;heir\nleo@delinde.example;{AHEAD}-01-15 17:00;ann@delinde.example\nnobody@delinde.example;;\n"


def upload(client: Client, text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode()
    response = client.post("/departures/file/", {"file": SimpleUploadedFile("leavers.csv", raw, "text/csv")})
    return response.content.decode()


def go(client: Client, text: str) -> int:
    return client.post("/departures/file/", {"text": text, "go": "1"}).status_code


@pytest.fixture
def officer(kim: Person, tom: Person) -> Client:
    client = Client()
    sign_in(client, kim)
    return client


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-11-30 17:00", datetime(2026, 11, 30, 16, 0, tzinfo=UTC)),
        ("2026-11-30T17:00", datetime(2026, 11, 30, 16, 0, tzinfo=UTC)),
        ("2026-11-30", datetime(2026, 11, 30, 23, 0, tzinfo=UTC)),  # the day lasts to its end, in Leuven
        ("30/11/2026", datetime(2026, 11, 30, 23, 0, tzinfo=UTC)),
        ("30.11.2026 09:30:00", datetime(2026, 11, 30, 8, 30, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, when: datetime | None) -> None:
    assert personnel.moment(text, LEUVEN) == when


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "31/02/2026", "2026-11-30 25:00", "11/30/2026"])
def test_what_is_no_day_is_a_mistake_on_its_line_alone(text: str) -> None:
    lines = personnel.lines(f"leo@delinde.example,{text}\nann@delinde.example,\n", LEUVEN)
    assert [line.mistake for line in lines] == [personnel.NO_DAY, ""]


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_spreadsheet_s_own_marks_are_read(between: str) -> None:
    raw = f"\ufeffMail{between}Laatste dag{between}Opvolger\r\nLeo@delinde.example{between}{between}\r\n\r\n".encode()
    assert [(line.number, line.email) for line in personnel.lines(personnel.text_of(raw), LEUVEN)] == [(2, "leo@delinde.example")]


def test_an_old_code_page_is_read_and_a_file_that_is_too_large_is_not() -> None:
    assert "é" in personnel.text_of("André".encode("cp1252"))
    with pytest.raises(Invalid):
        personnel.text_of(b"x" * (personnel.MOST_BYTES + 1))
    with pytest.raises(Invalid):
        personnel.lines("a@b.example\n" * (personnel.MOST_LINES + 1), LEUVEN)


@pytest.mark.parametrize("text", ["", "mail;day\n", "\n\n", '"' + "x" * 200_000])
def test_a_file_without_anybody_is_none(text: str) -> None:
    with pytest.raises(Invalid):
        personnel.lines(text, LEUVEN)


def test_it_shows_what_it_comes_to_and_does_nothing_yet(officer: Client, leo: Person, ann: Person) -> None:
    shown = upload(officer, FILE)
    assert "Everything of theirs ends at that minute." in shown
    assert "Nobody here has this address." in shown
    assert "Ann takes over" in shown
    assert not Departure.objects.exists()


def test_the_same_file_twice_does_nothing_twice(officer: Client, leo: Person, ann: Person) -> None:
    assert go(officer, FILE) == 302
    departure, size = Departure.objects.get(), Entry.objects.count()
    assert (departure.person, departure.heir, departure.way) == (leo, ann, "file")
    assert "Planned already: nothing is done." in upload(officer, FILE)
    assert go(officer, FILE) == 200  # there is nothing to do, so the page is shown again
    assert (Departure.objects.count(), Entry.objects.count()) == (1, size)
    assert "change it there" in upload(officer, FILE.replace("17:00", "18:00"))


def test_who_leaves_now_is_gone_at_once_and_the_file_may_be_sent_again(officer: Client, leo: Person) -> None:
    assert go(officer, "leo@delinde.example\n") == 302
    leo.refresh_from_db()
    assert leo.state == "left"
    assert "Has left already" in upload(officer, "leo@delinde.example\n")
    assert go(officer, "leo@delinde.example\n") == 200


def test_each_line_says_what_is_wrong_with_it(officer: Client, kim: Person, tom: Person, leo: Person, ann: Person) -> None:
    text = (
        "leo@delinde.example;;ann@delinde.example\nann@delinde.example;;\nleo@delinde.example;;\nkim@delinde.example;;\n"
        "no address;;\ntom@delinde.example;2199-01-01;\n"
    )
    shown = upload(officer, text)
    for words in (
        "Whoever is to take over leaves as well.", "The same address stands on an earlier line.", "This is you", "There is no mail address",
        "more than a year ahead",
    ):
        assert words in shown, words


def test_an_officer_who_leaves_tomorrow_does_not_have_the_other_one_leave(officer: Client, kim: Person, tom: Person, leo: Person) -> None:
    departing.depart(tom.as_actor(), kim, why="Retires.", starts_at=now() + timedelta(days=1), at=now())
    text = "tom@delinde.example;;\nleo@delinde.example;;\n"
    assert "No security officer would be left" in upload(officer, text)
    assert go(officer, text) == 302
    tom.refresh_from_db()
    leo.refresh_from_db()
    assert (tom.state, leo.state) == ("active", "left")


def test_what_is_no_file_at_all_is_said(officer: Client) -> None:
    response = officer.post("/departures/file/", {})
    assert response.status_code == 422
    assert "There is nobody in this file." in response.content.decode()

"""Sessions: hashed, limited in age and idleness, ended for good, read at every request."""
from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from countersign.people import queries
from countersign.people.models import Lock, Person, Session
from countersign.people.sessions import SessionStore
from countersign.people.states import Ending, PersonState
from tests.signing_in import given_passkey, made, sign_in


@pytest.fixture
def row(client: Client, ann: Person) -> Session:
    given_passkey(ann)
    return sign_in(client, ann)


def asked(client: Client) -> str:
    """What the home page says: the actor's name, or where the visitor is sent."""
    answer = client.get("/")
    return str(answer.json()["name"]) if answer.status_code == 200 else str(answer.headers["Location"])


def words(client: Client) -> str:
    return client.get("/accounts/login/").content.decode()


def test_a_live_session_acts_as_its_person(client: Client, row: Session) -> None:
    assert asked(client) == "Ann"


def test_the_cookie_has_256_bits_and_is_stored_nowhere(client: Client, row: Session) -> None:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert len(cookie) == 43
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_session")
        stored = repr(cursor.fetchall())
    assert cookie not in stored
    assert queries.token_hash(cookie) in stored


def test_another_cookie_is_a_visitor(client: Client, row: Session) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 43
    assert asked(client) == "/accounts/login/?next=/"


def test_a_session_ends_after_its_idle_time(client: Client, row: Session) -> None:
    long_ago = timezone.now() - timedelta(seconds=row.idle_seconds + 1)
    Session.objects.filter(pk=row.pk).update(last_seen_at=long_ago)
    assert asked(client) == "/accounts/login/?next=/"
    assert "Nothing was done here for a while" in words(client)


def test_a_session_ends_after_twelve_hours_however_busy(client: Client, row: Session) -> None:
    assert row.ends_at - row.created_at == timedelta(hours=12)
    Session.objects.filter(pk=row.pk).update(ends_at=timezone.now(), last_seen_at=timezone.now())
    assert asked(client) == "/accounts/login/?next=/"
    assert "twelve hours" in words(client)


@pytest.mark.parametrize(("names", "minutes"), [({"Ann"}, 15), (set(), 30)])
def test_a_signer_idles_for_fifteen_minutes_others_for_thirty(
    client: Client, ann: Person, signers: set[str], names: set[str], minutes: int
) -> None:
    signers.update(names)
    key = given_passkey(ann)
    answer = key.answer(client.get("/accounts/passkey/").json()["request_options"])
    client.post("/accounts/passkey/", {"credential": json.dumps(answer)})
    row = Session.objects.get(person=ann)
    for idle, expected in ((minutes * 60 - 5, "Ann"), (minutes * 60 + 1, "/accounts/login/?next=/")):
        Session.objects.filter(pk=row.pk).update(last_seen_at=timezone.now() - timedelta(seconds=idle))
        assert asked(client) == expected


def test_last_seen_is_written_at_most_once_a_minute(client: Client, row: Session) -> None:
    recent, old = timezone.now() - timedelta(seconds=50), timezone.now() - timedelta(seconds=70)
    Session.objects.filter(pk=row.pk).update(last_seen_at=recent)
    asked(client)
    row.refresh_from_db()
    assert row.last_seen_at == recent
    Session.objects.filter(pk=row.pk).update(last_seen_at=old)
    asked(client)
    row.refresh_from_db()
    assert row.last_seen_at > recent


@pytest.mark.parametrize("kind", ["everything", "person", "session"])
def test_a_lock_ends_a_session_for_good(client: Client, row: Session, ann: Person, kind: str) -> None:
    target = {"everything": None, "person": ann.uid, "session": row.uid}[kind]
    lock = Lock.objects.create(kind=kind, target=target, reason="a lost phone", since=timezone.now())
    assert asked(client) == "/accounts/login/?next=/"
    assert "You are locked" in words(client)
    Lock.objects.filter(pk=lock.pk).update(state="lifted", lifted_at=timezone.now())
    row.refresh_from_db()
    assert row.ended_by == Ending.LOCKED


def test_a_lifted_lock_revives_nothing(client: Client, row: Session, ann: Person) -> None:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    lock = Lock.objects.create(kind="person", target=ann.uid, reason="a lost phone", since=timezone.now())
    asked(client)
    Lock.objects.filter(pk=lock.pk).update(state="lifted", lifted_at=timezone.now())
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert asked(client) == "/accounts/login/?next=/"


def test_a_lock_on_somebody_else_changes_nothing(client: Client, row: Session, olu: Person) -> None:
    Lock.objects.create(kind="person", target=olu.uid, reason="a lost phone", since=timezone.now())
    assert asked(client) == "Ann"


def test_a_suspended_person_is_signed_out_and_stays_so(client: Client, row: Session, ann: Person) -> None:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    ann.move(PersonState.SUSPENDED, at=timezone.now())
    assert asked(client) == "/accounts/login/?next=/"
    ann.move(PersonState.ACTIVE, at=timezone.now())
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert asked(client) == "/accounts/login/?next=/"


def test_nothing_revives_a_session_that_was_ended_meanwhile(client: Client, row: Session) -> None:
    store = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    store["draft"] = "half a sentence"
    Session.objects.filter(pk=row.pk).update(ended_at=timezone.now(), ended_by=Ending.ELSEWHERE)
    with pytest.raises(UpdateError):
        store.save()


def test_a_session_is_read_with_its_person_and_locks_in_one_query(client: Client, row: Session) -> None:
    store = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    with CaptureQueriesContext(connection, ) as seen:
        assert store.get("_auth_user_id")
    assert len(seen) == 1


def test_a_request_costs_two_queries(client: Client, row: Session) -> None:
    asked(client)
    with CaptureQueriesContext(connection) as seen:
        asked(client)
    assert [one["sql"].split()[0] for one in seen] == ["SELECT", "SELECT"]


def test_a_session_without_a_shown_second_factor_reaches_no_page(client: Client, ann: Person) -> None:
    given_passkey(ann)
    client.force_login(ann)
    assert asked(client) == "/me/verify/?next=%2F"
    assert client.get("/me/security/").headers["Location"].startswith("/me/verify/")


def test_a_person_without_any_second_factor_is_signed_out(client: Client, db: None) -> None:
    client.force_login(made("Leo"))
    assert asked(client) == "/accounts/login/"
    assert "no second factor" in words(client)
    assert asked(client) == "/accounts/login/?next=/"


def test_a_script_is_told_in_json_that_a_second_factor_is_owed(client: Client, ann: Person) -> None:
    given_passkey(ann)
    client.force_login(ann)
    answer = client.get("/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["ok"]) == (403, False)


def test_old_rows_are_cleared_a_day_after_their_end(client: Client, row: Session) -> None:
    SessionStore.clear_expired()
    assert Session.objects.filter(pk=row.pk).exists()
    Session.objects.filter(pk=row.pk).update(ends_at=timezone.now() - timedelta(days=2))
    SessionStore.clear_expired()
    assert not Session.objects.filter(pk=row.pk).exists()

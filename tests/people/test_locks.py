"""The facts of locks: what stands, on whom, in one query."""
from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from countersign.people import queries
from countersign.people.models import Lock, Person


def lock(kind: str, target: object = None, network: str = "") -> Lock:
    since = timezone.now() - timedelta(milliseconds=1)  # SQLite's own clock counts no smaller steps
    return Lock.objects.create(kind=kind, target=target, network=network, reason="a suspicion", since=since)


def test_nothing_is_locked_at_first(ann: Person) -> None:
    assert not queries.is_locked(person=str(ann.uid))


def test_each_kind_of_lock_is_found_where_it_stands(ann: Person) -> None:
    account, session = uuid.uuid4(), uuid.uuid4()
    locks = [lock("person", ann.uid), lock("session", session), lock("account", account), lock("network", None, "mastodon")]
    asked = {
        "persons": [str(ann.uid)], "sessions": [str(session)], "accounts": [str(account)], "networks": ["mastodon"],
    }  # fmt: skip
    assert queries.locks_on(**asked) == locks
    for name, value in asked.items():
        assert len(queries.locks_on(**{name: value})) == 1


def test_a_lock_of_one_kind_does_not_bind_another(ann: Person) -> None:
    lock("account", ann.uid)
    assert not queries.is_locked(person=str(ann.uid), network="mastodon")


def test_a_lock_on_everything_binds_everything(ann: Person) -> None:
    lock("everything")
    assert queries.is_locked(network="mastodon")
    assert queries.is_locked()


def test_a_lifted_lock_binds_nothing(ann: Person) -> None:
    Lock.objects.filter(pk=lock("person", ann.uid).pk).update(state="lifted", lifted_at=timezone.now())
    assert not queries.is_locked(person=str(ann.uid))


def test_many_are_asked_in_one_query(ann: Person, olu: Person) -> None:
    with CaptureQueriesContext(connection) as seen:
        queries.locks_on(persons=[str(ann.uid), str(olu.uid)], accounts=[str(uuid.uuid4())], networks=["bluesky"])
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("kind", "target", "network"),
    [("person", None, ""), ("network", None, ""), ("network", uuid.UUID(int=1), "x"), ("everything", None, "x"),
     ("everything", uuid.UUID(int=1), ""), ("account", uuid.UUID(int=1), "x"), ("planet", uuid.UUID(int=1), "")],
)  # fmt: skip
def test_the_database_refuses_a_lock_that_names_too_little_or_too_much(
    db: None, kind: str, target: object, network: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        lock(kind, target, network)

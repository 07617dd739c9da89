"""A prepared question is the ordinary one: the same rows, asked each time, in every thread."""
from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from countersign.base import prepared
from countersign.base.prepared import Prepared
from countersign.people.models import Lock, Person
from countersign.people.queries import _LOCKS, _locks_on, locks_on

ANN, BEN = uuid4(), uuid4()


def standing(uid: UUID, *, since: timedelta = timedelta(0)) -> Lock:
    return Lock.objects.create(kind="person", target=uid, reason="a lost phone", since=timezone.now() + since)


def written(name: str) -> Person:
    return Person.objects.create(email=f"{name.lower()}@delinde.example", name=name, state="active", state_since=timezone.now(), password="!")


@pytest.mark.django_db
@pytest.mark.parametrize("persons", [[], [ANN], [ANN, BEN], [BEN, ANN, uuid4()]])
@pytest.mark.parametrize("networks", [[], ["practice"]])
def test_it_finds_what_the_ordinary_question_finds(persons: Sequence[UUID], networks: Sequence[str]) -> None:
    standing(ANN)
    standing(BEN)
    standing(uuid4())
    Lock.objects.create(kind="network", network="practice", reason="a suspicion", since=timezone.now())
    asked: dict[str, Any] = {"persons": persons, "sessions": [], "devices": [], "accounts": [], "networks": networks}
    for _turn in range(2):
        assert _LOCKS.ask(**asked) == list(_locks_on(**asked))
        assert len(_LOCKS.ask(**asked)) == len({ANN, BEN} & set(persons)) + len(networks)


@pytest.mark.django_db
def test_the_database_is_asked_each_time_and_once() -> None:
    assert locks_on(persons=[str(ANN)]) == []
    lock = standing(ANN)
    with CaptureQueriesContext(connection, ) as asked:
        assert locks_on(persons=[str(ANN)]) == [lock]
    assert len(asked) == 1
    Lock.objects.filter(pk=lock.pk).update(state="lifted", lifted_at=timezone.now())
    assert locks_on(persons=[str(ANN)]) == []


@pytest.mark.django_db
def test_a_lock_that_begins_later_is_found_once_it_has_begun() -> None:
    lock = standing(ANN, since=timedelta(hours=1))
    assert locks_on(persons=[str(ANN)]) == []
    Lock.objects.filter(pk=lock.pk).update(since=timezone.now() - timedelta(seconds=2))
    assert locks_on(persons=[str(ANN)]) == [lock]


@pytest.mark.django_db
def test_rows_come_as_models_tuples_or_values_with_what_belongs_to_them() -> None:
    ann = written("Ann")
    people = Prepared[Person](lambda name: Person.objects.filter(name=name))
    pairs = Prepared[tuple[str, UUID]](lambda name: Person.objects.filter(name=name).values_list("name", "uid"))
    names = Prepared[str](lambda uid: Person.objects.filter(uid=uid).values_list("name", flat=True))
    assert people.ask(name="Ann") == [ann]
    assert people.ask(name="Ann")[0].state_since == ann.state_since
    assert pairs.ask(name="Ann") == [("Ann", ann.uid)]
    assert names.ask(uid=ann.uid) == ["Ann"]
    assert people.ask(name="Ben") == []


@pytest.mark.django_db
def test_a_moment_is_a_parameter_and_never_kept() -> None:
    written("Ann")
    since = Prepared[Person](lambda at: Person.objects.filter(state_since__lte=at))
    assert since.ask(at=timezone.now() - timedelta(hours=1)) == []
    assert len(since.ask(at=timezone.now() + timedelta(hours=1))) == 1
    frozen = Prepared[Person](lambda name: Person.objects.filter(name=name, state_since__lte=timezone.now()))
    with pytest.raises(RuntimeError, match="this moment"):
        frozen.ask(name="Ann")


@pytest.mark.django_db
def test_more_lengths_than_are_kept_are_asked_in_the_ordinary_way() -> None:
    ann = written("Ann")
    some = Prepared[Person](lambda uids: Person.objects.filter(uid__in=uids))
    for count in range(prepared._MOST_SHAPES + 4):
        assert some.ask(uids=[*(uuid4() for _other in range(count)), ann.uid]) == [ann]


@pytest.mark.django_db
def test_what_is_worked_out_beside_the_columns_is_not_prepared() -> None:
    def counted(name: str) -> QuerySet[Person]:
        return Person.objects.filter(name=name).alias(one=Q(name="Ann")).annotate(is_ann=Q(name="Ann"))

    with pytest.raises(TypeError, match="worked out"):
        Prepared[Person](counted).ask(name="Ann")


def test_threads_ask_side_by_side(transactional_db: None) -> None:
    people = {name: written(name) for name in ("Ann", "Ben", "Mia", "Kim")}
    named, wrong = Prepared[Person](lambda name: Person.objects.filter(name=name)), list[str]()

    def ask(name: str) -> None:
        for _turn in range(30):
            if named.ask(name=name) != [people[name]]:
                wrong.append(name)
        connection.close()

    threads = [threading.Thread(target=ask, args=(name,)) for name in people for _twice in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

"""Rows move along their life, one or many, each once."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from countersign.base.errors import Conflict
from countersign.base.tables import move_all, move_each
from countersign.people.models import Person
from countersign.people.states import PersonState

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def invited(*names: str) -> list[Person]:
    return [
        Person.objects.create(email=f"{name.lower()}@delinde.example", name=name, state="invited", state_since=AT, password="!")
        for name in names
    ]


def test_a_row_moves_with_its_fields_and_shows_them() -> None:
    (ann,) = invited("Ann")
    later = AT + timedelta(hours=1)
    ann.move(PersonState.ACTIVE, at=later, name="Ann Peeters")
    again = Person.objects.get(pk=ann.pk)
    assert (ann.state, ann.state_since, ann.name) == (again.state, again.state_since, again.name) == ("active", later, "Ann Peeters")


def test_the_second_comer_gets_a_conflict_and_changes_nothing() -> None:
    (ann,) = invited("Ann")
    late = Person.objects.get(pk=ann.pk)
    ann.move(PersonState.ACTIVE, at=AT)
    with pytest.raises(Conflict):
        late.move(PersonState.LEFT, at=AT, name="Somebody")
    assert Person.objects.get(pk=ann.pk).name == "Ann"
    assert late.state == "invited"


def test_a_move_that_is_not_one_is_a_conflict() -> None:
    (ann,) = invited("Ann")
    with pytest.raises(Conflict):
        ann.move(PersonState.SUSPENDED, at=AT)


def test_many_move_at_once_or_one_of_them_was_moved_by_somebody_else() -> None:
    people = invited("Ann", "Ben", "Mia")
    move_all(people, PersonState.ACTIVE, at=AT)
    assert {person.state for person in [*people, *Person.objects.all()]} == {"active"}
    Person.objects.filter(name="Ben").update(state="left")
    with pytest.raises(Conflict):
        move_all(people, PersonState.SUSPENDED, at=AT)


def test_many_move_each_with_their_own_fields() -> None:
    people = invited("Ann", "Ben")
    move_each([(person, {"language": language}) for person, language in zip(people, ("nl", "fr"), strict=True)], PersonState.ACTIVE, at=AT)
    assert list(Person.objects.order_by("pk").values_list("state", "language")) == [("active", "nl"), ("active", "fr")]


def test_of_nothing_nothing_moves() -> None:
    move_all(list[Person](), PersonState.ACTIVE, at=AT)

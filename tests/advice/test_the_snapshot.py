"""The snapshot by which the matrix sees that nothing changed: does it see what changes?"""
from __future__ import annotations

import sqlite3

import pytest
from django.db import connection
from django.utils import timezone

from countersign.people.models import Person
from tests.matrix.world import snapshot


@pytest.mark.django_db(transaction=True)
def test_every_change_of_a_row_is_seen_whoever_made_it_and_its_way_back() -> None:
    empty = snapshot()
    assert snapshot() == empty
    person = Person.objects.create(email="ann@delinde.example", name="Ann", state_since=timezone.now(), password="!")
    with_ann = snapshot()
    assert with_ann != empty
    Person.objects.filter(pk=person.pk).update(name="Anna")
    assert snapshot() not in (empty, with_ann)
    Person.objects.filter(pk=person.pk).update(name="Ann")
    assert snapshot() == with_ann
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"])
        other.execute("UPDATE people_person SET name = 'Olu'")
        other.commit()
        other.close()
        assert snapshot() not in (empty, with_ann)
    person.delete()
    assert snapshot() == empty

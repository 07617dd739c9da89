"""A drill is a real lock with figures."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from countersign.access.grants.rights import Role
from countersign.access.lockout import drilling, queries
from countersign.access.lockout.models import Drill
from countersign.access.lockout.rules import Target
from countersign.base.errors import Invalid, Refused
from countersign.people import queries as people
from countersign.people.models import Person
from countersign.people.states import LockKind
from tests.lockout.conftest import device_of, given, now
from tests.signing_in import given_passkey, made, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_drill_locks_a_test_device_and_keeps_the_time_until_the_first_refusal(kim: Person, tom: Person, ann: Person) -> None:
    target = Target(LockKind.DEVICE, str(device_of(ann).uid))
    held = drilling.drill(kim.as_actor(verified_at=now()), target, reason="A drill.", at=now())
    assert people.is_locked(device=target.uid)
    assert held.checks > 0  # it was let through before the lock, again and again
    assert 0 <= held.refused_after < 2000
    due, is_late = queries.drill_due(now())
    assert not is_late
    assert queries.drill_due(now() + timedelta(days=92))[1]
    assert due


def test_a_drill_on_oneself_or_by_somebody_else_is_not_held(kim: Person, ann: Person) -> None:
    with pytest.raises(Invalid):
        drilling.drill(kim.as_actor(verified_at=now()), Target(LockKind.PERSON, str(kim.uid)), reason="x", at=now())
    with pytest.raises(Refused):
        drilling.drill(ann.as_actor(verified_at=now()), Target(LockKind.PERSON, str(kim.uid)), reason="x", at=now())
    assert not Drill.objects.exists()


def test_nobody_is_drilled_without_whom_the_lock_could_not_be_lifted(kim: Person, tom: Person, ann: Person) -> None:
    for target in (Target(LockKind.PERSON, str(tom.uid)), Target(LockKind.DEVICE, str(device_of(tom).uid))):
        with pytest.raises(Invalid, match="fewer than two"):
            drilling.drill(kim.as_actor(verified_at=now()), target, reason="A drill.", at=now())
        assert not people.is_locked(person=str(tom.uid), device=str(device_of(tom).uid))
    eva = given(made("Eva"), Role.OFFICER)
    with pytest.raises(Invalid):  # she is an officer, and has no passkey to sign with
        drilling.drill(kim.as_actor(verified_at=now()), Target(LockKind.PERSON, str(tom.uid)), reason="A drill.", at=now())
    given_passkey(eva)
    assert drilling.drill(kim.as_actor(verified_at=now()), Target(LockKind.PERSON, str(tom.uid)), reason="A drill.", at=now())
    with pytest.raises(Invalid):  # with Tom locked, Kim and Eva are the only two
        drilling.drill(kim.as_actor(verified_at=now()), Target(LockKind.PERSON, str(eva.uid)), reason="A drill.", at=now())


def test_the_page_says_why_it_holds_no_drill(kim: Person, tom: Person, ann: Person) -> None:
    client = Client()
    sign_in(client, kim)
    response = client.post("/locks/drills/", {"target": f"person:{tom.uid}"})
    assert response.status_code == 422
    assert "fewer than two people could lift the lock" in response.content.decode()
    assert not Drill.objects.exists()

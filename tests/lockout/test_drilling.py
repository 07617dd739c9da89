"""A drill is a real lock with figures."""
from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.access.lockout import drilling, queries
from countersign.access.lockout.models import Drill
from countersign.access.lockout.rules import Target
from countersign.base.errors import Invalid, Refused
from countersign.people import queries as people
from countersign.people.models import Person
from countersign.people.states import LockKind
from tests.lockout.conftest import device_of, now

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_drill_locks_a_test_device_and_keeps_the_time_until_the_first_refusal(kim: Person, ann: Person) -> None:
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

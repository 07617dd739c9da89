"""A6: a device that nobody has used for ninety days is locked, once, and told; lifting takes two like any lock."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from countersign.access.devices import jobs
from countersign.audit.models import Entry
from countersign.people.models import Device, Lock, Person
from tests.devices.conftest import browser


@pytest.fixture
def idle(ann: Person) -> Device:
    long_ago = timezone.now() - timedelta(days=91)
    Device.objects.filter(person=ann).update(last_seen_at=long_ago, state_since=long_ago)
    return Device.objects.get(person=ann)


def test_a_device_that_idles_is_locked_and_its_person_told(idle: Device) -> None:
    assert jobs.lock_idle(timezone.now()) == 1
    lock = Lock.objects.standing().get()
    assert (lock.kind, lock.target, lock.locked_by) == ("device", idle.uid, "duty:devices")
    assert [one.subject for one in mail.outbox] == ["A device of yours is locked"]
    assert "ninety days" in mail.outbox[0].body
    assert "device.locked" in Entry.objects.values_list("event", flat=True)


def test_whoever_finds_it_finds_nothing(ann: Person, idle: Device) -> None:
    client = browser(ann)
    jobs.lock_idle(timezone.now())
    assert client.get("/me/sessions/").headers["Location"].startswith("/accounts/login/")


def test_it_is_locked_once(idle: Device) -> None:
    jobs.lock_idle(timezone.now())
    assert jobs.lock_idle(timezone.now()) == 0


def test_a_lifted_lock_begins_the_count_anew(idle: Device) -> None:
    jobs.lock_idle(timezone.now())
    Lock.objects.update(state="lifted", lifted_at=timezone.now())
    assert jobs.lock_idle(timezone.now()) == 0
    assert jobs.lock_idle(timezone.now() + timedelta(days=91)) == 1


@pytest.mark.parametrize("column", ["last_seen_at", "state_since"])
def test_one_that_was_used_or_enrolled_lately_is_not(idle: Device, column: str) -> None:
    Device.objects.update(**{column: timezone.now() - timedelta(days=89)})
    assert jobs.lock_idle(timezone.now()) == 0


def test_one_that_waits_or_was_retired_is_not(idle: Device) -> None:
    for state in ("asked", "refused", "retired"):
        Device.objects.update(state=state)
        assert jobs.lock_idle(timezone.now()) == 0

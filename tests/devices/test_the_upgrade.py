"""Whoever worked here before there were devices goes on working: in a device made of their passkey, or of their browser."""
from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone

from countersign.access.devices.models import Allowance
from countersign.people import queries
from countersign.people.models import Credential, Device, Person, Totp
from tests.signing_in import EARLIER, given_passkey, made, sign_in

DEVICES = import_module("countersign.people.migrations.0004_every_passkey_has_a_device")
MONTH = import_module("countersign.access.devices.migrations.0002_synced_passkeys_have_a_month")


def upgraded() -> None:
    DEVICES.make_devices(apps, None)
    MONTH.give_a_month(apps, None)


def before(person: Person) -> Client:
    """The person's browser, signed in as it was before the upgrade."""
    client = Client()
    sign_in(client, person, is_known=False)
    return client


@pytest.fixture
def ann(db: None) -> Person:
    """Ann has a passkey, as it was kept before there were devices."""
    person = made("Ann")
    given_passkey(person, name="Firefox, Linux")
    Device.objects.all().delete()
    return person


@pytest.fixture
def olu(db: None) -> Person:
    """Olu has a password and a code generator, and no passkey."""
    person = made("Olu", password="a brewery by the river")
    Totp.objects.create(person=person, sealed="-", version=1, last_step=0, created_at=EARLIER)
    return person


def test_a_passkey_becomes_an_enrolled_device_and_live_sessions_go_on(ann: Person) -> None:
    client = before(ann)
    upgraded()
    device = Device.objects.get(person=ann)
    assert (device.state, device.owner, device.credential) == ("enrolled", "", Credential.objects.get())
    assert client.get("/me/sessions/").status_code == 200


def test_a_passkey_that_was_removed_is_a_retired_device(ann: Person) -> None:
    Credential.objects.update(retired_at=timezone.now())
    upgraded()
    assert Device.objects.get(person=ann).state == "retired"


def test_a_key_that_is_plugged_in_is_one(ann: Person) -> None:
    Credential.objects.update(transports=["usb", "nfc"])
    upgraded()
    assert Device.objects.get().kind == "key"


def test_a_synced_passkey_goes_on_signing_for_thirty_days(ann: Person) -> None:
    upgraded()
    row = Allowance.objects.get()
    assert timedelta(days=29) < row.ends_at - timezone.now() <= timedelta(days=30)


def test_it_may_be_done_twice(ann: Person, olu: Person) -> None:
    upgraded()
    found = list(Device.objects.values())
    upgraded()
    assert list(Device.objects.values()) == found
    assert Allowance.objects.count() == 1


def test_a_browser_of_somebody_with_a_code_gets_its_cookie_with_the_next_page(olu: Person) -> None:
    client = before(olu)
    upgraded()
    answer = client.get("/me/sessions/")
    assert answer.status_code == 200
    cookie = answer.cookies[settings.DEVICE_COOKIE_NAME].value
    assert len(cookie) == 43
    device = Device.objects.get()
    assert str(device.cookie_hash).startswith("awaits:") is False
    assert settings.DEVICE_COOKIE_NAME not in client.get("/me/sessions/").cookies


def test_one_browser_is_taken_and_no_second(olu: Person) -> None:
    first, second = before(olu), before(olu)
    upgraded()
    first.get("/me/sessions/")
    assert second.get("/me/sessions/").status_code == 200  # it goes on until it ends
    assert settings.DEVICE_COOKIE_NAME not in second.cookies
    assert queries.device_shown(olu, is_code=True) is None


def test_signing_in_with_a_code_finds_the_device_that_waits_for_thirty_days(olu: Person) -> None:
    upgraded()
    device = Device.objects.get()
    assert queries.device_shown(olu, is_code=True) == device
    assert queries.device_shown(olu) is None
    Device.objects.update(state_since=timezone.now() - timedelta(days=31))
    assert queries.device_shown(olu, is_code=True) is None


def test_whoever_has_a_passkey_has_no_device_that_waits(ann: Person) -> None:
    Totp.objects.create(person=ann, sealed="-", version=1, last_step=0, created_at=EARLIER)
    upgraded()
    assert Device.objects.filter(person=ann).count() == 1


def test_it_can_be_undone(ann: Person) -> None:
    row = sign_in(Client(), ann, is_known=False)
    upgraded()
    MONTH.take_it_back(apps, None)
    DEVICES.unmake_devices(apps, None)
    row.refresh_from_db()
    assert (Device.objects.count(), row.device) == (0, None)

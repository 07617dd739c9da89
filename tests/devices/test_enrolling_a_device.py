"""A2, A6: a person asks for a device, an officer approves it; both hear of it by mail; the device has its own passkey."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from countersign.access.devices import approving, jobs, retiring
from countersign.audit.models import Entry
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.people import passkeys
from countersign.people.models import Credential, Device, Person, Session
from tests.devices.conftest import asked, browser, by_code, posted
from tests.signing_in import given_passkey, know, sign_in
from tests.soft_authenticator import SoftAuthenticator


def at_work(person: Person) -> object:
    return person.as_actor(verified_at=timezone.now())


def asked_with_a_passkey(client: Client, **said: str) -> Device:
    """From the security page: a passkey is made and its device asked for."""
    new = SoftAuthenticator("localhost", "http://localhost:8765", is_synced=False)
    options = posted(client, "/me/security/passkeys/options/", {}).json()
    fields = {"device": "Tablet", "kind": "tablet", "owner": "private"} | said
    assert posted(client, "/me/security/passkeys/", new.register(options) | {"fields": fields}).status_code == 200
    return Device.objects.latest("pk")


def test_a_passkey_that_is_added_asks_for_its_device(ann: Person) -> None:
    device = asked_with_a_passkey(browser(ann))
    assert (device.state, device.name, device.kind, device.owner) == ("asked", "Tablet", "tablet", "private")
    assert device.credential is not None
    assert not device.credential.is_backup_eligible


@pytest.mark.parametrize("said", [{"kind": "spaceship"}, {"owner": "the king"}, {"device": "x" * 81}])
def test_what_is_said_of_a_device_is_one_of_few_things(ann: Person, said: dict[str, str]) -> None:
    client = browser(ann)
    new = SoftAuthenticator("localhost", "http://localhost:8765")
    options = posted(client, "/me/security/passkeys/options/", {}).json()
    assert posted(client, "/me/security/passkeys/", new.register(options) | {"fields": said}).status_code == 422
    assert Credential.objects.filter(person=ann).count() == 1


def test_officers_are_told_once_each_and_not_of_their_own(ann: Person, kim: Person, tom: Person) -> None:
    asked_with_a_passkey(browser(ann))
    asked_with_a_passkey(browser(kim), device="Kim's tablet")
    mail.outbox.clear()
    assert jobs.tell_officers(timezone.now()) == 3
    assert jobs.tell_officers(timezone.now()) == 0
    told = sorted((one.to[0].split("@")[0], one.subject) for one in mail.outbox)
    assert told == [("kim", "Ann asks for a device"), ("tom", "Ann asks for a device"), ("tom", "Kim asks for a device")]


def test_an_officer_sees_who_what_from_where_and_when(ann: Person, kim: Person) -> None:
    by_code(client := Client(), ann)
    device = asked(client)
    text = browser(kim).get(f"/devices/{device.uid}/").content.decode()
    for words in ("Ann", "Laptop at home", "127.0.0.1", "Private", "Approve it"):
        assert words in text


def test_the_person_hears_that_it_was_approved_and_by_whom(ann: Person, kim: Person) -> None:
    device = asked_with_a_passkey(browser(ann))
    mail.outbox.clear()
    browser(kim).post(f"/devices/{device.uid}/approve/")
    device.refresh_from_db()
    assert (device.state, device.approved_by) == ("enrolled", kim)
    assert [(one.to, one.subject) for one in mail.outbox] == [(["ann@delinde.example"], "Your device was approved")]
    assert "Kim approved" in mail.outbox[0].body


def test_the_person_hears_why_it_was_refused(ann: Person, kim: Person) -> None:
    device = asked_with_a_passkey(browser(ann))
    mail.outbox.clear()
    browser(kim).post(f"/devices/{device.uid}/refuse/", {"words": "We do not use tablets."})
    device.refresh_from_db()
    assert device.state == "refused"
    assert device.credential is not None
    assert device.credential.retired_at is not None
    assert "We do not use tablets." in mail.outbox[0].body


def test_a_refusal_needs_its_reason(ann: Person, kim: Person) -> None:
    device = asked_with_a_passkey(browser(ann))
    with pytest.raises(Invalid):
        approving.refuse(at_work(kim), device, " ", at=timezone.now())  # type: ignore[arg-type]


def test_nobody_approves_their_own_device(kim: Person, tom: Person) -> None:
    device = asked_with_a_passkey(browser(kim))
    with pytest.raises(Refused, match="your own device"):
        approving.approve(at_work(kim), device, at=timezone.now())  # type: ignore[arg-type]
    approving.approve(at_work(tom), device, at=timezone.now())  # type: ignore[arg-type]


def test_one_officer_alone_approves_their_own(kim: Person) -> None:
    device = asked_with_a_passkey(browser(kim))
    approving.approve(at_work(kim), device, at=timezone.now())  # type: ignore[arg-type]


@pytest.mark.parametrize("deed", ["approve", "refuse", "retire", "describe", "except"])
def test_an_author_decides_nothing_about_devices_and_it_is_recorded(ann: Person, kim: Person, deed: str) -> None:
    device = asked_with_a_passkey(browser(kim))
    answer = browser(ann).post(f"/devices/{device.uid}/{deed}/", {"words": "x", "device": "x", "days": "1", "reason": "x"})
    assert answer.status_code == 403
    device.refresh_from_db()
    assert (device.state, device.name) == ("asked", "Tablet")
    assert Entry.objects.latest("number").event == "act.refused"


def test_of_two_officers_the_second_is_told_that_it_was_decided(ann: Person, kim: Person, tom: Person) -> None:
    device = asked_with_a_passkey(browser(ann))
    stale = Device.objects.select_related("person", "credential").get(pk=device.pk)
    approving.approve(at_work(kim), device, at=timezone.now())  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        approving.refuse(at_work(tom), stale, "No.", at=timezone.now())  # type: ignore[arg-type]


def test_an_approved_browser_is_given_its_own_passkey(ann: Person) -> None:
    client = Client()
    device = know(client, ann)
    by_code(client, ann)
    new = SoftAuthenticator("localhost", "http://localhost:8765")
    options = posted(client, "/me/security/passkeys/options/", {}).json()
    posted(client, "/me/security/passkeys/", new.register(options) | {"fields": {"this": "1"}})
    device.refresh_from_db()
    assert device.credential is not None
    assert device.state == "enrolled"
    options = posted(client, "/me/security/passkeys/options/", {}).json()
    other = SoftAuthenticator("localhost", "http://localhost:8765")
    assert posted(client, "/me/security/passkeys/", other.register(options) | {"fields": {"this": "1"}}).status_code == 409


def test_retiring_a_device_ends_its_sessions_and_its_passkey(ann: Person, kim: Person) -> None:
    client, device = browser(ann), Device.objects.get(person=ann)
    given_passkey(ann, name="Key")
    browser(kim).post(f"/devices/{device.uid}/retire/", {"words": "It was sold."})
    device.refresh_from_db()
    assert (device.state, device.words) == ("retired", "It was sold.")
    assert device.credential is not None
    assert device.credential.retired_at is not None
    assert Session.objects.get(person=ann).ended_by == "device"
    assert client.get("/me/sessions/").headers["Location"].startswith("/accounts/login/")


def test_a_browser_of_one_s_own_is_left(ann: Person) -> None:
    client, other = Client(), Client()
    device = know(other, ann)
    by_code(other, ann)
    sign_in(client, ann)
    client.post(f"/me/devices/{device.uid}/leave/")
    device.refresh_from_db()
    assert device.state == "retired"
    assert other.get("/me/sessions/").headers["Location"].startswith("/accounts/login/")


def test_somebody_else_s_device_is_not_left(ann: Person, kim: Person) -> None:
    device = Device.objects.get(person=kim)
    assert browser(ann).post(f"/me/devices/{device.uid}/leave/").status_code == 403
    device.refresh_from_db()
    assert device.state == "enrolled"


def test_the_last_device_one_can_work_with_stays(ann: Person) -> None:
    device = Device.objects.get(person=ann)
    with pytest.raises(Refused, match="last second factor"):
        retiring.leave(at_work(ann), device, at=timezone.now())  # type: ignore[arg-type]


def test_a_stale_second_factor_asks_for_no_device(ann: Person) -> None:
    client = Client()
    sign_in(client, ann, verified_at=timezone.now() - timedelta(minutes=6))
    assert client.post("/me/security/passkeys/options/").headers["Location"].startswith("/me/verify/")


def test_the_register_shows_everybody_s_devices_to_an_officer(ann: Person, kim: Person) -> None:
    asked_with_a_passkey(browser(ann))
    text = browser(kim).get("/devices/").content.decode()
    for words in ("Waiting for an officer", "Ann", "Kim", "Tablet", "passkey of this device alone", "Phone"):
        assert words in text
    assert browser(ann).get("/devices/").status_code == 403


def test_what_a_passkey_is_asked_for_does_not_serve_twice(ann: Person) -> None:
    store: dict[str, object] = {}
    new = SoftAuthenticator("localhost", "http://localhost:8765")
    answer = new.register(passkeys.ask_new(store, ann, purpose="add"))
    passkeys.accept_new(store, answer, purpose="add")
    with pytest.raises(Refused):
        passkeys.accept_new(store, answer, purpose="add")

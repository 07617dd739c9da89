"""A2, A6: who signs in from a browser that is not enrolled can ask for it, report a loss and sign out; nothing else."""
from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from countersign.access.devices import approving
from countersign.audit.models import Entry
from countersign.people import cookies
from countersign.people.models import Device, Lock, Person, Session
from tests.devices.conftest import JSON, asked, browser, by_code
from tests.signing_in import given_passkey, know, sign_in


def refusals() -> int:
    return Entry.objects.filter(event="act.refused").count()


def test_signing_in_from_a_new_browser_ends_at_its_page(client: Client, ann: Person) -> None:
    by_code(client, ann)
    assert client.get("/").headers["Location"] == "/device/"
    page = client.get("/device/").content.decode()
    assert "We do not know this browser" in page
    assert "Ask for this device" in page


def test_it_reaches_no_page_and_does_nothing(client: Client, ann: Person) -> None:
    by_code(client, ann)
    for url in ("/posts/", "/me/security/", "/me/sessions/", "/settings/", "/two/"):
        assert client.get(url).headers["Location"] == "/device/"
    assert client.post("/me/security/codes/").headers["Location"] == "/device/"


def test_a_script_is_told_in_words(client: Client, ann: Person) -> None:
    by_code(client, ann)
    answer = client.get("/posts/", headers=JSON)
    assert answer.status_code == 403
    assert "not enrolled" in answer.json()["what"]
    assert "officer" in answer.json()["remedy"]


def test_a_session_full_of_refusals_is_one_line_in_the_log(client: Client, ann: Person) -> None:
    by_code(client, ann)
    before = refusals()
    for _time in range(4):
        client.get("/posts/")
    assert refusals() == before + 1
    assert Entry.objects.filter(event="act.refused").latest("number").actor == ann.label


def test_its_pages_show_nothing_of_the_house(client: Client, ann: Person) -> None:
    by_code(client, ann)
    for url in ("/device/", "/nothing/"):
        text = client.get(url).content.decode()
        assert 'id="nav"' not in text


def test_asking_puts_the_session_into_the_device_and_gives_the_browser_its_cookie(client: Client, ann: Person) -> None:
    by_code(client, ann)
    device = asked(client)
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME]
    assert (device.person, device.state, device.owner, device.name) == (ann, "asked", "private", "Laptop at home")
    assert device.address == "127.0.0.1"
    assert len(cookie.value) == 43
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert device.cookie_hash == cookies.hashed(cookie.value, ann)
    assert cookie.value not in repr(list(Device.objects.values()))
    assert Session.objects.get(person=ann, ended_at=None).device == device.uid


def test_nothing_can_be_done_before_an_officer_has_approved(client: Client, ann: Person) -> None:
    by_code(client, ann)
    asked(client)
    assert client.get("/posts/").headers["Location"] == "/device/"
    assert "Waiting for an officer" in client.get("/device/").content.decode()


def test_the_session_goes_on_where_it_is_once_it_is_approved(client: Client, ann: Person, kim: Person) -> None:
    by_code(client, ann)
    device = asked(client)
    approving.approve(kim.as_actor(verified_at=timezone.now()), device, at=timezone.now())
    assert client.get("/device/").headers["Location"] == "/"
    assert client.get("/me/sessions/").status_code == 200


def test_the_browser_is_known_when_its_person_comes_back(client: Client, ann: Person, kim: Person) -> None:
    by_code(client, ann)
    device = asked(client)
    approving.approve(kim.as_actor(verified_at=timezone.now()), device, at=timezone.now())
    client.post("/accounts/logout/")
    by_code(client, ann)
    assert client.get("/me/sessions/").status_code == 200
    device.refresh_from_db()
    assert device.first_seen_at is not None


def test_the_same_browser_is_another_device_for_somebody_else(client: Client, ann: Person, tom: Person) -> None:
    hers = know(client, ann)
    sign_in(client, tom, is_known=False)
    his = asked(client)
    assert cookies.hashed(client.cookies[settings.DEVICE_COOKIE_NAME].value, ann) == hers.cookie_hash
    assert his.cookie_hash != hers.cookie_hash


def test_somebody_s_cookie_is_worth_nothing_to_anybody_else(client: Client, ann: Person, tom: Person) -> None:
    know(client, tom)
    by_code(client, ann)
    assert client.get("/posts/").headers["Location"] == "/device/"


def test_it_is_asked_for_once(client: Client, ann: Person) -> None:
    by_code(client, ann)
    asked(client)
    answer = client.post("/device/ask/", {"device": "Again"}, headers=JSON)
    assert answer.status_code == 409
    assert Device.objects.filter(state="asked").count() == 1


def test_of_one_person_three_devices_wait_at_most(ann: Person) -> None:
    for _number in range(3):
        by_code(client := Client(), ann)
        asked(client)
    by_code(client := Client(), ann)
    assert client.post("/device/ask/", {"device": "One more"}, headers=JSON).status_code == 403


def test_a_refused_browser_says_why_and_may_be_asked_for_again(client: Client, ann: Person, kim: Person) -> None:
    by_code(client, ann)
    device = asked(client)
    approving.refuse(kim.as_actor(verified_at=timezone.now()), device, "A library's computer.", at=timezone.now())
    assert "A library&#x27;s computer." in client.get("/device/").content.decode()
    assert client.get("/posts/").headers["Location"] == "/device/"
    assert asked(client).state == "asked"


def test_the_passkey_of_an_enrolled_device_is_enough_in_any_browser(client: Client, ann: Person) -> None:
    key = given_passkey(ann, name="Key")
    options = client.get("/accounts/passkey/").json()["request_options"]
    client.post("/accounts/passkey/", {"credential": _text(key.answer(options))})
    assert client.get("/me/sessions/").status_code == 200
    assert Session.objects.get(person=ann, ended_at=None).device == Device.objects.get(name="Key").uid


def test_showing_the_passkey_of_an_enrolled_device_lets_the_session_in(client: Client, ann: Person) -> None:
    key = given_passkey(ann, name="Key")
    by_code(client, ann)
    options = client.get("/me/verify/").context["js_data"]["request_options"]
    client.post("/me/verify/", {"credential": _text(key.answer(options))})
    assert client.get("/me/sessions/").status_code == 200


def test_the_passkey_of_a_device_that_waits_lets_nobody_in(client: Client, ann: Person) -> None:
    key = given_passkey(ann, name="Key")
    Device.objects.filter(name="Key").update(state="asked")
    options = client.get("/accounts/passkey/").json()["request_options"]
    client.post("/accounts/passkey/", {"credential": _text(key.answer(options))})
    assert client.get("/me/sessions/").headers["Location"] == "/device/"


def test_the_passkey_of_a_locked_device_opens_nothing(client: Client, ann: Person) -> None:
    key = given_passkey(ann, name="Key")
    Lock.objects.create(kind="device", target=Device.objects.get(name="Key").uid, reason="lost", since=timezone.now())
    options = client.get("/accounts/passkey/").json()["request_options"]
    answer = client.post("/accounts/passkey/", {"credential": _text(key.answer(options))}, headers=JSON)
    assert (answer.status_code, "locked" in answer.json()["what"]) == (403, True)
    assert not Session.objects.filter(person=ann, ended_at=None).exists()


def test_a_lock_on_a_device_ends_the_sessions_in_it_and_no_other(ann: Person) -> None:
    phone, laptop = browser(ann), Client()
    know(laptop, ann)
    by_code(laptop, ann)
    Lock.objects.create(kind="device", target=Device.objects.get(name="Phone").uid, reason="lost", since=timezone.now())
    assert phone.get("/me/sessions/").headers["Location"].startswith("/accounts/login/")
    assert laptop.get("/me/sessions/").status_code == 200


@pytest.mark.parametrize("state", ["refused", "retired"])
def test_a_device_that_no_longer_stands_does_nothing(ann: Person, state: str) -> None:
    client = browser(ann)
    Device.objects.filter(person=ann).update(state=state)
    assert client.get("/posts/").headers["Location"] == "/device/"
    assert "This device may not be used" in client.get("/device/").content.decode()


def test_when_it_was_last_seen_is_written_at_most_once_a_minute(ann: Person) -> None:
    client, device = browser(ann), Device.objects.get(person=ann)
    recent, old = timezone.now() - timedelta(seconds=40), timezone.now() - timedelta(seconds=90)
    for seen, is_kept in ((recent, True), (old, False)):
        Device.objects.update(last_seen_at=seen)
        Session.objects.filter(person=ann).update(last_seen_at=old)
        client.get("/me/sessions/")
        device.refresh_from_db()
        assert (device.last_seen_at == seen) is is_kept


def _text(answer: Any) -> str:


    return json.dumps(answer)

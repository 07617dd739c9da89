"""Changing how one signs in, and one's own sessions: with a fresh second factor, and never somebody else's."""
from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from countersign.audit.models import Entry
from countersign.base.errors import Refused
from countersign.people import equipping, passkeys
from countersign.people.models import Credential, Device, Person, RecoveryCode, Session
from tests.people.test_signing_in import codes_of, events, password_given, sent, who
from tests.signing_in import PASSWORD, given_passkey, sign_in
from tests.soft_authenticator import SoftAuthenticator

LONG_AGO = timedelta(minutes=6)


@pytest.fixture
def key(ann: Person, client: Client) -> SoftAuthenticator:
    key = given_passkey(ann, name="Phone")
    sign_in(client, ann)
    return key


def gone_stale(ann: Person) -> None:
    Session.objects.filter(person=ann).update(verified_at=timezone.now() - LONG_AGO)


def added(client: Client, name: str = "Laptop", **knobs: Any) -> Any:
    new = SoftAuthenticator("localhost", "http://localhost:8765")
    asked = sent(client, {}, "/me/security/passkeys/options/").json()
    return sent(client, new.register(asked, **knobs) | {"fields": {"device": name}}, "/me/security/passkeys/")


# --- passkeys ----------------------------------------------------------------------------------------------------------


def test_another_passkey_is_added(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    assert added(client).json() == {"ok": True, "next": "/me/security/"}
    assert [one.name for one in Credential.objects.order_by("pk")] == ["Phone", "Laptop"]
    assert events()[-2:] == ["factor.added", "device.asked"]
    assert Device.objects.get(name="Laptop").state == "asked"
    assert mail.outbox[-1].subject == "Your ways to sign in changed"


def test_the_same_authenticator_is_not_added_twice(client: Client, key: SoftAuthenticator) -> None:
    asked = sent(client, {}, "/me/security/passkeys/options/").json()
    assert [one["id"] for one in asked["excludeCredentials"]] == [key.credential_id_text]
    with pytest.raises(ValueError, match="already registered"):
        key.register(asked)


def test_a_known_passkey_that_ignores_the_exclusion_is_refused(client: Client, key: SoftAuthenticator) -> None:
    asked = sent(client, {}, "/me/security/passkeys/options/").json() | {"excludeCredentials": []}
    assert sent(client, key.register(asked), "/me/security/passkeys/").status_code == 409


@pytest.mark.parametrize("knobs", [{"origin": "https://evil.example"}, {"user_verified": False}])
def test_a_passkey_made_elsewhere_or_unverified_is_not_added(
    client: Client, key: SoftAuthenticator, knobs: dict[str, Any]
) -> None:
    assert added(client, **knobs).status_code == 403
    assert Credential.objects.count() == 1
    assert events()[-1] == "act.refused"


def test_a_question_for_signing_in_does_not_serve_for_adding(client: Client, key: SoftAuthenticator) -> None:
    new = SoftAuthenticator("localhost", "http://localhost:8765")
    asked = sent(client, {}, "/me/security/passkeys/options/").json()
    session = client.session
    session["passkey:sign-in"] = session.pop("passkey:add")
    session.save()
    assert sent(client, new.register(asked), "/me/security/passkeys/").status_code == 403


def test_the_last_second_factor_stays(client: Client, key: SoftAuthenticator) -> None:
    uid = Credential.objects.get().uid
    answer = client.post(f"/me/security/passkeys/{uid}/remove/")
    assert answer.status_code == 403
    assert "last second factor" in answer.content.decode()
    assert Credential.objects.get().retired_at is None
    assert events()[-1] == "act.refused"


def test_recovery_codes_do_not_count_as_a_second_factor(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    codes_of(ann)
    assert client.post(f"/me/security/passkeys/{Credential.objects.get().uid}/remove/").status_code == 403


def test_a_passkey_is_removed_and_its_row_stays(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    given_passkey(ann, name="Laptop")
    client.post(f"/me/security/passkeys/{Credential.objects.get(name='Phone').uid}/remove/")
    assert Credential.objects.get(name="Phone").retired_at is not None
    assert Credential.objects.filter(retired_at=None).get().name == "Laptop"
    assert events()[-2:] == ["factor.removed", "device.retired"]


def test_with_a_passkey_its_device_and_its_sessions_end(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    given_passkey(ann, name="Laptop")
    client.post(f"/me/security/passkeys/{Credential.objects.get(name='Phone').uid}/remove/")
    assert Device.objects.get(name="Phone").state == "retired"
    assert who(client) == "nobody"
    assert "This device was retired" in client.get("/accounts/login/").content.decode()


def test_a_device_that_waits_does_not_count_as_a_second_factor(client: Client, key: SoftAuthenticator) -> None:
    added(client)
    assert client.post(f"/me/security/passkeys/{Credential.objects.get(name='Phone').uid}/remove/").status_code == 403


def test_somebody_else_s_passkey_cannot_be_removed(client: Client, key: SoftAuthenticator, olu: Person) -> None:
    added(client)
    theirs = Credential.objects.get(person=olu)
    assert client.post(f"/me/security/passkeys/{theirs.uid}/remove/").status_code == 403
    theirs.refresh_from_db()
    assert theirs.retired_at is None


def test_the_page_shows_a_refused_button_with_its_reason(client: Client, key: SoftAuthenticator) -> None:
    page = client.get("/me/security/")
    assert "last second factor" in page.content.decode()
    assert not page.context["page"].devices[0].may_remove


# --- a fresh second factor ---------------------------------------------------------------------------------------------

CHANGING = [
    ("POST", "/me/security/passkeys/options/"),
    ("POST", "/me/security/passkeys/"),
    ("POST", f"/me/security/passkeys/{uuid.UUID(int=1)}/remove/"),
    ("GET", "/me/security/totp/"),
    ("POST", "/me/security/totp/"),
    ("GET", "/me/security/totp/remove/"),
    ("POST", "/me/security/totp/remove/"),
    ("GET", "/me/security/codes/"),
    ("POST", "/me/security/codes/"),
    ("GET", "/me/security/password/"),
    ("POST", "/me/security/password/"),
]


@pytest.mark.parametrize(("method", "url"), CHANGING)
def test_changing_how_one_signs_in_needs_a_second_factor_shown_within_five_minutes(
    client: Client, ann: Person, key: SoftAuthenticator, method: str, url: str
) -> None:
    gone_stale(ann)
    before = Entry.objects.count()
    assert client.generic(method, url).headers["Location"].startswith("/me/verify/?next=")
    assert Entry.objects.count() == before


@pytest.mark.parametrize(("method", "url"), CHANGING)
def test_a_visitor_is_sent_to_sign_in(client: Client, db: None, method: str, url: str) -> None:
    assert client.generic(method, url).headers["Location"].startswith("/accounts/login/?next=")


def test_an_action_itself_refuses_a_stale_second_factor(ann: Person, key: SoftAuthenticator) -> None:
    at = timezone.now()
    with pytest.raises(Refused, match="second factor again"):
        equipping.make_recovery_codes(ann.as_actor(verified_at=at - LONG_AGO), at=at)
    with pytest.raises(Refused, match="second factor again"):
        equipping.make_recovery_codes(ann.as_actor(verified_at=at + timedelta(hours=1)), at=at)
    assert RecoveryCode.objects.count() == 0


def test_a_passkey_shown_again_makes_it_fresh(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    gone_stale(ann)
    page = client.get("/me/verify/?next=/me/security/password/")
    answer = key.answer(page.context["js_data"]["request_options"])
    shown = client.post("/me/verify/", {"credential": json.dumps(answer), "next": "/me/security/password/"})
    assert shown.headers["Location"] == "/me/security/password/"
    assert client.get("/me/security/password/").status_code == 200
    assert events()[-2:] == ["factor.used", "person.verified"]


def test_a_recovery_code_makes_it_fresh(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    code = codes_of(ann)[0]
    gone_stale(ann)
    assert client.post("/me/verify/", {"code": code}).headers["Location"] == "/me/security/"


def test_the_passkey_of_somebody_else_does_not(
    client: Client, ann: Person, key: SoftAuthenticator, olu: Person
) -> None:
    gone_stale(ann)
    other = given_passkey(olu)
    page = client.get("/me/verify/")
    answer = other.answer(page.context["js_data"]["request_options"])
    assert client.post("/me/verify/", {"credential": json.dumps(answer)}).status_code == 422
    assert client.get("/me/security/password/").status_code == 302


# --- codes and password ------------------------------------------------------------------------------------------------


def test_new_recovery_codes_end_the_old_ones(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    old = codes_of(ann)[0]
    assert len(client.post("/me/security/codes/").context["page"].codes) == 10
    password_given(other := Client())
    other.post("/accounts/second-factor/", {"code": old})
    assert who(other) == "nobody"


def test_looking_at_the_page_of_codes_makes_none(client: Client, key: SoftAuthenticator) -> None:
    client.get("/me/security/codes/")
    assert RecoveryCode.objects.count() == 0


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    client: Client, ann: Person, key: SoftAuthenticator
) -> None:
    sign_in(other := Client(), ann)
    ends_at = Session.objects.filter(person=ann).earliest("pk").ends_at
    client.post("/me/security/password/", {"password": "three horses drew the beer"})
    assert (who(client), who(other)) == ("Ann", "nobody")
    assert Session.objects.filter(person=ann, ended_at=None).earliest("pk").ends_at <= ends_at + timedelta(seconds=5)
    assert client.get("/me/security/password/").status_code == 200


def test_a_session_that_ended_with_the_password_hears_why(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    sign_in(other := Client(), ann)
    client.post("/me/security/password/", {"password": "three horses drew the beer"})
    assert "Your sign-in changed" in other.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("password", ["short", "password1234", "ann@delinde.example", ""])
def test_a_weak_password_is_refused_at_its_field(client: Client, key: SoftAuthenticator, password: str) -> None:
    page = client.post("/me/security/password/", {"password": password})
    assert page.status_code == 422
    assert page.context["form"].errors["password"]
    assert "password.set" not in events()


# --- sessions ----------------------------------------------------------------------------------------------------------


def test_one_s_own_sessions_are_listed_and_this_one_is_marked(
    client: Client, ann: Person, key: SoftAuthenticator, olu: Person
) -> None:
    sign_in(Client(), ann)
    sign_in(Client(), olu)
    rows = client.get("/me/sessions/").context["page"].rows
    assert sorted(row.is_this for row in rows) == [False, True]


def test_another_session_is_ended_and_hears_why(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    row = sign_in(other := Client(), ann)
    assert client.post(f"/me/sessions/{row.uid}/end/").headers["Location"] == "/me/sessions/"
    assert (who(client), who(other)) == ("Ann", "nobody")
    assert "ended from another one" in other.get("/accounts/login/").content.decode()
    assert events()[-1] == "session.ended"


def test_a_session_of_somebody_else_cannot_be_ended_and_it_is_recorded(
    client: Client, key: SoftAuthenticator, olu: Person
) -> None:
    row = sign_in(other := Client(), olu)
    assert client.post(f"/me/sessions/{row.uid}/end/").status_code == 403
    assert who(other) == "Olu"
    assert events()[-1] == "act.refused"


def test_every_other_session_is_ended_at_once(client: Client, ann: Person, key: SoftAuthenticator, olu: Person) -> None:
    others = [Client(), Client()]
    for other in others:
        sign_in(other, ann)
    sign_in(theirs := Client(), olu)
    client.post("/me/sessions/end-others/")
    assert [who(one) for one in (client, *others, theirs)] == ["Ann", "nobody", "nobody", "Olu"]


def test_a_session_that_ended_already_says_so(client: Client, ann: Person, key: SoftAuthenticator) -> None:
    row = sign_in(Client(), ann)
    client.post(f"/me/sessions/{row.uid}/end/")
    assert client.post(f"/me/sessions/{row.uid}/end/").status_code == 409


def test_sign_in_notes_the_browser_and_the_address(client: Client, ann: Person, signers: set[str]) -> None:
    key = given_passkey(ann)
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile Safari/604"
    asked = client.get("/accounts/passkey/").json()["request_options"]
    client.post("/accounts/passkey/", {"credential": json.dumps(key.answer(asked))}, headers={"User-Agent": agent})
    row = Session.objects.get(person=ann)
    assert (row.browser, row.address, row.idle_seconds) == ("Safari, iPhone", "127.0.0.1", 1800)


def test_a_question_for_one_person_is_answered_by_nobody_else(ann: Person, olu: Person) -> None:
    store: dict[str, Any] = {}
    theirs = given_passkey(olu)
    asked = passkeys.ask(store, ann, purpose="x")
    with pytest.raises(Refused, match="not known here"):
        passkeys.accept(store, theirs.answer(asked), ann, purpose="x")


def test_a_password_alone_never_makes_a_second_factor(ann: Person) -> None:
    assert ann.check_password(PASSWORD)
    assert password_given(Client()).headers["Location"] == "/accounts/login/"

"""Taking up a sign-in by a link that works once."""
from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from countersign.audit.models import Entry
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict
from countersign.people import enrolling, passkeys
from countersign.people.models import Credential, Enrolment, Person, RecoveryCode, Session
from countersign.people.states import PersonState
from tests.people.test_signing_in import events, who
from tests.signing_in import given_passkey, made, sign_in
from tests.soft_authenticator import SoftAuthenticator

START = DutyActor("start")


@pytest.fixture
def ben(db: None) -> Person:
    return made("Ben", state=PersonState.INVITED)


@pytest.fixture
def token(ben: Person) -> str:
    return enrolling.issue(START, ben, purpose="invitation", at=timezone.now())[1]


@pytest.fixture
def phone() -> SoftAuthenticator:
    return SoftAuthenticator("localhost", "http://localhost:8765")


def posted(client: Client, url: str, content: Any) -> Any:
    headers = {"Accept": "application/json", "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}
    return client.post(url, json.dumps(content), content_type="application/json", headers=headers)


def enrolled(client: Client, token: str, phone: SoftAuthenticator, fields: Any = None, **knobs: Any) -> Any:
    asked = posted(client, f"/enrol/{token}/passkey/options/", {}).json()
    answer = phone.register(asked, **knobs)
    return posted(client, f"/enrol/{token}/passkey/", answer | ({"fields": fields} if fields else {}))


def test_the_page_says_who_is_invited(client: Client, token: str) -> None:
    page = client.get(f"/enrol/{token}/")
    assert page.status_code == 200
    assert "ben@delinde.example" in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")


def test_the_page_says_who_invited(client: Client, ben: Person, ann: Person) -> None:
    token = enrolling.issue(ann.as_actor(), ben, purpose="invitation", at=timezone.now())[1]
    assert client.get(f"/enrol/{token}/").context["page"].invited_by == "Ann"


def test_looking_at_the_page_changes_nothing(client: Client, token: str, ben: Person) -> None:
    before = events()
    client.get(f"/enrol/{token}/")
    ben.refresh_from_db()
    assert (ben.state, events()) == (PersonState.INVITED, before)


def test_a_passkey_makes_the_person_active_and_signs_them_in(
    client: Client, token: str, ben: Person, phone: SoftAuthenticator
) -> None:
    assert enrolled(client, token, phone).json() == {"ok": True, "next": "/me/security/codes/"}
    assert who(client) == "Ben"
    ben.refresh_from_db()
    assert ben.state == PersonState.ACTIVE
    assert events() == ["invitation.sent", "invitation.accepted", "factor.added", "device.enrolled", "person.signed_in"]


def test_a_passkey_is_kept_with_what_signatures_need(client: Client, token: str, phone: SoftAuthenticator) -> None:
    enrolled(client, token, phone)
    row = Credential.objects.get()
    assert row.credential_id == phone.credential_id_text
    assert bytes(row.public_key) == phone.public_key_cose
    assert (row.is_backup_eligible, row.is_backed_up, row.transports) == (True, True, ["internal", "hybrid"])
    assert row.name == "Firefox, Linux"


def test_a_passkey_is_asked_to_be_discoverable_and_to_verify(client: Client, token: str) -> None:
    asked = posted(client, f"/enrol/{token}/passkey/options/", {}).json()
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["rp"]["id"] == "localhost"


@pytest.mark.parametrize(
    "knobs", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"user_verified": False}, {"challenge": b"x" * 32}]
)
def test_a_passkey_made_elsewhere_or_unverified_is_refused(
    client: Client, token: str, ben: Person, phone: SoftAuthenticator, knobs: dict[str, Any]
) -> None:
    assert enrolled(client, token, phone, **knobs).status_code in {403, 422}
    ben.refresh_from_db()
    assert (ben.state, Credential.objects.count(), who(client)) == (PersonState.INVITED, 0, "nobody")
    assert enrolled(client, token, phone).status_code == 200  # the link still works


def test_a_person_may_correct_their_name(client: Client, token: str, phone: SoftAuthenticator) -> None:
    enrolled(client, token, phone, {"name": "Ben Peeters"})
    assert who(client) == "Ben Peeters"


def test_a_person_who_was_invited_keeps_their_address(
    client: Client, token: str, ben: Person, phone: SoftAuthenticator
) -> None:
    enrolled(client, token, phone, {"name": "Ben", "email": "other@delinde.example"})
    ben.refresh_from_db()
    assert ben.email == "ben@delinde.example"


def test_the_first_officer_gives_an_address(client: Client, phone: SoftAuthenticator, db: None) -> None:
    kim = made("officer", state=PersonState.INVITED)
    token = enrolling.issue(START, kim, purpose="first_officer", at=timezone.now())[1]
    enrolled(client, token, phone, {"name": "Kim", "email": "Kim@delinde.example"})
    kim.refresh_from_db()
    assert (kim.name, kim.email) == ("Kim", "kim@delinde.example")


def test_the_first_officer_cannot_take_somebody_s_address(
    client: Client, phone: SoftAuthenticator, ben: Person
) -> None:
    kim = made("officer", state=PersonState.INVITED)
    token = enrolling.issue(START, kim, purpose="first_officer", at=timezone.now())[1]
    answer = enrolled(client, token, phone, {"name": "Kim", "email": ben.email})
    assert (answer.status_code, answer.json()["field"]) == (422, "email")


@pytest.mark.parametrize("door", ["/", "/passkey/options/", "/passkey/", "/password/"])
@pytest.mark.parametrize("fault", ["wrong", "used", "expired", "overtaken"])
def test_a_link_that_is_wrong_used_or_old_opens_no_door_and_is_recorded(
    client: Client, token: str, ben: Person, fault: str, door: str
) -> None:
    at = timezone.now()
    match fault:
        case "wrong":
            token = token[:-1] + ("A" if token[-1] != "A" else "B")
        case "used":
            Enrolment.objects.update(used_at=at)
        case "expired":
            Enrolment.objects.update(expires_at=at)
        case "overtaken":
            enrolling.issue(START, ben, purpose="invitation", at=at)
    url = f"/enrol/{token}{door}"
    answer = client.get(url) if door == "/" else posted(client, url, {})
    assert answer.status_code == 403
    assert "link" in answer.content.decode()
    assert events()[-1] == "act.refused"
    ben.refresh_from_db()
    assert ben.state == PersonState.INVITED


def test_a_link_works_once(client: Client, token: str, phone: SoftAuthenticator) -> None:
    enrolled(client, token, phone)
    assert client.get(f"/enrol/{token}/").status_code == 403


def test_of_two_at_once_one_comes_in(token: str, ben: Person, phone: SoftAuthenticator) -> None:
    at, store = timezone.now(), dict[str, Any]()
    other = SoftAuthenticator("localhost", "http://localhost:8765")
    made_here = [
        passkeys.accept_new(store, key.register(passkeys.ask_new(store, ben, purpose="e")), purpose="e")
        for key in (phone, other)
    ]
    both = [enrolling.require_usable(token, at=at) for _browser in made_here]
    enrolling.accept_with_passkey(both[0], made_here[0], passkey_name="Phone", at=at)
    with pytest.raises(Conflict):
        enrolling.accept_with_passkey(both[1], made_here[1], passkey_name="Phone", at=at)
    assert Credential.objects.get().credential_id == phone.credential_id_text


def test_the_token_is_kept_nowhere(token: str) -> None:
    stored = repr(list(Enrolment.objects.values())) + repr(list(Entry.objects.values()))
    assert len(token) == 43
    assert token not in stored


def test_the_link_of_a_person_who_left_opens_nothing(client: Client, token: str, ben: Person) -> None:
    ben.move(PersonState.LEFT, at=timezone.now())
    assert client.get(f"/enrol/{token}/").status_code == 403


def test_enrolling_in_somebody_else_s_browser_signs_them_out(
    client: Client, token: str, phone: SoftAuthenticator, ann: Person
) -> None:
    given_passkey(ann)
    row = sign_in(client, ann)
    enrolled(client, token, phone)
    row.refresh_from_db()
    assert (row.ended_by, who(client)) == ("replaced", "Ben")


def test_recovery_starts_over(client: Client, ann: Person, phone: SoftAuthenticator) -> None:
    lost, row = given_passkey(ann), sign_in(Client(), ann)
    token = enrolling.issue(START, ann, purpose="recovery", at=timezone.now())[1]
    enrolled(client, token, phone)
    row.refresh_from_db()
    ann.refresh_from_db()
    assert row.ended_at is not None
    assert Credential.objects.filter(retired_at=None).get().credential_id == phone.credential_id_text
    assert Credential.objects.exclude(retired_at=None).get().credential_id == lost.credential_id_text
    assert not ann.has_usable_password()


def test_after_enrolling_recovery_codes_are_shown_once(client: Client, token: str, phone: SoftAuthenticator) -> None:
    enrolled(client, token, phone)
    assert RecoveryCode.objects.count() == 0
    page = client.post("/me/security/codes/", {"password": "a brewery by the river"})
    shown = page.context["page"].codes
    assert len(shown) == 10
    assert all(code in page.content.decode() for code in shown)
    again = client.get("/me/security/codes/").content.decode()
    assert not any(code in again for code in shown)
    assert not any(code in repr(list(Session.objects.values())) for code in shown)


def test_recovery_codes_ask_for_a_password_where_there_is_none(
    client: Client, token: str, phone: SoftAuthenticator
) -> None:
    enrolled(client, token, phone)
    page = client.post("/me/security/codes/", {"password": "short"})
    assert (page.status_code, RecoveryCode.objects.count()) == (422, 0)


def test_links_last_as_long_as_their_purpose_allows(ben: Person) -> None:
    at = timezone.now()
    lasts = {
        purpose: enrolling.issue(START, ben, purpose=purpose, at=at)[0].expires_at - at
        for purpose in ("first_officer", "invitation", "recovery")
    }
    assert lasts == {
        "first_officer": timedelta(days=1), "invitation": timedelta(days=3), "recovery": timedelta(hours=4),
    }  # fmt: skip

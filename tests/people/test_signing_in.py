"""Signing in: by passkey, or by password and a second factor; what is refused is recorded."""
from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from countersign.audit.models import Entry
from countersign.people import entering, equipping
from countersign.people.models import Attempt, Credential, Lock, Person, RecoveryCode, Session
from countersign.people.states import PersonState
from tests.signing_in import PASSWORD, given_passkey, know, made
from tests.soft_authenticator import SoftAuthenticator

JSON = {"Accept": "application/json"}


def options(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/accounts/passkey/").json()["request_options"]
    return found


def sent(client: Client, answer: Any, url: str = "/accounts/passkey/") -> Any:
    return client.post(url, json.dumps(answer), content_type="application/json", headers=JSON)


def password_given(client: Client, email: str = "ann@delinde.example", password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def events() -> list[str]:
    return list(Entry.objects.order_by("number").values_list("event", flat=True))


def who(client: Client) -> str:
    answer = client.get("/")
    if answer.headers.get("Location") == "/device/":
        return "somebody in an unknown browser"
    return str(answer.json()["name"]) if answer.status_code == 200 else "nobody"


def codes_of(person: Person) -> list[str]:
    at = timezone.now()
    return equipping.make_recovery_codes(person.as_actor(verified_at=at), at=at)


# --- by passkey --------------------------------------------------------------------------------------------------------


def test_a_passkey_signs_in_alone(client: Client, ann: Person, ann_s_passkey: SoftAuthenticator) -> None:
    answer = sent(client, ann_s_passkey.answer(options(client)))
    assert answer.json() == {"ok": True, "next": "/"}
    assert who(client) == "Ann"
    assert events() == ["factor.used", "person.signed_in"]


def test_a_passkey_signs_in_from_a_plain_form_too(client: Client, ann_s_passkey: SoftAuthenticator) -> None:
    answer = ann_s_passkey.answer(options(client))
    response = client.post("/accounts/passkey/", {"credential": json.dumps(answer), "next": "/me/sessions/"})
    assert response.headers["Location"] == "/me/sessions/"
    assert who(client) == "Ann"


def test_a_passkey_is_asked_to_verify_its_user_at_our_own_address(client: Client, db: None) -> None:
    asked = client.get("/accounts/passkey/", headers={"Host": "localhost:1"}).json()["request_options"]
    assert (asked["rpId"], asked["userVerification"]) == ("localhost", "required")


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"origin": "https://countersign.evil.example"}, "was used on https://countersign.evil.example"),
        ({"origin": "http://localhost:1"}, "not this product's address"),
        ({"rp_id": "evil.example"}, "could not be checked"),
        ({"user_verified": False}, "did not check that it was you"),
    ],
)
def test_a_passkey_that_answers_elsewhere_or_unverified_is_refused(
    client: Client, ann_s_passkey: SoftAuthenticator, knobs: dict[str, Any], words: str
) -> None:
    answer = sent(client, ann_s_passkey.answer(options(client), **knobs))
    assert answer.status_code in {403, 422}
    assert words in answer.json()["what"]
    assert who(client) == "nobody"
    assert "person.sign_in_failed" in events()


def test_a_refused_passkey_is_in_the_log_as_a_refusal(client: Client, ann_s_passkey: SoftAuthenticator) -> None:
    sent(client, ann_s_passkey.answer(options(client), origin="https://evil.example"))
    assert events() == ["act.refused", "person.sign_in_failed"]
    assert "evil.example" not in Entry.objects.order_by("number")[0].leaf


def test_an_answer_serves_once(client: Client, ann_s_passkey: SoftAuthenticator) -> None:
    answer = ann_s_passkey.answer(options(client))
    sent(client, answer)
    client.post("/accounts/logout/")
    options(client)
    assert sent(client, answer).status_code == 422
    assert who(client) == "nobody"


def test_an_answer_without_a_question_is_refused(client: Client, ann_s_passkey: SoftAuthenticator) -> None:
    answer = ann_s_passkey.answer(options(client))
    assert sent(Client(), answer).status_code == 403


def test_a_question_stands_for_five_minutes(client: Client, ann_s_passkey: SoftAuthenticator) -> None:
    answer = ann_s_passkey.answer(options(client))
    session = client.session
    session["passkey:sign-in"] |= {"at": timezone.now().timestamp() - 301}
    session.save()
    assert "took too long" in sent(client, answer).json()["what"]


def test_an_unknown_passkey_is_refused(client: Client, ann: Person) -> None:
    stranger = SoftAuthenticator("localhost", "http://localhost:8765")
    assert "not known here" in sent(client, stranger.answer(options(client))).json()["what"]


def test_a_retired_passkey_is_refused(client: Client, ann_s_passkey: SoftAuthenticator) -> None:
    Credential.objects.update(retired_at=timezone.now())
    assert "not known here" in sent(client, ann_s_passkey.answer(options(client))).json()["what"]


def test_a_passkey_with_another_person_s_handle_is_refused(
    client: Client, ann_s_passkey: SoftAuthenticator, olu: Person
) -> None:
    ann_s_passkey.user_handle = olu.uid.bytes
    assert "not known here" in sent(client, ann_s_passkey.answer(options(client))).json()["what"]


def test_a_key_whose_counter_went_back_is_refused(client: Client, ann: Person) -> None:
    key = given_passkey(ann, is_counting=True)
    assert sent(client, key.answer(options(client))).json()["ok"]
    key.sign_count = 0
    key.sign_count = 0  # as a copy would count that was made before
    other = Client()
    assert "may have been copied" in sent(other, key.answer(options(other))).json()["what"]


@pytest.mark.parametrize("garbage", [{}, {"id": 3}, {"id": "a", "rawId": "a", "response": {}}, [1], "text"])
def test_garbage_instead_of_an_answer_is_named(client: Client, db: None, garbage: Any) -> None:
    options(client)
    answer = sent(client, garbage)
    assert answer.status_code == 422
    assert answer.json()["remedy"]


@pytest.mark.parametrize("state", [PersonState.SUSPENDED, PersonState.INVITED])
def test_who_is_not_active_does_not_come_in(client: Client, db: None, state: str) -> None:
    key = given_passkey(made("Leo", state=state))
    sent(client, key.answer(options(client)))
    assert who(client) == "nobody"
    assert events()[-1] == "act.refused"
    assert "not active" in client.get("/accounts/login/").content.decode()


def test_who_is_locked_does_not_come_in(client: Client, ann: Person, ann_s_passkey: SoftAuthenticator) -> None:
    Lock.objects.create(kind="person", target=ann.uid, reason="a lost phone", since=timezone.now())
    sent(client, ann_s_passkey.answer(options(client)))
    assert who(client) == "nobody"


def test_a_fresh_cookie_is_given_at_sign_in(client: Client, ann_s_passkey: SoftAuthenticator) -> None:
    asked = options(client)
    before = client.cookies["countersign-session"].value
    sent(client, ann_s_passkey.answer(asked))
    assert client.cookies["countersign-session"].value != before
    assert Session.objects.exclude(ended_at=None).get().person is None


def test_signing_in_over_somebody_else_s_session_ends_it_and_keeps_the_limits(
    client: Client, ann_s_passkey: SoftAuthenticator, olu: Person, signers: set[str]
) -> None:
    signers.add("Olu")
    theirs = given_passkey(olu)
    sent(client, ann_s_passkey.answer(options(client)))
    sent(client, theirs.answer(options(client)))
    assert who(client) == "Olu"
    for row in Session.objects.filter(ended_at=None).exclude(person=None):
        assert (row.idle_seconds, row.address) == (900, "127.0.0.1")


# --- by password -------------------------------------------------------------------------------------------------------


def test_a_password_alone_gets_nowhere(client: Client, ann: Person, ann_s_passkey: SoftAuthenticator) -> None:
    assert password_given(client).headers["Location"] == "/accounts/second-factor/"
    assert who(client) == "nobody"


def test_a_password_without_any_second_factor_is_refused(client: Client, ann: Person) -> None:
    assert password_given(client).headers["Location"] == "/accounts/login/"
    assert "no second factor" in client.get("/accounts/login/").content.decode()
    assert events() == ["act.refused"]


def test_a_password_and_a_passkey_sign_in(client: Client, ann_s_passkey: SoftAuthenticator) -> None:
    password_given(client)
    page = client.get("/accounts/second-factor/")
    answer = ann_s_passkey.answer(page.context["js_data"]["request_options"])
    client.post("/accounts/second-factor/", {"credential": json.dumps(answer)})
    assert who(client) == "Ann"


def test_the_passkey_of_somebody_else_is_no_second_factor(
    client: Client, ann_s_passkey: SoftAuthenticator, olu: Person
) -> None:
    other = given_passkey(olu)
    password_given(client)
    page = client.get("/accounts/second-factor/")
    answer = other.answer(page.context["js_data"]["request_options"])
    refused = client.post("/accounts/second-factor/", {"credential": json.dumps(answer)})
    assert refused.status_code == 422
    assert "not known here" in refused.content.decode()
    assert who(client) == "nobody"


def test_a_recovery_code_stands_in_and_the_person_is_told(
    client: Client, ann: Person, ann_s_passkey: SoftAuthenticator
) -> None:
    know(client, ann)
    code = codes_of(ann)[3]
    password_given(client)
    client.post("/accounts/second-factor/", {"code": f" {code.upper()} "})
    assert who(client) == "Ann"
    assert [one.subject for one in mail.outbox] == ["A recovery code was used for your sign-in"]
    assert "9 are left" in mail.outbox[0].body


def test_a_recovery_code_works_once(client: Client, ann: Person, ann_s_passkey: SoftAuthenticator) -> None:
    know(client, ann)
    code = codes_of(ann)[0]
    for browser in (client, Client()):
        password_given(browser)
        browser.post("/accounts/second-factor/", {"code": code})
    assert (who(client), who(browser)) == ("Ann", "nobody")


def test_recovery_codes_are_kept_as_salted_hashes(ann: Person) -> None:
    made_codes = codes_of(ann)
    assert len(set(made_codes)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in made_codes)
    rows = RecoveryCode.objects.filter(person=ann)
    assert len({row.salt for row in rows}) == 10
    assert not {row.code_hash for row in rows} & set(made_codes)


def test_somebody_else_s_recovery_code_is_refused(
    client: Client, ann: Person, ann_s_passkey: SoftAuthenticator, olu: Person
) -> None:
    code = codes_of(olu)[0]
    password_given(client)
    assert client.post("/accounts/second-factor/", {"code": code}).status_code == 422
    assert who(client) == "nobody"


@pytest.mark.parametrize("email", ["ann@delinde.example", "nobody@delinde.example"])
def test_a_wrong_password_is_recorded_without_the_address_in_the_leaf(client: Client, ann: Person, email: str) -> None:
    assert password_given(client, email, "a wrong one").status_code == 200
    entry = Entry.objects.get()
    assert entry.event == "person.sign_in_failed"
    assert email not in entry.leaf
    assert email in str(entry.personal)


def test_whether_an_address_exists_is_not_told(client: Client, ann: Person) -> None:
    known = password_given(client, "ann@delinde.example", "a wrong one").context["form"].non_field_errors()
    unknown = password_given(client, "nobody@delinde.example", "a wrong one").context["form"].non_field_errors()
    assert known == unknown


def test_the_sixth_guess_of_a_password_is_not_looked_at(client: Client, ann: Person, ann_s_passkey: object) -> None:
    for _guess in range(5):
        password_given(client, password="a wrong one")
    answer = password_given(client)
    assert "too many attempts" in answer.content.decode()
    assert who(client) == "nobody"
    assert Attempt.objects.count() == 5


def test_guesses_are_forgotten_after_five_minutes(client: Client, ann: Person, ann_s_passkey: object) -> None:
    for _guess in range(5):
        password_given(client, password="a wrong one")
    Attempt.objects.update(at=timezone.now() - timedelta(minutes=6))
    assert password_given(client).headers["Location"] == "/accounts/second-factor/"


def test_guesses_of_one_address_over_many_people_are_slowed(client: Client, ann: Person) -> None:
    at = timezone.now()
    for number in range(30):
        entering.fail(kind=entering.PASSWORD, who=f"person-{number}@delinde.example", where="127.0.0.1", at=at)
    assert "too many attempts" in password_given(client).content.decode()


def test_the_table_of_attempts_names_nobody(client: Client, ann: Person) -> None:
    password_given(client, password="a wrong one")
    row = Attempt.objects.get()
    assert "ann@" not in row.who
    assert "127." not in row.where


def test_the_sixth_guess_of_a_code_is_not_looked_at(
    client: Client, ann: Person, ann_s_passkey: SoftAuthenticator
) -> None:
    code = codes_of(ann)[0]
    password_given(client)
    for _guess in range(5):
        client.post("/accounts/second-factor/", {"code": "0000-0000-0000-0000"})
    answer = client.post("/accounts/second-factor/", {"code": code})
    assert "too many attempts" in answer.content.decode()
    assert who(client) == "nobody"


def test_the_password_three_times_without_a_second_factor_tells_the_person_in_their_language(
    ann_s_passkey: SoftAuthenticator, ann: Person
) -> None:
    for _time in range(4):
        password_given(Client())
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == ["ann@delinde.example"]
    assert "3 times within an hour" in mail.outbox[0].body


def test_a_finished_sign_in_clears_the_count(client: Client, ann: Person, ann_s_passkey: SoftAuthenticator) -> None:
    password_given(Client())
    password_given(Client())
    sent(client, ann_s_passkey.answer(options(client)))
    password_given(Client())
    assert mail.outbox == []


def test_a_mail_that_cannot_be_sent_stops_no_sign_in(
    client: Client, ann: Person, ann_s_passkey: SoftAuthenticator, settings: Any, tmp_path: Any
) -> None:
    know(client, ann)
    code = codes_of(ann)[0]
    nobody_listens = {"host": "127.0.0.1", "port": 9, "timeout": 1}
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": nobody_listens}
    }
    password_given(client)
    client.post("/accounts/second-factor/", {"code": code})
    assert who(client) == "Ann"


# --- around it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site_after_signing_in(
    client: Client, ann_s_passkey: SoftAuthenticator, url: str
) -> None:
    answer = ann_s_passkey.answer(options(client))
    response: HttpResponse = client.post("/accounts/passkey/", {"credential": json.dumps(answer), "next": url})  # type: ignore[assignment]
    assert response.headers["Location"] == "/"


def test_nobody_is_sent_to_another_host_of_ours_after_signing_in(
    client: Client, ann: Person, ann_s_passkey: SoftAuthenticator
) -> None:
    code = codes_of(ann)[0]
    client.post(
        "/accounts/login/",
        {"login": ann.email, "password": PASSWORD, "next": "http://localhost:1/"},
    )
    assert client.post("/accounts/second-factor/", {"code": code}).headers["Location"] == "/"


def test_signing_out_is_recorded_and_ends_the_session(client: Client, ann_s_passkey: SoftAuthenticator) -> None:
    sent(client, ann_s_passkey.answer(options(client)))
    client.post("/accounts/logout/")
    assert who(client) == "nobody"
    assert events()[-1] == "person.signed_out"
    assert Session.objects.filter(ended_by="signed_out").count() == 1


def test_nobody_can_register_themselves(client: Client, db: None) -> None:
    for path in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/2fa/totp/activate/", "/accounts/email/"):
        assert client.get(path).status_code == 404

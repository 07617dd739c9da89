"""A stolen cookie changes nothing elsewhere: what decides carries a proof by the key of the browser that signed in."""
from __future__ import annotations

import hashlib
import secrets
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from countersign.audit.models import Entry
from countersign.people import proofs
from countersign.people.models import Person, Session
from countersign.people.sessions import SessionStore
from tests.proving import Browser, b64
from tests.signing_in import given_passkey, sign_in

PATH = "/me/sessions/end-others/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def session(client: Client, ann: Person) -> Session:
    given_passkey(ann)
    return sign_in(client, ann)


@pytest.fixture
def browser(client: Client, session: Session) -> Browser:
    found = Browser(client)
    assert found.bind() == 200
    return found


def refusals() -> int:
    return Entry.objects.filter(leaf__contains="refus").count()


def test_what_carries_a_proof_is_done(browser: Browser) -> None:
    assert browser.send(PATH, {}) == 302


def test_the_cookie_alone_changes_nothing_and_that_is_in_the_log(browser: Browser, client: Client) -> None:
    before = refusals()
    assert client.post(PATH, {}).status_code == 403
    assert refusals() == before + 1


def test_reading_and_signing_out_take_no_proof(browser: Browser, client: Client) -> None:
    assert client.get("/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


@pytest.mark.parametrize("change", ["another key", "another path", "another method", "a changed field", "too old", "in a day", "garbled"])
def test_a_proof_of_anything_else_is_refused(browser: Browser, client: Client, change: str) -> None:
    now, fields = round(time.time() * 1000), {"a": "1"}
    signer = Browser(client) if change == "another key" else browser
    method = "PUT" if change == "another method" else "POST"
    path = "/me/sessions/" if change == "another path" else PATH
    at = {"too old": now - 301_000, "in a day": now + 86_400_000}.get(change, now)
    proof = signer.proof(method, path, proofs.digest_of_fields(fields.items()), milliseconds=at)
    sent = {"a": "2"} if change == "a changed field" else fields
    proof = proof[:-4] + "====" if change == "garbled" else proof
    assert client.post(PATH, {**sent, proofs.FIELD: proof}).status_code == 403
    assert browser.send(PATH, fields) == 302


def test_a_proof_counts_once(browser: Browser) -> None:
    nonce, at = b64(secrets.token_bytes(16)), round(time.time() * 1000)
    assert browser.send(PATH, {}, nonce=nonce, milliseconds=at) == 302
    assert browser.send(PATH, {}, nonce=nonce, milliseconds=at) == 403


def test_a_request_that_began_before_the_binding_does_not_take_it_away(client: Client, session: Session) -> None:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    earlier = SessionStore(cookie)
    earlier["seen"] = "a page"  # reads the row as it is before the browser is bound
    browser = Browser(client)
    assert browser.bind() == 200
    earlier.save()
    session.refresh_from_db()
    assert session.proof_key == browser.key


def test_a_bound_session_stays_so_under_a_fresh_cookie(browser: Browser, client: Client) -> None:
    store = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    store.load()
    store.cycle_key()
    assert Session.objects.get(uid=store.uid).proof_key == browser.key


def test_json_and_files_are_proven_by_their_bytes(browser: Browser, client: Client) -> None:
    body = b'{"a": 1}'
    good = browser.proof("POST", PATH, hashlib.sha256(body).hexdigest())
    assert client.post(PATH, body, content_type="application/json", headers={proofs.HEADER: good}).status_code == 302
    worse = browser.proof("POST", PATH, hashlib.sha256(body).hexdigest())
    assert client.post(PATH, b'{"a": 2}', content_type="application/json", headers={proofs.HEADER: worse}).status_code == 403


def test_a_second_key_is_not_taken(browser: Browser, client: Client) -> None:
    assert Browser(client).bind() == 200  # which names the one that counts
    assert Session.objects.exclude(proof_key="").get().proof_key == browser.key
    assert browser.send(PATH, {}) == 302


def test_whoever_comes_later_than_five_minutes_binds_no_key_and_is_asked_for_the_second_factor(client: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(verified_at=timezone.now() - timedelta(minutes=6))
    assert Browser(client).bind() == 403
    answer = client.post(PATH, {})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me/verify/?next=%2F")


def test_another_browser_with_the_cookie_ends_the_session_and_its_person_is_told(browser: Browser, client: Client) -> None:
    elsewhere = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
    assert client.post(PATH, {}, headers=elsewhere).status_code == 403
    assert Session.objects.get(proof_key=browser.key).ended_by == "strange"
    assert [letter.subject for letter in mail.outbox] == ["Your sign-in was used in another browser"]
    assert browser.send(PATH, {}) == 302  # to the sign-in page
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("key", ["", "AAAA", "x" * 87, b64(b"\x04" + bytes(64))])
def test_what_is_no_key_is_not_kept(client: Client, session: Session, key: str) -> None:
    content = {"key": key, "proof": Browser(client).proof("BIND", "", hashlib.sha256(key.encode()).hexdigest())}
    assert client.post("/me/proof/", content, content_type="application/json").status_code == 403
    session.refresh_from_db()
    assert session.proof_key == ""


def test_the_digest_does_not_depend_on_the_order_of_different_fields() -> None:
    assert proofs.digest_of_fields([("b", "1"), ("a", "2"), ("a", "1")]) == proofs.digest_of_fields([("a", "2"), ("b", "1"), ("a", "1")])
    assert proofs.digest_of_fields([("a", "1"), ("a", "2")]) != proofs.digest_of_fields([("a", "2"), ("a", "1")])
    assert proofs.digest_of_fields([("a", "11:b")]) != proofs.digest_of_fields([("a", "1"), ("b", "")])

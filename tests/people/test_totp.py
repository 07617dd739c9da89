"""Codes from an app: the seed is sealed by the real broker, and each code serves once."""
from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from countersign.base.actor import DutyActor
from countersign.people import enrolling, proving
from countersign.people.adapters import MFAAdapter
from countersign.people.models import Person, Totp
from countersign.people.states import PersonState
from tests.people.test_races import outcomes_of
from tests.people.test_signing_in import events, password_given, who
from tests.signing_in import given_passkey, know, made, sign_in

pytestmark = pytest.mark.usefixtures("broker")
NEW_PASSWORD = "three horses drew the beer"


def code_at(seed: str, steps: int = 0) -> str:
    """RFC 6238, written apart from the product's own."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(seed.replace(" ", "")), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def offered(client: Client, url: str) -> tuple[str, str]:
    """The seed and the ticket of a page."""
    text = client.get(url).content.decode()
    seed = re.search(r"<code>([A-Z2-7 ]{39})</code>", text)
    ticket = re.search(r'name="ticket" value="([^"]+)"', text)
    assert seed
    assert ticket
    return seed[1], ticket[1]


@pytest.fixture
def seed(client: Client, ann: Person) -> str:
    """Ann has a code generator; the code of the present step is spent."""
    given_passkey(ann)
    know(client, ann)
    sign_in(client, ann)
    seed, ticket = offered(client, "/me/security/totp/")
    assert client.post("/me/security/totp/", {"ticket": ticket, "code": code_at(seed)}).status_code == 302
    client.post("/accounts/logout/")
    Totp.objects.update(last_step=0)
    return seed


def test_a_code_generator_is_set_up(client: Client, ann: Person, seed: str) -> None:
    row = Totp.objects.get()
    assert (row.person, row.version, row.retired_at) == (ann, 1, None)
    assert "factor.added" in events()


def test_nothing_is_stored_before_the_first_code_is_right(client: Client, ann: Person) -> None:
    given_passkey(ann)
    sign_in(client, ann)
    seed, ticket = offered(client, "/me/security/totp/")
    page = client.post("/me/security/totp/", {"ticket": ticket, "code": code_at(seed, -9)})
    assert page.status_code == 422
    assert seed in page.content.decode()  # the same picture again: it may have been scanned already
    assert Totp.objects.count() == 0


def test_the_seed_is_nowhere_in_the_database(seed: str) -> None:
    raw = base64.b32decode(seed.replace(" ", ""))
    with connection.cursor() as cursor:
        stored = ""
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            stored += repr(cursor.fetchall())
    for spelling in (seed, seed.replace(" ", ""), raw.hex(), base64.b64encode(raw).decode()):
        assert spelling not in stored


def test_the_code_that_set_it_up_is_spent(client: Client, ann: Person) -> None:
    given_passkey(ann)
    sign_in(client, ann)
    seed, ticket = offered(client, "/me/security/totp/")
    code = code_at(seed)
    client.post("/me/security/totp/", {"ticket": ticket, "code": code})
    client.post("/accounts/logout/")
    password_given(client)
    client.post("/accounts/second-factor/", {"code": code})
    assert who(client) == "nobody"


def test_a_password_and_a_code_sign_in(client: Client, seed: str) -> None:
    password_given(client)
    client.post("/accounts/second-factor/", {"code": code_at(seed)})
    assert who(client) == "Ann"
    assert events()[-2:] == ["factor.used", "person.signed_in"]


def test_a_code_serves_once(client: Client, seed: str) -> None:
    code = code_at(seed)
    for browser in (client, Client()):
        password_given(browser)
        browser.post("/accounts/second-factor/", {"code": code})
    assert (who(client), who(browser)) == ("Ann", "nobody")


def test_an_earlier_code_does_not_serve_after_a_later_one(client: Client, seed: str) -> None:
    earlier, later = code_at(seed, -1), code_at(seed)
    password_given(client)
    client.post("/accounts/second-factor/", {"code": later})
    password_given(other := Client())
    other.post("/accounts/second-factor/", {"code": earlier})
    assert (who(client), who(other)) == ("Ann", "nobody")


@pytest.mark.parametrize("code", ["000000", "12345", "abcdef", "١٢٣٤٥٦", "1234567", ""])
def test_a_wrong_code_does_not_come_in(client: Client, seed: str, code: str) -> None:
    password_given(client)
    assert client.post("/accounts/second-factor/", {"code": code}).status_code == 422
    assert who(client) == "nobody"


def test_a_code_of_ten_minutes_ago_does_not_come_in(client: Client, seed: str) -> None:
    password_given(client)
    client.post("/accounts/second-factor/", {"code": code_at(seed, -20)})
    assert who(client) == "nobody"


def test_a_ticket_of_somebody_else_serves_nobody(client: Client, seed: str, olu: Person) -> None:
    sign_in(client, olu)
    theirs, ticket = offered(client, "/me/security/totp/")
    sign_in(other := Client(), Person.objects.get(name="Ann"))
    page = other.post("/me/security/totp/", {"ticket": ticket, "code": code_at(theirs)})
    assert page.status_code == 422
    assert theirs not in page.content.decode()


def test_a_new_generator_takes_the_place_of_the_old(client: Client, ann: Person, seed: str) -> None:
    sign_in(client, ann)
    new, ticket = offered(client, "/me/security/totp/")
    client.post("/me/security/totp/", {"ticket": ticket, "code": code_at(new)})
    assert [row.version for row in Totp.objects.filter(retired_at=None)] == [2]
    password_given(other := Client())
    other.post("/accounts/second-factor/", {"code": code_at(seed)})
    assert who(other) == "nobody"


def test_a_generator_is_removed_while_a_passkey_is_left(client: Client, ann: Person, seed: str) -> None:
    sign_in(client, ann)
    assert client.get("/me/security/totp/remove/").status_code == 200
    client.post("/me/security/totp/remove/")
    assert not Totp.objects.filter(retired_at=None).exists()


def test_a_code_makes_it_fresh(client: Client, ann: Person, seed: str) -> None:
    sign_in(client, ann)
    assert client.post("/me/verify/", {"code": code_at(seed)}).headers["Location"] == "/me/security/"


def test_a_link_is_taken_up_with_a_password_and_a_code(client: Client, db: None) -> None:
    ben = made("Ben", state=PersonState.INVITED)
    token = enrolling.issue(DutyActor("start"), ben, purpose="invitation", at=timezone.now())[1]
    seed, ticket = offered(client, f"/enrol/{token}/")
    given: dict[str, Any] = {"name": "Ben", "password": NEW_PASSWORD, "code": code_at(seed), "ticket": ticket}
    assert client.post(f"/enrol/{token}/password/", given | {"code": "000000"}).status_code == 422
    assert client.post(f"/enrol/{token}/password/", given | {"password": "short"}).status_code == 422
    assert who(client) == "nobody"
    assert client.post(f"/enrol/{token}/password/", given).headers["Location"] == "/me/security/codes/"
    assert who(client) == "Ben"
    ben.refresh_from_db()
    assert ben.check_password(NEW_PASSWORD)


def test_the_web_process_cannot_open_a_seed(seed: str) -> None:
    with pytest.raises(RuntimeError):
        MFAAdapter().decrypt(Totp.objects.get().sealed)


@pytest.mark.django_db(transaction=True)
def test_a_code_shown_many_times_at_once_serves_once(client: Client, ann: Person, seed: str) -> None:
    code, at = code_at(seed), timezone.now()
    found = outcomes_of([lambda: proving.use_code(ann.as_actor(), ann, code, at=at)] * 6)
    assert sorted(found) == ["Invalid"] * 5 + ["done"]

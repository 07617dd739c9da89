"""What the tests of devices have in common."""
from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.people import equipping
from countersign.people.models import Device, Person
from tests.signing_in import PASSWORD, given_passkey, made, sign_in

JSON = {"Accept": "application/json"}


def officer(name: str) -> Person:
    person = made(name)
    given_passkey(person, is_counting=True)
    Grant.objects.create(person=person, account=None, role=Role.OFFICER, given_at=timezone.now())
    return person


@pytest.fixture
def kim(db: None) -> Person:
    return officer("Kim")


@pytest.fixture
def tom(db: None) -> Person:
    return officer("Tom")


@pytest.fixture
def ann(db: None) -> Person:
    """Ann signs in with a password, or the passkey of her phone."""
    person = made("Ann", password=PASSWORD)
    given_passkey(person)
    return person


def by_code(client: Client, person: Person) -> Any:
    """Sign in with the password and a recovery code."""
    at = timezone.now()
    code = equipping.make_recovery_codes(person.as_actor(verified_at=at), at=at)[0]
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client.post("/accounts/second-factor/", {"code": code})


def asked(client: Client, **said: str) -> Device:
    """Ask for the browser one is in."""
    given = {"device": "Laptop at home", "kind": "computer", "owner": "private"} | said
    assert client.post("/device/ask/", given).headers["Location"] == "/device/"
    return Device.objects.latest("pk")


def browser(person: Person) -> Client:
    client = Client()
    sign_in(client, person)
    return client


def posted(client: Client, url: str, content: object) -> Any:
    return client.post(url, json.dumps(content), content_type="application/json", headers=JSON)

"""The cast of a loss: Ann loses her phone, Kim and Tom are officers, Ben is a colleague, Olu is nobody here."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.access.lockout import guessing
from countersign.people.models import Device, Person
from tests.signing_in import PASSWORD, given_passkey, made


def now() -> datetime:
    return datetime.now(UTC)


def given(person: Person, *roles: Role) -> Person:
    for role in roles:
        Grant.objects.create(person=person, account=None, role=role, given_at=now())
    return person


def device_of(person: Person) -> Device:
    return Device.objects.filter(person=person).latest("pk")


@pytest.fixture(autouse=True)
def _nobody_has_guessed() -> None:
    guessing.tally.rows.clear()


@pytest.fixture
def ann(db: None) -> Person:
    person = given(made("Ann", password=PASSWORD), Role.AUTHOR)
    given_passkey(person)
    return person


@pytest.fixture
def ben(db: None) -> Person:
    person = given(made("Ben"), Role.REVIEWER)
    given_passkey(person)
    return person


@pytest.fixture
def kim(db: None) -> Person:
    person = given(made("Kim"), Role.OFFICER)
    given_passkey(person)
    return person


@pytest.fixture
def tom(db: None) -> Person:
    person = given(made("Tom"), Role.OFFICER)
    given_passkey(person)
    return person


@pytest.fixture
def olu(db: None) -> Person:
    person = made("Olu")
    given_passkey(person)
    return person

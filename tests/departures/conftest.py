"""The cast of a departure: Leo leaves, Kim and Tom are officers, Ann takes over, Olu is nobody here."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.people.models import Person
from tests.signing_in import PASSWORD, given_passkey, made


def now() -> datetime:
    return datetime.now(UTC)


def given(person: Person, *roles: Role) -> Person:
    for role in roles:
        Grant.objects.create(person=person, account=None, role=role, given_at=now())
    return person


def cast(name: str, *roles: Role, password: str = "") -> Person:
    person = given(made(name, password=password), *roles)
    given_passkey(person)
    return person


@pytest.fixture
def leo(db: None) -> Person:
    return cast("Leo", Role.AUTHOR, Role.REVIEWER, password=PASSWORD)


@pytest.fixture
def ann(db: None) -> Person:
    return cast("Ann", Role.AUTHOR)


@pytest.fixture
def kim(db: None) -> Person:
    return cast("Kim", Role.OFFICER)


@pytest.fixture
def tom(db: None) -> Person:
    return cast("Tom", Role.OFFICER)


@pytest.fixture
def olu(db: None) -> Person:
    return cast("Olu")

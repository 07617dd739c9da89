"""What the tests of signing in have in common."""
from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from countersign.people import hooks
from countersign.people.models import Person
from tests.signing_in import PASSWORD, given_passkey, made
from tests.soft_authenticator import SoftAuthenticator


@pytest.fixture(autouse=True)
def _own_pages(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    templates = copy.deepcopy(django_settings.TEMPLATES)
    processors = templates[0]["OPTIONS"]["context_processors"]
    templates[0]["OPTIONS"]["context_processors"] = [
        "tests.people.frame.frame" if one == "countersign.desk.frame.frame" else one for one in processors
    ]
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.people.urls"
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 is slow, as it should be
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


@pytest.fixture
def signers() -> Iterator[set[str]]:
    """The names of those who may sign, for the rule that packages above say at the start."""
    names: set[str] = set()
    before = hooks._is_signer
    hooks.use_signer_check(lambda person: person.name in names)
    yield names
    hooks._is_signer = before


@pytest.fixture
def ann(db: None) -> Person:
    """Ann signs in with a password, or a passkey."""
    return made("Ann", password=PASSWORD)


@pytest.fixture
def ann_s_passkey(ann: Person) -> SoftAuthenticator:
    """Ann's passkey."""
    return given_passkey(ann)


@pytest.fixture
def olu(db: None) -> Person:
    """Olu has a sign-in of his own and no business in Ann's."""
    person = made("Olu", password=PASSWORD)
    given_passkey(person)
    return person

"""The cast, and their sign-ins, for the tests of every package. A sign-in here is a real session row."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.utils import timezone

from countersign.people.models import Credential, Person, Session
from countersign.people.states import PersonState
from tests.soft_authenticator import SoftAuthenticator

PASSWORD = "a brewery by the river Dijle"
EARLIER = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def made(name: str, *, state: str = PersonState.ACTIVE, language: str = "en", password: str = "") -> Person:
    """A person of the cast; without a password they can only use a passkey."""
    person = Person(
        email=f"{name.lower()}@delinde.example", name=name, language=language, state=state, state_since=EARLIER
    )
    if password:
        person.set_password(password)
    else:
        person.set_unusable_password()
    person.save()
    return person


def given_passkey(person: Person, *, name: str = "Phone", is_counting: bool = False) -> SoftAuthenticator:
    """A software passkey of this person, kept as enrolling keeps it."""
    authenticator = SoftAuthenticator(settings.RP_ID, str(settings.ORIGIN), is_counting=is_counting)
    authenticator.user_handle = person.uid.bytes
    Credential.objects.create(
        person=person,
        credential_id=authenticator.credential_id_text,
        public_key=authenticator.public_key_cose,
        aaguid=UUID(int=0),
        is_backup_eligible=not is_counting,
        is_backed_up=not is_counting,
        transports=["internal"],
        name=name,
        created_at=EARLIER,
    )
    return authenticator


def sign_in(client: Client, person: Person, *, verified_at: datetime | None = None) -> Session:
    """Put the person into the client's session as if they had just shown a second factor; the row of it."""
    client.force_login(person)
    rows = Session.objects.filter(person=person, ended_at=None)
    row = rows.latest("pk")
    Session.objects.filter(pk=row.pk).update(verified_at=verified_at or timezone.now())
    row.refresh_from_db()
    return row


@contextmanager
def signed_in(person: Person, *, verified_at: datetime | None = None) -> Iterator[Client]:
    """A client in which the person is signed in."""
    client = Client()
    sign_in(client, person, verified_at=verified_at)
    yield client

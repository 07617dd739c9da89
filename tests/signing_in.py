"""The cast, and their sign-ins, for the tests of every package. A sign-in here is a real session row."""
from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.utils import timezone

from countersign.people import cookies
from countersign.people.models import Credential, Device, Person, Session
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
    credential = Credential.objects.create(
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
    enrolled(credential)
    return authenticator


def enrolled(credential: Credential) -> Device:
    """The enrolled device of a passkey."""
    return Device.objects.create(
        person=credential.person, credential=credential, name=credential.name, kind="phone", owner="company", state="enrolled",
        state_since=EARLIER, asked_at=EARLIER, first_seen_at=EARLIER, last_seen_at=timezone.now(),
    )


def device_of(person: Person) -> Device:
    """An enrolled device of this person, the oldest; a browser with a cookie is made for somebody who has none."""
    found = Device.objects.filter(person=person, state="enrolled").order_by("pk").first()
    return found or Device.objects.create(
        person=person, cookie_hash=secrets.token_hex(32), name="Browser", kind="computer", owner="company", state="enrolled",
        state_since=EARLIER, asked_at=EARLIER, first_seen_at=EARLIER, last_seen_at=timezone.now(),
    )


def know(client: Client, person: Person) -> Device:
    """Give this browser the cookie of an enrolled device of the person, as enrolling it does."""
    cookie = secrets.token_urlsafe(32)
    client.cookies[settings.DEVICE_COOKIE_NAME] = cookie
    return Device.objects.create(
        person=person, cookie_hash=cookies.hashed(cookie, person), name="Browser", kind="computer", owner="company",
        state="enrolled", state_since=EARLIER, asked_at=EARLIER, first_seen_at=EARLIER, last_seen_at=timezone.now(),
    )


def sign_in(client: Client, person: Person, *, verified_at: datetime | None = None, is_known: bool = True) -> Session:
    """Put the person into the client's session as if they had just shown a second factor; the row of it. The session is in
    an enrolled device of theirs, or in none (`is_known`)."""
    client.force_login(person)
    rows = Session.objects.filter(person=person, ended_at=None)
    row = rows.latest("pk")
    device = device_of(person).uid if is_known else None
    Session.objects.filter(pk=row.pk).update(verified_at=verified_at or timezone.now(), device=device)
    row.refresh_from_db()
    return row


@contextmanager
def signed_in(person: Person, *, verified_at: datetime | None = None) -> Iterator[Client]:
    """A client in which the person is signed in."""
    client = Client()
    sign_in(client, person, verified_at=verified_at)
    yield client

"""The cast of recovery: Kim and Tom are officers, Sam audits, Ann writes, Leo has left; @delinde stands at a Mastodon server."""
from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Role
from countersign.access.recovery import reading
from countersign.access.recovery.freezing import WATCH
from countersign.access.recovery.models import Event, Mail, Mailbox
from countersign.access.recovery.reading import Kept
from countersign.base.actor import PersonActor
from countersign.calls import messages
from countersign.people.models import Person
from tests.signing_in import made


def now() -> datetime:
    return datetime.now(UTC)


def given(name: str, *roles: Role, state: str = "active") -> Person:
    person = made(name, state=state)
    for role in roles:
        Grant.objects.create(person=person, account=None, role=role, given_at=now())
    return person


def as_actor(person: Person) -> PersonActor:
    return person.as_actor(verified_at=now())


@pytest.fixture
def kim(db: None) -> Person:
    return given("Kim", Role.OFFICER)


@pytest.fixture
def tom(db: None) -> Person:
    return given("Tom", Role.OFFICER)


@pytest.fixture
def ann(db: None) -> Person:
    return given("Ann", Role.AUTHOR)


@pytest.fixture
def olu(db: None) -> Person:
    return given("Olu")


@pytest.fixture
def leo(db: None) -> Person:
    return given("Leo", state="left")


def account_of(kim: Person, handle: str = "@delinde@linde.example", network: str = "mastodon") -> Account:
    return Account.objects.create(
        network=network, origin="https://linde.example", remote_id=secrets.token_hex(4), handle=handle, connected_by=kim,
        connected_at=now() - timedelta(days=300), state="connected", state_since=now() - timedelta(days=300),
    )


@pytest.fixture
def account(kim: Person) -> Account:
    return account_of(kim)


@pytest.fixture
def mailbox(kim: Person) -> Mailbox:
    """A mailbox that is read; whoever asks the broker about it is told that there is none."""
    return Mailbox.objects.create(
        address="social@delinde.example", host="imap.delinde.example", port=993, security="tls", user="social", way="password",
        sealed="{}", version=1, uid_validity=7, after=0, opened_by=kim, opened_at=now(), read_at=now(), state="watched",
        state_since=now(),
    )


class Post:
    """What the broker tells of a mailbox: plain values, one mail after the other."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox, self.last = mailbox, 0

    def content(self, kind: str, account: Account | None, **more: Any) -> dict[str, Any]:
        self.last += 1
        text, at = secrets.token_hex(8), more.pop("at", None) or now()
        return {
            "uid": self.last, "message_id": f"<{text}@linde.example>", "received_at": at.isoformat(), "sent_at": at.isoformat(),
            "network": "mastodon", "kind": kind, "verdict": "genuine", "reasons": [], "account": str(account.uid) if account else "",
            "subject": "Reset password instructions", "from_domain": "linde.example", "signed_by": "linde.example",
            "digest": hashlib.sha256(text.encode()).hexdigest(), **more,
        }  # fmt: skip

    def brings(self, *contents: dict[str, Any], at: datetime | None = None, uid_validity: int = 7) -> list[Kept]:
        told = messages.Mails(list(contents), uid_validity, max((one["uid"] for one in contents), default=self.last), more=False)
        self.mailbox.refresh_from_db()
        return reading.keep_mails(WATCH, self.mailbox, told, at=at or now())

    def mail(self, kind: str, account: Account | None, *, at: datetime | None = None, **more: Any) -> Mail:
        """One mail arrives; its row."""
        (kept,) = self.brings(self.content(kind, account, at=at, **more), at=at)
        return kept.mail

    def event(self, kind: str, account: Account | None, **more: Any) -> Event:
        """One mail arrives that nothing explains; its event."""
        mail = self.mail(kind, account, **more)
        assert mail.outcome == "unexplained"
        return mail.event


@pytest.fixture
def post(mailbox: Mailbox) -> Post:
    return Post(mailbox)

"""Accounts, people and invitations."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.devices import DeviceRow
from countersign.web.values.evidence import EvidenceLine
from countersign.web.values.shared import ALLOWED, Action, Choice, Event, Face, Notice, Verdict, Who


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the list. `people` are everybody who holds a role on it, each once."""

    url: str
    account: Face
    state: str
    line: str = ""
    people: tuple[Who, ...] = ()
    needed: int = 1

    @property
    def first_people(self) -> tuple[Who, ...]:
        """Those whose signs the list shows."""
        return self.people[:4]

    @property
    def more_people(self) -> int:
        """How many others there are."""
        return len(self.people) - len(self.first_people)


@dataclass(frozen=True, slots=True)
class Accounts:
    """`grants/accounts.html`."""

    rows: tuple[AccountRow, ...]
    connect_url: str
    may_connect: Verdict = ALLOWED
    evidence_url: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """A person's role on an account, with what takes it away (POST)."""

    who: Who
    role: str
    since: datetime
    url: str = ""
    account: Face | None = None
    take_url: str = ""
    may_take: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class Ability:
    """One row of what a network can do. `how` is `yes`, `by_hand` or `no`."""

    label: str
    how: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """`grants/account.html`. Forms: `grant_url` (`person`, `role`), `needed_url` (`needed`), and `actions`."""

    account: Face
    state: str
    connected_at: datetime | None
    connected_by: Who | None
    expires_at: datetime | None
    scopes: tuple[str, ...]
    holdings: tuple[Holding, ...]
    abilities: tuple[Ability, ...]
    list_url: str
    grant_url: str = ""
    people: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    may_grant: Verdict = ALLOWED
    needed: int = 1
    needed_url: str = ""
    may_change_needed: Verdict = ALLOWED
    notice: Notice | None = None
    actions: tuple[Action, ...] = ()
    server: str = ""
    limits: str = ""
    secrets_url: str = ""
    recovery_url: str = ""
    evidence: EvidenceLine | None = None


@dataclass(frozen=True, slots=True)
class Connect:
    """`grants/connect.html`. Fields: `network`, `server`, `handle`, and, asked only where `wants_password`, `app_password`."""

    url: str
    list_url: str
    networks: tuple[Choice, ...]
    network: str = ""
    server: str = ""
    handle: str = ""
    reconnects: Face | None = None
    wants_password: bool = False
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the list."""

    url: str
    who: Who
    state: str
    roles: str = ""
    seen_at: datetime | None = None
    factor: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """`grants/people.html`."""

    rows: tuple[PersonRow, ...]
    invite_url: str
    roster_url: str
    may_invite: Verdict = ALLOWED
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """`grants/person.html`. `grant_url` takes `account` and `role`."""

    who: Who
    email: str
    state: str
    list_url: str
    holdings: tuple[Holding, ...] = ()
    factors: tuple[str, ...] = ()
    signer: str = ""
    events: tuple[Event, ...] = ()
    actions: tuple[Action, ...] = ()
    grant_url: str = ""
    accounts: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    may_grant: Verdict = ALLOWED
    seen_url: str = ""
    devices: tuple[DeviceRow, ...] = ()
    lock_url: str = ""
    leaves_url: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Invite:
    """`grants/invite.html`. Fields: `name`, `email`, `language`, `ends`, `role` (many), `account` (many).

    After the POST `link` holds the single-use address, shown this once.
    """

    url: str
    list_url: str
    roles: tuple[Choice, ...]
    accounts: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    name: str = ""
    email: str = ""
    ends_day: str = ""
    link: str = ""
    ends_at: datetime | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)

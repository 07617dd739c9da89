"""Accounts, people, invitations and the roster."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Action, Choice, Event, Face, Notice, Verdict, Who


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the list."""

    url: str
    account: Face
    state: str
    line: str = ""
    people: tuple[Who, ...] = ()
    needed: int = 1


@dataclass(frozen=True, slots=True)
class Accounts:
    """`grants/accounts.html`."""

    rows: tuple[AccountRow, ...]
    connect_url: str
    may_connect: Verdict = ALLOWED


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


@dataclass(frozen=True, slots=True)
class Invite:
    """`grants/invite.html`. Fields: `name`, `email`, `language`, `role` (many), `account` (many).

    After the POST `link` holds the single-use address, shown this once.
    """

    url: str
    list_url: str
    roles: tuple[Choice, ...]
    accounts: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    name: str = ""
    email: str = ""
    link: str = ""
    ends_at: datetime | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignerRow:
    """Somebody on the roster. `cools_until` is when a new signer may sign."""

    who: Who
    role: str
    since: datetime
    keys: int = 1
    cools_until: datetime | None = None
    remove: Action | None = None


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """A change of the roster that waits for officers' signatures."""

    label: str
    detail: str
    asked_by: Who
    at: datetime
    signatures: tuple[Who, ...]
    needed: int
    fingerprint: str
    options_url: str
    submit_url: str
    cancel_url: str = ""
    may_sign: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class Roster:
    """`grants/roster.html`: who may sign. `add_url` takes `person` and `role` (`signer` or `officer`) as a POST."""

    signers: tuple[SignerRow, ...]
    officers: tuple[SignerRow, ...]
    threshold: int
    head: str
    pending: tuple[PendingEntry, ...] = ()
    add_url: str = ""
    people: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    may_add: Verdict = ALLOWED
    events: tuple[Event, ...] = ()
    list_url: str = ""
    set_up_ends_at: datetime | None = None

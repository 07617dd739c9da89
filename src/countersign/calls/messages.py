"""What may be asked of the broker, and what it answers: plain frozen values, one pair a call.

Accounts, deliveries, persons and posts go by their UUID as text. Bytes go as base64url text. Times are ISO 8601 in UTC.
A sealed value is opaque text that only the broker can open.
"""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Call:
    """A question to the broker; `answer` is the type of what comes back. Errors of the four families travel as such."""

    answer: ClassVar[type]


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; there is nothing to tell."""


# --- secrets -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret only the broker can open."""

    sealed: str


@dataclass(frozen=True, slots=True)
class Seal(Call):
    """Seal a text that belongs to `owner` (`person:<uid>`, `file:<sha256>`) under `field` (`totp`, `original`)."""

    answer = Sealed
    owner: str
    field: str
    version: int
    text: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class TotpVerdict:
    """Whether a code was right, and the time step it belonged to, so that it is taken once only."""

    is_right: bool
    step: int


@dataclass(frozen=True, slots=True)
class CheckTotp(Call):
    """Compare a six-digit code with a sealed seed, one step of 30 s either way; steps up to `after_step` are spent."""

    answer = TotpVerdict
    owner: str
    version: int
    sealed: str
    code: str = dataclasses.field(repr=False)
    after_step: int = 0


# --- connecting an account -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the sealed half that the callback brings back."""

    authorize_url: str
    pending: str


@dataclass(frozen=True, slots=True)
class BeginConnection(Call):
    """Begin an OAuth sign-in at a network's server for the account `account` (a UUID chosen beforehand)."""

    answer = Begun
    network: str
    account: str
    server: str
    handle: str
    state: str


@dataclass(frozen=True, slots=True)
class Connected:
    """Who was connected, and the sealed credentials. `identity` and `limits` are contract values as plain dicts."""

    identity: dict[str, Any]
    limits: dict[str, Any]
    sealed: str
    expires_at: str
    scopes: list[str]
    version: int  # under which it was sealed: the one asked for, or a higher one


@dataclass(frozen=True, slots=True)
class FinishConnection(Call):
    """Exchange what the callback brought for credentials; `expected` is the identity a reconnect must have, or empty."""

    answer = Connected
    network: str
    account: str
    pending: str
    query: dict[str, str] = dataclasses.field(repr=False)
    version: int = 1
    expected: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectByAppPassword(Call):
    """Connect with a password made for us at the network."""

    answer = Connected
    network: str
    account: str
    server: str
    handle: str
    app_password: str = dataclasses.field(repr=False)
    version: int = 1
    expected: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The public half (a JWK with its `kid`) of the key by which we prove ourselves to a network, by the network's name."""

    by_network: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class ClientKeys(Call):
    """By which keys does this installation prove itself to networks? None on loopback."""

    answer = PublicKeys


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Fresh sealed credentials, or empty text when those there are good for longer."""

    sealed: str
    version: int
    expires_at: str


@dataclass(frozen=True, slots=True)
class Refresh(Call):
    """Renew the credentials of an account if they end within a quarter of their life, or `now`."""

    answer = Refreshed
    account: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class Revoke(Call):
    """End the account's credentials at the network."""

    answer = Done
    account: str


# --- publishing ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery stands after a call: `state` is a word of the delivery's lifecycle, `why` is for people.

    `key_refused` says that the network definitely no longer accepts the account's key.
    """

    state: str
    remote_id: str = ""
    url: str = ""
    cid: str = ""
    why: str = ""
    retry_at: str = ""
    key_refused: bool = False


@dataclass(frozen=True, slots=True)
class Publish(Call):
    """Send one due delivery under the fence that its claim was given. The broker believes its own file and roster."""

    answer = Outcome
    delivery: str
    fence: int


@dataclass(frozen=True, slots=True)
class Settle(Call):
    """Read the network and say what became of an attempt whose outcome is unknown."""

    answer = Outcome
    delivery: str


@dataclass(frozen=True, slots=True)
class Recall(Call):
    """Never send this delivery, whatever the database says later. Conflict when its sending has begun."""

    answer = Done
    delivery: str


@dataclass(frozen=True, slots=True)
class Looked(Call):
    """A person looked at the network and says what became of an unconfirmed delivery: the address of what is there, or
    an empty text for *nothing is there*."""

    answer = Outcome
    delivery: str
    remote_id: str
    url: str


@dataclass(frozen=True, slots=True)
class Withdraw(Call):
    """Delete a published delivery at the network."""

    answer = Outcome
    delivery: str


# --- comments ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads as the network shows them (contract.Thread as dicts) and the cursor to go on from."""

    threads: list[dict[str, Any]]
    cursor: str


@dataclass(frozen=True, slots=True)
class Collect(Call):
    """Read the threads under `roots` and under whatever has news since `cursor`."""

    answer = Threads
    account: str
    roots: list[str]
    cursor: str


@dataclass(frozen=True, slots=True)
class ActOnComment(Call):
    """`deed` is `hide`, `show` or `delete`; the comment stands under our post `root`."""

    answer = Outcome
    account: str
    comment: str
    root: str
    deed: str


# --- roster and state ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Roster:
    """The broker's own view of who may sign: the chain, its head, and the officers' threshold."""

    head: str
    entries: list[dict[str, Any]]
    threshold: int
    set_up_ends_at: str


@dataclass(frozen=True, slots=True)
class ReadRoster(Call):
    """Read the roster."""

    answer = Roster


@dataclass(frozen=True, slots=True)
class BeginRoster(Call):
    """Pin the genesis entry: the first officer. Once in a life, with the one-time token that `./start` printed."""

    answer = Roster
    token: str = dataclasses.field(repr=False)
    entry: dict[str, Any]
    assertion: dict[str, str]


@dataclass(frozen=True, slots=True)
class AppendRoster(Call):
    """Append an entry with as many officers' assertions as the threshold asks."""

    answer = Roster
    entry: dict[str, Any]
    assertions: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Health:
    """What the doctor asks: is the key there, is the file whole, since when."""

    started_at: str
    journal_entries: int
    is_rostered: bool
    key_id: str


@dataclass(frozen=True, slots=True)
class Ping(Call):
    """Are you there?"""

    answer = Health


CALLS: dict[str, type[Call]] = {
    kind.__name__: kind
    for kind in (
        ActOnComment, AppendRoster, BeginConnection, BeginRoster, CheckTotp, ClientKeys, Collect, ConnectByAppPassword,
        FinishConnection, Looked, Ping, Publish, ReadRoster, Recall, Refresh, Revoke, Seal, Settle, Withdraw,
    )
}

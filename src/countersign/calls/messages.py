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


@dataclass(frozen=True, slots=True)
class HmacVerdict:
    """Whether a signature was right."""

    is_right: bool


@dataclass(frozen=True, slots=True)
class CheckHmac(Call):
    """Is `signature` (base64) the HMAC-SHA256 of `content` (base64) under a sealed key of `posture:<uid>`?"""

    answer = HmacVerdict
    owner: str
    sealed: str
    content: str = dataclasses.field(repr=False)
    signature: str


@dataclass(frozen=True, slots=True)
class KeyState:
    """Which wrapping key seals now, and which former ones still open, by their ids."""

    key_id: str
    former: list[str]


@dataclass(frozen=True, slots=True)
class ReloadKeys(Call):
    """Read the wrapping key's file again. Nothing can be chosen by the caller: an operator has put the files there."""

    answer = KeyState


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """Values wrapped by the newest key, in the order they came; an empty text for what could not be opened."""

    sealed: list[str]


@dataclass(frozen=True, slots=True)
class Rewrap(Call):
    """Wrap sealed values by the newest key. Each part has `owner`, `field`, `version` and `sealed`."""

    answer = Rewrapped
    parts: list[dict[str, Any]] = dataclasses.field(repr=False)


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


# --- the vault -----------------------------------------------------------------------------------------------------
# A version of a secret goes as a plain dict: `secret`, `kind`, `version`, `sealed`, and `name`, what the network calls it.


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A version of a secret, sealed, under the number it got: the one asked for, or a higher one."""

    sealed: str
    version: int


@dataclass(frozen=True, slots=True)
class SealSecret(Call):
    """Seal what a person entered as a new version of a secret of an account; every older version ends with it."""

    answer = SealedSecret
    account: str
    secret: str
    kind: str
    version: int
    text: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Code:
    """A code of thirty seconds, and when it ends."""

    code: str = dataclasses.field(repr=False)
    ends_at: str


@dataclass(frozen=True, slots=True)
class GiveCode(Call):
    """The code of now from a sealed seed, for a named person; each code once. Conflict when this one was given."""

    answer = Code
    account: str
    seed: dict[str, Any]
    person: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was sealed, in the order of the versions asked for."""

    texts: list[str] = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Reveal(Call):
    """Open versions of a secret for one person's eyes, once: the same statement signed by that person and by a second."""

    answer = Revealed
    account: str
    versions: list[dict[str, Any]]
    statements: list[dict[str, Any]]
    assertions: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class PrepareRotation(Call):
    """Make the next version of a secret; it is in the broker's file before any network is asked to take it."""

    answer = SealedSecret
    rotation: str
    account: str
    secret: str
    kind: str
    version: int


@dataclass(frozen=True, slots=True)
class AskForCode(Call):
    """Have the network mail the code with which the account's own password can be changed."""

    answer = Done
    account: str
    password: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """A secret was replaced at the network: the new version, and until when what was signed in before goes on.

    `key` is the account's own key (`sealed`, `version`, `expires_at`) when it had to be made anew as well.
    """

    sealed: str
    version: int
    alive_until: str
    key: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChangeSecret(Call):
    """Replace a secret at its network, or go on with what was begun. `password` is the account's own, `code` what was mailed."""

    answer = Changed
    rotation: str
    account: str
    old: dict[str, Any]
    new: dict[str, Any]
    password: dict[str, Any]
    app_passwords: list[dict[str, Any]]
    code: str = dataclasses.field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class ChangedByHand(Call):
    """A person says that they gave the network the new version; the older one is no longer given out."""

    answer = Done
    rotation: str
    account: str
    secret: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What signing in told. Without `is_told` this network cannot be asked."""

    is_told: bool
    new_opens: bool
    old_opens: bool


@dataclass(frozen=True, slots=True)
class ProveSecret(Call):
    """Try to sign in with the new version of a secret, and with the old one. Nothing is changed."""

    answer = Proven
    account: str
    old: dict[str, Any]
    new: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Replaced:
    """What became of an account's own key: a new one (`sealed` …), or none where a person must sign in anew (`is_ended`).

    `old_is_alive` is what the network answered to the old one; `alive_until` is when that ends by itself.
    """

    sealed: str
    version: int
    expires_at: str
    is_ended: bool
    old_is_alive: bool
    alive_until: str


@dataclass(frozen=True, slots=True)
class ReplaceTokens(Call):
    """End an account's own key at its network and get another one where that takes no person."""

    answer = Replaced
    account: str


@dataclass(frozen=True, slots=True)
class ProveTokens(Call):
    """Ask the network whether an older key of an account still lives. `key` holds `version` and `sealed`."""

    answer = Proven
    account: str
    key: dict[str, Any]


# --- publishing ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery stands after a call: `state` is a word of the delivery's lifecycle, `why` is for people.

    `key_refused` says that the network definitely no longer accepts the account's key, `asks` that reading does not settle
    it and a person must look, `throttled` that the network takes nothing more of this account before `retry_at`.
    """

    state: str
    remote_id: str = ""
    url: str = ""
    cid: str = ""
    why: str = ""
    retry_at: str = ""
    key_refused: bool = False
    asks: bool = False
    throttled: bool = False


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
    """A person (`by`, their UUID) looked at the network and says what became of an unconfirmed delivery: the address of
    what is there, or an empty text for *nothing is there*."""

    answer = Outcome
    delivery: str
    remote_id: str
    url: str
    by: str


@dataclass(frozen=True, slots=True)
class Withdraw(Call):
    """Delete a published delivery at the network. `by` is the UUID of the person who asks for it; empty for a duty that
    finishes what somebody asked for. *Published* with the reason when a person has to delete it there by hand."""

    answer = Outcome
    delivery: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class AwaitLocks(Call):
    """Answer once everything is written that began to be written before this call. A lock that was committed before it is
    seen by whatever begins later, so nothing it denies happens after the answer."""

    answer = Done


@dataclass(frozen=True, slots=True)
class Gap:
    """The newest time of which the broker's own file was lost, when that was noted (ISO 8601), and how many deliveries are
    still in doubt for it. Empty texts: never."""

    since: str
    until: str
    noted_at: str
    in_doubt: int


@dataclass(frozen=True, slots=True)
class ReadGap(Call):
    """Was a backup put back?"""

    answer = Gap


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
    """`deed` is `hide`, `show` or `delete`; the comment stands under our post `root`. `by` is the UUID of the person who
    decided it."""

    answer = Outcome
    account: str
    comment: str
    root: str
    deed: str
    by: str = ""


# --- roster and state ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Roster:
    """The broker's own view of who may sign: the chain, its head, the officers' threshold, and how it stands by now.

    A line of `entries` is the `entry`, the passkeys it was `signed_by`, the moment `at`, and whether one officer
    entered it alone (`is_alone`). `standing` is what `review.plain` reads.
    """

    head: str
    entries: list[dict[str, Any]]
    threshold: int
    set_up_ends_at: str
    standing: dict[str, Any]


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
class AskAlone(Call):
    """Let an entry wait that one officer asks for alone, where the chain has declared a wait. See `review.alone`."""

    answer = Roster
    entry: dict[str, Any]
    signed_at: str
    assertion: dict[str, str]


@dataclass(frozen=True, slots=True)
class EnterAlone(Call):
    """Append what waited, signed once more by whoever asked. Conflict before the wait is over."""

    answer = Roster
    head: str
    signed_at: str
    assertion: dict[str, str]


@dataclass(frozen=True, slots=True)
class VetoAlone(Call):
    """End what waits, by any officer's signature."""

    answer = Roster
    head: str
    signed_at: str
    assertion: dict[str, str]


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
        ActOnComment, AppendRoster, AskAlone, AskForCode, AwaitLocks, BeginConnection, BeginRoster, ChangeSecret,
        ChangedByHand, CheckHmac, CheckTotp, ClientKeys, Collect, ConnectByAppPassword, EnterAlone, FinishConnection, GiveCode,
        Looked, Ping, PrepareRotation, ProveSecret, ProveTokens, Publish, ReadGap, ReadRoster, Recall, Refresh, ReloadKeys,
        ReplaceTokens, Reveal, Revoke, Rewrap, Seal, SealSecret, Settle, VetoAlone, Withdraw,
    )
}

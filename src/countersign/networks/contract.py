"""What a connector to a social network can do.

Each capability is one small protocol. A connector implements those its network offers and no others; code that needs a
capability asks for it by type. Connectors hold no state and know nothing of our tables. They run in the broker alone,
are given a client that already carries the account's key, and return plain values. Whatever goes wrong leaves as one of
the `NetworkError` family, which says what may have happened there.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

import httpx

from countersign.base.values import RemoteId, Secret


@dataclass(frozen=True, slots=True)
class Identity:
    """Which account at which server: what a reconnect must not change.

    `origin` is the server's scheme and host (`https://mastodon.example`); `remote_id` is what the network never changes
    (a Mastodon account id, a DID); `handle` is what people see and may change (`@delinde@mastodon.example`).
    """

    network: str
    origin: str
    remote_id: RemoteId
    handle: str
    name: str = ""
    url: str = ""
    avatar_url: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the network, or this one server of it, lets a post hold."""

    characters: int
    attachments: int = 4
    image_bytes: int = 8_000_000
    image_types: tuple[str, ...] = ("image/jpeg", "image/png")
    alt_characters: int = 1500
    link_characters: int | None = None  # a link counts as so many characters; None: as many as it has


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on its way out: the cleaned bytes, never the original."""

    sha256: str
    mime: str
    data: bytes = field(repr=False)
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """What an answer answers. Bluesky needs the root and both content ids (`cid`), others only the parent."""

    parent: RemoteId
    root: RemoteId
    parent_cid: str = ""
    root_cid: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to appear on the network, exactly as signed.

    `handle` was chosen and stored before the first send and is the same for every attempt: an idempotency key, a record
    key. `created_at` is the moment stored with it, so that two attempts send equal bytes.
    """

    handle: str
    text: str
    language: str
    created_at: datetime
    pictures: tuple[Picture, ...] = ()
    reply_to: ReplyTo | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What stands on the network now. `cid` is the content id where the network has one."""

    remote_id: RemoteId
    url: str
    cid: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer to *did it appear?*

    `published` is what was found, or None. `complete_until` is the moment up to which this view of the network is known
    to be complete: absence proves nothing about anything that may have landed later. None: this view proves no absence.
    """

    published: Published | None
    complete_until: datetime | None


@dataclass(frozen=True, slots=True)
class RemoteComment:
    """A reader's comment, or an own answer in the thread, as the network shows it now."""

    remote_id: RemoteId
    on: RemoteId  # the post of ours at the root of the thread
    parent: RemoteId
    author_id: RemoteId
    author_handle: str
    author_name: str
    text: str  # plain text; links written out
    at: datetime
    url: str
    cid: str = ""
    language: str = ""
    edited_at: datetime | None = None
    is_hidden: bool = False
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything under one post of ours, as far as the network tells.

    `is_whole` says that a comment we know and that is not here is gone there; without it absence means nothing.
    """

    on: RemoteId
    comments: tuple[RemoteComment, ...]
    is_whole: bool
    root_is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Mentions:
    """Roots of our own with news since `cursor`, and where to go on reading next time (with overlap)."""

    roots: tuple[RemoteId, ...]
    cursor: str


class Guarantee(StrEnum):
    """What the network does with a second request that carries the same handle."""

    FOR_EVER = "for_ever"  # the handle is the record's own key: a second one cannot appear (Bluesky)
    FOR_A_WHILE = "for_a_while"  # it remembers the handle for `Delivery.key_lives` (Mastodon)
    SAME_WORDS_REFUSED = "same_words_refused"  # it refuses equal words while they are recent (X, LinkedIn)
    NOTHING = "nothing"  # it knows no handle


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """What the release protocol may count on at this network; figures from the network's own documentation.

    `reads_back_within` is how late a post that was accepted may show up in our reading; None: reading is never proof.
    """

    guarantee: Guarantee
    key_lives: timedelta = timedelta(0)
    reads_back_within: timedelta | None = timedelta(0)


@dataclass(frozen=True, slots=True)
class Security:
    """What the network tells of how an account is protected. Empty text is *it does not say*, which proves nothing.

    `second_factor` is `on`, `off` or empty. `email` is the recovery address; `email_confirmed` counts only beside one.
    """

    email: str = ""
    email_confirmed: bool = False
    second_factor: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs us in as one account. `secret` is a connector's own JSON text: only the same connector reads it."""

    identity: Identity
    secret: Secret
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first half of an OAuth sign-in: where to send the browser, and what to keep sealed until it comes back."""

    authorize_url: str
    pending: Secret


class Client(Protocol):
    """An HTTP client that already carries the account's key and speaks to that account's server alone."""

    @property
    def identity(self) -> Identity:
        """Whose key it carries."""
        ...

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | Sequence[str]] | None = None,
        json: object | None = None,
        data: Mapping[str, str | Sequence[str]] | None = None,
        content: bytes | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        changes: bool = False,
    ) -> httpx.Response:
        """Ask once, following no redirect to another origin.

        Raises Unreachable when no byte of the request left, Throttled on 429, KeyRefused on a definite refusal of the
        key, Rejected on other 4xx; and when the request may have been processed (a timeout after sending, a broken
        answer, a 5xx): OutcomeUnknown if `changes`, else Unreachable.
        """
        ...


@runtime_checkable
class SignsIn(Protocol):
    """The network lets an account be connected by OAuth. `http` is the guarded client without any key."""

    def begin(self, http: httpx.Client, *, server: str, handle: str, redirect_uri: str, client_id: str, state: str) -> Beginning:
        """Find the server, register there if need be, and say where the browser must go.

        `server` is what the person typed, already an origin; `client_id` is our metadata address where the network
        wants one (Bluesky), else unused. Raises Invalid when the server is not one of this network.
        """
        ...

    def finish(self, http: httpx.Client, *, pending: Secret, query: Mapping[str, str]) -> Credentials:
        """Exchange the code the browser brought back; `query` is the callback's query. Raises Refused on a refusal or a
        wrong state or issuer, Rejected when the server will not exchange the code."""
        ...

    def refresh(self, http: httpx.Client, credentials: Credentials) -> Credentials:
        """Fresh credentials for the same identity, or the same ones where nothing expires. KeyRefused only when definite."""
        ...

    def revoke(self, http: httpx.Client, credentials: Credentials) -> None:
        """End the key at the network. Revoking twice is no error."""
        ...

    def client(self, http: httpx.Client, credentials: Credentials) -> Client:
        """The client that carries this key."""
        ...


class Change(StrEnum):
    """How a network lets a secret be replaced without anybody seeing the new one."""

    BY_MAIL = "by_mail"  # it mails a code to the account's recovery address; with the code it takes what we choose
    BY_PASSWORD = "by_password"  # noqa: S105  # whoever signs in with the account's own password gets a new one, made there


@runtime_checkable
class RotatesSecret(Protocol):
    """The network lets some kinds of secrets be replaced by API, and lets us try which one signs in."""

    @property
    def changes(self) -> Mapping[str, Change]:
        """The kinds of secrets (`password`, `api_key`) that can be replaced so, and how; all others by hand."""
        ...

    @property
    def outlives(self) -> timedelta:
        """How long what was signed in with a secret before may go on after its end, which the network cannot stop."""
        ...

    def opens(self, http: httpx.Client, identity: Identity, secret: Secret) -> bool:
        """Whether this password signs in as this account now; what it opens is closed again. Unreachable or Throttled
        when the network does not say."""
        ...

    def ask_for_code(self, http: httpx.Client, identity: Identity, *, password: Secret) -> None:
        """Have the network mail a code to the account's recovery address. KeyRefused when `password` does not sign in."""
        ...

    def change(self, http: httpx.Client, identity: Identity, *, kind: str, name: str, key: Secret, new: Secret) -> Secret:
        """Replace it, and return the new one: `new`, or what the network made instead. `key` is the code that was mailed,
        or the account's own password; `name` is what an app password is called there. KeyRefused when the key is wrong."""
        ...

    def end(self, http: httpx.Client, identity: Identity, *, name: str, password: Secret) -> None:
        """End what is called `name` there; ended already is no error."""
        ...


@runtime_checkable
class EndsSessions(Protocol):
    """The network lets us end a key at once, and tells whether one still lives."""

    def end_session(self, http: httpx.Client, credentials: Credentials) -> datetime | None:
        """End a key. The moment until which what it gave out lives on all the same; None: it is dead at once."""
        ...

    def is_alive(self, http: httpx.Client, credentials: Credentials) -> bool:
        """Whether this very key still opens anything. Unreachable when the network does not say."""
        ...


@runtime_checkable
class SignsInByAppPassword(Protocol):
    """The network lets an account be connected by a password made for us, where OAuth cannot be had."""

    def sign_in(self, http: httpx.Client, *, server: str, handle: str, app_password: Secret) -> Credentials:
        """Credentials from an app password. Raises Refused when the network does not take it."""
        ...


@runtime_checkable
class Publishes(Protocol):
    """The network lets us publish."""

    @property
    def delivery(self) -> DeliveryFacts:
        """What the release protocol may count on."""
        ...

    def limits(self, client: Client) -> Limits:
        """What this server lets a post hold, asked from it."""
        ...

    def prepare(self, client: Client, publication: Publication) -> Publication:
        """Do what may be done any number of times before the one write that publishes: nothing visible happens. Most
        networks upload pictures in `publish` and return the publication unchanged here."""
        ...

    def publish(self, client: Client, publication: Publication) -> Published:
        """Publish once; raise a NetworkError that says whether anything happened."""
        ...

    def find(self, client: Client, publication: Publication, *, since: datetime) -> Found:
        """Look whether this publication stands on the network, among what appeared since `since`."""
        ...


@runtime_checkable
class Withdraws(Protocol):
    """The network lets us delete our own post."""

    def withdraw(self, client: Client, remote_id: RemoteId) -> None:
        """Delete one own post; one that is already gone is no error."""
        ...


@runtime_checkable
class ReadsComments(Protocol):
    """The network tells us what is said under our posts."""

    def mentions(self, client: Client, *, cursor: str) -> Mentions:
        """Which roots of ours have news. Never complete: used to look there sooner, never instead of reading threads."""
        ...

    def thread(self, client: Client, root: RemoteId) -> Thread:
        """Everything under one post of ours, in depth."""
        ...


@runtime_checkable
class HidesComments(Protocol):
    """The network lets us hide a reader's comment, and show it again."""

    def hide(self, client: Client, comment: RemoteId, *, root: RemoteId) -> None:
        """Hide one comment from readers; hidden already is no error."""
        ...

    def show(self, client: Client, comment: RemoteId, *, root: RemoteId) -> None:
        """Show it again."""
        ...


@runtime_checkable
class DeletesComments(Protocol):
    """The network lets us delete a reader's comment for good."""

    def delete_comment(self, client: Client, comment: RemoteId) -> None:
        """Delete one reader's comment; gone already is no error."""
        ...


@runtime_checkable
class ReadsProfile(Protocol):
    """The network tells us who the account is now."""

    def profile(self, client: Client) -> Identity:
        """The account as readers see it."""
        ...


@runtime_checkable
class ReadsSecurity(Protocol):
    """The network tells us how the account is protected there, as far as our key may ask."""

    def security(self, client: Client) -> Security:
        """The recovery address and the second factor; empty where the network, or our key, does not tell."""
        ...


@runtime_checkable
class Counts(Protocol):
    """How the network counts the characters of a text. Plain arithmetic: no client, so pages may use it as well."""

    def count(self, text: str) -> int:
        """Characters as this network counts them."""
        ...


@runtime_checkable
class Handles(Protocol):
    """The network wants the handle of a publication in a form of its own (Bluesky: a record key)."""

    def new_handle(self, at: datetime, entropy: int) -> str:
        """A fresh handle; equal arguments give equal handles. `entropy`: 32 random bits."""
        ...

"""Connecting an account, keeping its key fresh, ending it."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from countersign.calls.messages.base import Call, Done


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

    patience = 10.0
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

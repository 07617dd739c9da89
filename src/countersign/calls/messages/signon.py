"""Signing in by the company's provider (OpenID Connect): only the broker connects to it and opens the client secret.

A provider goes by its issuer and by our client id there. The client secret is sealed for exactly that pair: no call sends it
to anybody else.
"""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from countersign.base.values import Digest
from countersign.calls.messages.base import Call
from countersign.calls.messages.secrets import Sealed


def provider_owner(issuer: str, client_id: str) -> str:
    """Whom a client secret and a sign-in under way belong to: this provider and this client id, and nobody else."""
    return f"provider:{Digest.of('countersign/provider/v1', [issuer, client_id])}"


@dataclass(frozen=True, slots=True)
class SealClientSecret(Call):
    """Seal the secret that a provider gave us, for this provider and this client id alone."""

    answer = Sealed
    issuer: str
    client_id: str
    text: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What a provider says of itself, as far as it matters here."""

    issuer: str
    names_itself: bool  # in every answer (RFC 9207), so that answers of two providers are not mixed up
    logs_out: bool  # it can tell us that somebody signed out there
    algorithms: list[str]  # of its signatures, as far as we take them


@dataclass(frozen=True, slots=True)
class AskProvider(Call):
    """Read a provider's own document and its keys anew."""

    answer = ProviderFacts
    issuer: str


@dataclass(frozen=True, slots=True)
class SignOnBegun:
    """Where the browser goes, and the sealed half that the way back needs."""

    authorize_url: str
    pending: str


@dataclass(frozen=True, slots=True)
class BeginSignOn(Call):
    """Begin to sign somebody in: Authorization Code with PKCE (S256), state and nonce. `max_age` is in seconds, how long ago
    they may have shown at the provider who they are."""

    answer = SignOnBegun
    issuer: str
    client_id: str
    state: str
    scopes: str = "openid email profile"
    acr_values: str = ""
    max_age: int = 300


@dataclass(frozen=True, slots=True)
class SignedOn:
    """Whom the provider vouches for, from an ID token that was verified. `auth_time` is in seconds, 0 where it is not told."""

    sub: str
    sid: str
    email: str
    email_verified: bool
    name: str
    groups: list[str]
    has_groups: bool  # whether the provider told groups at all
    amr: list[str]
    acr: str
    auth_time: int


@dataclass(frozen=True, slots=True)
class FinishSignOn(Call):
    """Exchange what the browser brought back, and verify the ID token. `sealed` is the client secret, empty where there is
    none; `groups_claim` is what the provider calls the list of somebody's groups."""

    answer = SignedOn
    issuer: str
    client_id: str
    sealed: str
    pending: str
    query: dict[str, str] = dataclasses.field(repr=False)
    groups_claim: str = "groups"


@dataclass(frozen=True, slots=True)
class LogoutSaid:
    """Whose sessions end, from a logout token that was verified: `sub` or `sid` or both. `iat` is in seconds."""

    sub: str
    sid: str
    jti: str
    iat: int


@dataclass(frozen=True, slots=True)
class ReadLogoutToken(Call):
    """Verify a logout token (OpenID Connect Back-Channel Logout)."""

    answer = LogoutSaid
    issuer: str
    client_id: str
    token: str = dataclasses.field(repr=False)

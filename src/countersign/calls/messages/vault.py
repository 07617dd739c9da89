"""Secrets that people enter, see and replace.

A version of a secret goes as a plain dict: `secret`, `kind`, `version`, `sealed`, and `name`, what the network calls it.
"""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from countersign.calls.messages.base import Call, Done


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

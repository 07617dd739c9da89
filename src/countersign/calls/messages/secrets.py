"""Sealing, codes and the wrapping key."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from countersign.calls.messages.base import Call


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret only the broker can open."""

    sealed: str


@dataclass(frozen=True, slots=True)
class Seal(Call):
    """Seal a text that belongs to `owner` (`person:<uid>`, `file:<sha256>`, `evidence:<account>`) under `field` (`totp`, `original`, `picture`)."""

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

    patience = 10.0
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

    patience = 10.0
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

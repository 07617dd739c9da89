"""How an account is protected at its network."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from countersign.calls.messages.base import Call


@dataclass(frozen=True, slots=True)
class Security:
    """What the network told. Without `is_told` it cannot be asked by API; an empty text is something it did not say.

    `second_factor` is `on`, `off` or empty; `email` is the recovery address.
    """

    is_told: bool
    email: str
    email_confirmed: bool
    second_factor: str


@dataclass(frozen=True, slots=True)
class ReadSecurity(Call):
    """Ask the network how an account is protected. Nothing is changed there."""

    answer = Security
    account: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture that was sealed beside a statement, in base64."""

    content: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenPicture(Call):
    """Open the sealed picture of a statement about an account; Refused when its digest is another. It opens nothing else."""

    answer = Opened
    account: str
    sealed: str
    sha256: str

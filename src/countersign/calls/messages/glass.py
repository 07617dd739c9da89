"""Break-glass: one person, after a wait that the broker counts. `rules` of `access.glass` says what is signed."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from countersign.calls.messages.base import Call
from countersign.calls.messages.vault import Revealed


@dataclass(frozen=True, slots=True)
class Glasses:
    """What was asked for alone within the last days, by the broker's own file.

    A row: `case`, `account`, `secret`, `kind`, `versions`, `reason` (its digest), `person`, `asked_at`, `ripe_at`, `ends_at`,
    `state`, and `by`, who said no.
    """

    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ReadGlass(Call):
    """Read them."""

    patience = 10.0
    answer = Glasses


@dataclass(frozen=True, slots=True)
class AskGlass(Call):
    """Let one person ask for versions of a secret alone; the wait begins now, by the broker's clock."""

    answer = Glasses
    case: str
    account: str
    secret: str
    kind: str
    versions: list[int]
    reason: str
    signed_at: str
    assertion: dict[str, str]


@dataclass(frozen=True, slots=True)
class VetoGlass(Call):
    """End it, by any officer's signature, or that of whoever asked."""

    answer = Glasses
    case: str
    signed_at: str
    assertion: dict[str, str]


@dataclass(frozen=True, slots=True)
class BreakGlass(Call):
    """Show it, once, to whoever asked, once the wait is over. `versions` are those that were asked for, sealed."""

    answer = Revealed
    case: str
    versions: list[dict[str, Any]]
    signed_at: str
    assertion: dict[str, str] = dataclasses.field(repr=False)

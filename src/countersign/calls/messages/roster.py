"""Who may sign; how the broker is."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from countersign.calls.messages.base import Call


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

    patience = 10.0
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

    patience = 10.0
    answer = Health

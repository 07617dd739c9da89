"""Who is acting."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PersonActor:
    """A signed-in person. `uid`, `session` and `device` are UUIDs as text; `verified_at` is when they last showed a second
    factor. Without a device the browser is not enrolled."""

    uid: str
    name: str
    session: str = ""
    verified_at: datetime | None = None
    device: str = ""

    @property
    def label(self) -> str:
        """How the audit log names this actor: no personal data."""
        return f"person:{self.uid}"


@dataclass(frozen=True, slots=True)
class DutyActor:
    """The worker or the broker, carrying out one of its duties (`release`, `collect`, `settle`, `notify` …)."""

    duty: str

    @property
    def name(self) -> str:
        """The name shown on pages."""
        return f"duty: {self.duty}"

    @property
    def label(self) -> str:
        """How the audit log names this actor."""
        return f"duty:{self.duty}"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has not signed in: may be refused, may use a link that was given to them, nothing else."""

    name: str = "a visitor"

    @property
    def label(self) -> str:
        """How the audit log names this actor."""
        return "visitor"


@dataclass(frozen=True, slots=True)
class ProgramActor:
    """A program of the company's that showed a key: a security desk, a directory. `uid` is the key's, `purpose` all that
    it may be used for."""

    uid: str
    name: str
    purpose: str

    @property
    def label(self) -> str:
        """How the audit log names this actor."""
        return f"key:{self.uid}"


type Actor = PersonActor | DutyActor | ProgramActor | Visitor

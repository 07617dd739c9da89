"""Departures: the list, the plan form, one departure with what is left, a file from personnel, the certificate."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.locks import LockClock
from countersign.web.values.shared import ALLOWED, Action, Choice, Face, Notice, Verdict, Who


@dataclass(frozen=True, slots=True)
class DepartureRow:
    """A departure in a list. `left` is how many things are to be done, of which `late` past their time."""

    url: str
    who: Who
    state: str
    starts_at: datetime
    line: str
    left: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Departures:
    """`departures/list.html`."""

    open: tuple[DepartureRow, ...]
    planned: tuple[DepartureRow, ...]
    over: tuple[DepartureRow, ...]
    new_url: str
    file_url: str
    may_plan: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class PlanDeparture:
    """`departures/new.html`. Fields: `person`, `day`, `hour`, `heir`, `why`."""

    url: str
    list_url: str
    people: tuple[Choice, ...]
    heirs: tuple[Choice, ...]
    zone: str
    day: str = ""
    hour: str = ""
    why: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftLine:
    """Something that is left, or that was worked off: where it is done, or the buttons that do it; or who did it, when."""

    icon: str
    label: str
    detail: str = ""
    url: str = ""
    link: str = ""
    account: Face | None = None
    due_at: datetime | None = None
    is_late: bool = False
    actions: tuple[Action, ...] = ()
    by: Who | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeparturePage:
    """`departures/departure.html`. The forms: `move_url` takes `day` and `hour`, `heir_url` takes `heir`."""

    who: Who
    state: str
    why: str
    how: str
    by: str
    planned_at: datetime
    starts_at: datetime
    list_url: str
    left: tuple[LeftLine, ...] = ()
    done: tuple[LeftLine, ...] = ()
    ended: tuple[tuple[str, str], ...] = ()
    clock: LockClock | None = None
    heir: Who | None = None
    has_heir_left: bool = False
    heirs: tuple[Choice, ...] = ()
    heir_url: str = ""
    move_url: str = ""
    zone: str = ""
    begin: Action | None = None
    cancel: Action | None = None
    close: Action | None = None
    certificate_url: str = ""
    person_url: str = ""
    may_plan: Verdict = ALLOWED
    notice: Notice | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonnelRow:
    """A line of a file: what will be done, or why nothing is. `tone` is `ok`, `warn` (nothing to do) or `bad`."""

    number: int
    email: str
    name: str
    starts_at: datetime | None
    heir: str
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class PersonnelFile:
    """`departures/file.html`: an upload, then what will happen; `text` travels with the second form."""

    url: str
    list_url: str
    zone: str
    rows: tuple[PersonnelRow, ...] = ()
    text: str = ""
    count: int = 0
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """`departures/certificate.html`: frozen at closing. `facts` are label and text; `digest` is what the log's entry says."""

    organisation: str
    who: Who
    facts: tuple[tuple[str, str], ...]
    ended: tuple[tuple[str, str], ...]
    done: tuple[LeftLine, ...]
    digest: str
    number: int
    leaf_index: int
    leaf_hash: str
    has_checkpoint: bool
    url: str
    json_url: str

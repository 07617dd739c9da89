"""A lost phone, locks, their cases, drills, and keys of programs."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Action, Choice, Verdict, Who


@dataclass(frozen=True, slots=True)
class LostDevice:
    """One of one's own devices, to be chosen on the lost page."""

    uid: str
    name: str
    is_this: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """`lockout/lost.html`: three ways for somebody who is not signed in, two for somebody who is.

    `languages` are (code, name, is the one shown). `mistakes` stand by field.
    """

    card_url: str
    owner_url: str
    passkey_url: str
    languages: tuple[tuple[str, str, bool], ...]
    language: str = "en"
    is_signed_in: bool = False
    own_url: str = ""
    colleague_url: str = ""
    sign_in_url: str = ""
    home_url: str = ""
    devices: tuple[LostDevice, ...] = ()
    names: tuple[str, ...] = ()
    typed: dict[str, str] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)
    open_way: str = ""


@dataclass(frozen=True, slots=True)
class LockStep:
    """One step of a case: `after` is the time since the lock, in words; empty while it is under way."""

    label: str
    after: str = ""
    count: int = 0
    note: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class LockClock:
    """`lockout/clock.html`: how far a case is. `url` is asked every second while `is_ticking`."""

    steps: tuple[LockStep, ...]
    url: str
    is_ticking: bool
    since: datetime
    passed: str
    is_begun: bool = True
    is_done: bool = False
    is_answered: bool = True


@dataclass(frozen=True, slots=True)
class LostCase:
    """`lockout/lost_case.html`: what somebody sees who has just locked, signed in or not."""

    name: str
    at: datetime
    clock: LockClock
    languages: tuple[tuple[str, str, bool], ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LockedThing:
    """One lock of a case."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class LockRow:
    """A case in a list."""

    url: str
    what: str
    reason: str
    how: str
    by: str
    since: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Locks:
    """`lockout/list.html`."""

    standing: tuple[LockRow, ...]
    lifted: tuple[LockRow, ...]
    new_url: str
    drills_url: str
    may_lock: Verdict = ALLOWED
    wrong_codes: int = 0
    drill_due: str = ""
    is_drill_late: bool = False


@dataclass(frozen=True, slots=True)
class SignOutTask:
    """One app to be signed out everywhere at its network: where to press, and the tick."""

    app: str
    device: str
    way: str
    action: Action | None = None
    done_by: Who | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LockCase:
    """`lockout/case.html`."""

    title: str
    state: str
    things: tuple[LockedThing, ...]
    reason: str
    how: str
    by: str
    opened_at: datetime
    clock: LockClock
    list_url: str
    tasks: tuple[SignOutTask, ...] = ()
    lift_url: str = ""
    may_lift: Verdict = ALLOWED
    proposal_url: str = ""
    unplan: Action | None = None
    departures_url: str = ""  # of a planned lock that a departure owns
    lifted_at: datetime | None = None
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class NewLock:
    """`lockout/new.html`: one form for one case."""

    url: str
    list_url: str
    persons: tuple[Choice, ...]
    devices: tuple[Choice, ...]
    sessions: tuple[Choice, ...]
    accounts: tuple[Choice, ...]
    networks: tuple[Choice, ...]
    is_everything: bool = False
    reason: str = ""
    since_day: str = ""
    since_hour: str = ""
    zone: str = ""
    mistakes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LockCard:
    """`lockout/card.html`: `code` is shown this once; `made_at` is of the card that counts."""

    url: str
    back_url: str
    name: str
    organisation: str
    address: str
    code: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeviceAppRow:
    """An app that is signed in on a device."""

    label: str
    since: datetime
    end: Action


@dataclass(frozen=True, slots=True)
class DeviceApps:
    """`lockout/apps.html`."""

    device: str
    owner: str
    url: str
    back_url: str
    rows: tuple[DeviceAppRow, ...]
    networks: tuple[Choice, ...]
    accounts: tuple[Choice, ...]
    mistakes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DrillRow:
    """One rehearsal. Figures in milliseconds."""

    at: datetime
    by: Who
    what: str
    url: str
    refused_ms: str
    answered_ms: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class Drills:
    """`lockout/drills.html`."""

    rows: tuple[DrillRow, ...]
    url: str
    list_url: str
    targets: tuple[Choice, ...]
    due: str
    is_late: bool
    may_drill: Verdict = ALLOWED
    mistakes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProgramKeyRow:
    """A key of a program."""

    name: str
    purpose: str
    by: Who
    made_at: datetime
    ends_at: datetime | None
    used_at: datetime | None
    is_over: bool
    end: Action | None = None


@dataclass(frozen=True, slots=True)
class ProgramKeys:
    """`lockout/keys.html`: `text` is shown this once."""

    rows: tuple[ProgramKeyRow, ...]
    url: str
    back_url: str
    purposes: tuple[Choice, ...]
    api_url: str
    text: str = ""
    name: str = ""
    mistakes: dict[str, str] = field(default_factory=dict)

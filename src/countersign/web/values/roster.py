"""The roster: who may sign, and what waits for officers."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Action, Choice, Event, Notice, Verdict, Who
from countersign.web.values.work import Step


@dataclass(frozen=True, slots=True)
class SignerRow:
    """One passkey on the roster. `about` says what holds it; `cools_until` is when a new one begins to count.

    `trouble` is why it does not count whatever the roster says, such as that its owner is suspended.
    """

    who: Who
    name: str
    since: datetime
    about: str = ""
    cools_until: datetime | None = None
    trouble: str = ""
    remove: Action | None = None


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """A change of the roster that waits for officers' signatures. `lapsed` are those whose signature no longer counts.

    Where one officer may ask for it alone, `alone_wait` says how long that takes and the two `alone_` addresses ask.
    """

    label: str
    detail: str
    asked_by: Who
    at: datetime
    signatures: tuple[Who, ...]
    needed: int
    fingerprint: str
    options_url: str
    submit_url: str
    cancel_url: str = ""
    may_sign: Verdict = ALLOWED
    lapsed: tuple[Who, ...] = ()
    alone_wait: str = ""
    alone_options_url: str = ""
    alone_submit_url: str = ""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A proposal that came too late: `word` and `why` say how; the two addresses (POST) propose it again or let it go."""

    label: str
    detail: str
    asked_by: Who
    at: datetime
    word: str
    why: str
    signatures: tuple[Who, ...]
    again_url: str
    drop_url: str
    may: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class WaitsAlone:
    """What one officer asked for alone. It may be entered between `from_at` and `until`, unless an officer says no."""

    detail: str
    asked_by: Who
    at: datetime
    from_at: datetime
    until: datetime
    fingerprint: str
    no_options_url: str
    no_submit_url: str
    enter_options_url: str
    enter_submit_url: str
    may_say_no: Verdict = ALLOWED
    may_enter: Verdict = ALLOWED
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Unsafe:
    """What the installation cannot promise yet, each a sentence, and the steps that mend it."""

    cannot: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)


@dataclass(frozen=True, slots=True)
class Roster:
    """`grants/roster.html`. `add_url` takes `person` and `role` (`signer` or `officer`), `wait_url` takes `hours`, as POSTs.

    `begin_waits` are the choices of the first entry, before there is a roster; `waits` those by which it may be lengthened.
    """

    signers: tuple[SignerRow, ...]
    officers: tuple[SignerRow, ...]
    threshold: int
    head: str
    unsafe: Unsafe | None = None
    alone: WaitsAlone | None = None
    notices: tuple[Notice, ...] = ()
    pending: tuple[PendingEntry, ...] = ()
    left_behind: tuple[LeftBehind, ...] = ()
    add_url: str = ""
    people: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    may_add: Verdict = ALLOWED
    wait: str = ""
    wait_url: str = ""
    waits: tuple[Choice, ...] = ()
    begin_waits: tuple[Choice, ...] = ()
    events: tuple[Event, ...] = ()
    list_url: str = ""
    set_up_ends_at: datetime | None = None

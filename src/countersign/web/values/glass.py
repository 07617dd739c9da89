"""Break-glass: asking alone, and how it stands."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Face, Verdict, Who


@dataclass(frozen=True, slots=True)
class NewGlass:
    """`glass/new.html`. The button asks `options_url` with `reason`, and sends `credential` to `url`."""

    what: str
    account: Face
    url: str
    options_url: str
    back_url: str
    check_out_url: str
    may_ask: Verdict = ALLOWED
    officers: tuple[Who, ...] = ()


@dataclass(frozen=True, slots=True)
class GlassPage:
    """`glass/case.html`. Saying no answers in JSON; breaking sends `credential` to `take_url`."""

    what: str
    account: Face
    asked_by: Who
    asked_at: datetime
    ripe_at: datetime
    ends_at: datetime
    reason: str
    state: str
    fingerprint: str
    is_own: bool
    is_ripe: bool
    secret_url: str
    no_options_url: str
    no_url: str
    take_options_url: str
    take_url: str
    may_say_no: Verdict = ALLOWED
    may_take: Verdict = ALLOWED
    settled_by: Who | None = None
    settled_at: datetime | None = None

"""What one person may do alone, after a wait in the open, if no officer says no; and what is signed about it. Plain Python.

The broker reads this as well. It counts the wait from the line in its own file, by its own clock.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from countersign.access.glass.states import GlassState
from countersign.base.errors import Conflict, Refused
from countersign.base.values import Digest
from countersign.base.words import _

ASK, BREAK, VETO = "glass.ask", "glass.break", "glass.veto"
DOMAIN, REASON = "countersign/glass/v1", "countersign/reason/v1"
WAIT = timedelta(minutes=30)
OPEN_FOR = timedelta(hours=4)  # how long it may be broken once the wait is over
QUIET = timedelta(hours=24)  # after a no, before the same person may ask for the same secret again
SIGNED_WITHIN = timedelta(minutes=10)
ROTATE_WITHIN = timedelta(hours=1)  # what was shown is replaced, by then


@dataclass(frozen=True, slots=True)
class Pane:
    """What is behind one glass: versions of one secret of one account, and by the digest of the words, why."""

    case: str
    account: str
    secret: str
    kind: str
    versions: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a glass stands by the broker's file: who asked, when, and whether it was broken or somebody said no."""

    pane: Pane
    person: str
    asked_at: datetime
    is_vetoed: bool = False
    is_broken: bool = False

    @property
    def ripe_at(self) -> datetime:
        """From when it may be broken."""
        return self.asked_at + WAIT

    @property
    def ends_at(self) -> datetime:
        """Until when."""
        return self.ripe_at + OPEN_FOR

    def state(self, at: datetime) -> GlassState:
        """Where it stands at a moment."""
        if self.is_vetoed:
            return GlassState.VETOED
        if self.is_broken:
            return GlassState.BROKEN
        return GlassState.LAPSED if at >= self.ends_at else GlassState.ASKED


def digest_of(words: str) -> str:
    """What stands in the statement for the words of whoever asks."""
    return Digest.of(REASON, {"words": words}).hex


def statement(act: str, pane: Pane, *, signed_at: str) -> dict[str, Any]:
    """What a passkey signs to ask for it, to break it, or to say no: always over everything that is behind it."""
    return {
        "v": 1, "act": act, "case": pane.case, "account": pane.account, "secret": pane.secret, "kind": pane.kind,
        "versions": list(pane.versions), "reason": pane.reason, "signed_at": signed_at,
    }


def require_may_ask(known: Sequence[Standing], pane: Pane, person: str, *, at: datetime) -> None:
    """Raise Conflict while somebody asks for the same secret, Refused for a day after a no to the same person."""
    same = [one for one in known if one.pane.secret == pane.secret]
    if any(one.state(at) == GlassState.ASKED for one in same) or any(one.pane.case == pane.case for one in known):
        raise Conflict(_("Somebody asks for this already."), remedy=_("Look how it stands."))
    if any(one.is_vetoed and one.person == person and at < one.asked_at + QUIET for one in same):
        raise Refused(_("An officer said no to this within the last day."), remedy=_("Have a second person sign a check-out."))


def require_may_break(one: Standing, person: str, *, at: datetime) -> None:
    """Raise Conflict before its time, after it, and when it is over; Refused for everybody but who asked."""
    require_open(one, at=at)
    if one.person != person:
        raise Refused(_("Only who asked for it can break it."))
    if at < one.ripe_at:
        raise Conflict(_("The wait is not over: it may be broken from {when}."), when=f"{one.ripe_at:%H:%M} UTC")


def require_open(one: Standing, *, at: datetime) -> None:
    """Raise Conflict when it does not wait any more."""
    if one.state(at) != GlassState.ASKED:
        raise Conflict(_("This does not wait any more."), remedy=_("Look how it stands."))

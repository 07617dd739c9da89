"""The release protocol: how one delivery goes out once, whatever crashes, pauses or gets lost. Plain Python, no I/O.

`deliver` and `settle` are generators. They yield what is to be done (`Claim`, `Send`, `Look`, `Record`), are sent what
came of it, and return a `Verdict`. The broker carries the steps out against its journal and the network; the explorer
in `tests/release` carries out the same steps against every schedule of faults.

Three rules make it safe. *One at a time:* an attempt is claimed in the journal before anything is sent, and no other is
claimed until that one is settled. *Not late:* `may_write` is asked right before the socket is written, so that whoever
slept past its lease, or was overtaken, sends nothing. *Not twice:* an attempt whose outcome nobody recorded may have
happened; nothing is sent again before the last moment it can land has passed and reading has proved that it is not there.
"""
from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from countersign.base.errors import Conflict, KeyRefused, NetworkError, Rejected, Throttled, Unreachable
from countersign.base.words import _
from countersign.networks.contract import DeliveryFacts, Found, Guarantee, Published


@dataclass(frozen=True, slots=True)
class Timings:
    """How long things take. `deadline` bounds one write from check to answer; `late` is how long a request that its
    sender gave up may still land; `patience` is how long reading may fail to prove anything before a person is asked;
    `skew` is how far the network's clock may stand from ours."""

    deadline: timedelta = timedelta(seconds=30)
    lease: timedelta = timedelta(seconds=90)
    late: timedelta = timedelta(seconds=120)
    patience: timedelta = timedelta(minutes=30)
    again: timedelta = timedelta(seconds=60)
    skew: timedelta = timedelta(minutes=5)

    def __post_init__(self) -> None:
        if self.deadline >= self.lease:
            raise ValueError("The deadline of a request must be shorter than the lease.")


class Outcome(StrEnum):
    """What became of one attempt."""

    PUBLISHED = "published"
    NOTHING = "nothing"  # certainly nothing happened there: it may be sent again
    KEY_REFUSED = "key_refused"  # nothing happened there, nor will it before somebody reconnects the account
    REJECTED = "rejected"  # the network said no, and will keep saying no
    UNKNOWN = "unknown"  # it may have happened
    DUPLICATE = "duplicate"  # the network says these words stand there already, after an attempt we believed absent
    DOUBTED = "doubted"  # it may have happened in a time of which our own file was lost, and have been undone since
    ABSENT = "absent"  # read afterwards, by us or by a person: it did not happen
    MISSING = "missing"  # it is not there now; whether it ever was is lost: a person decides whether it goes out


_OPEN = frozenset({Outcome.UNKNOWN, Outcome.DUPLICATE, Outcome.DOUBTED})
_MISSING_WHY = _("It is not there now. A backup was put back: it may have been there, and been deleted or taken back since.")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one attempt, with what is known. `by` is the UUID of the person who looked, if we only have their
    word for it."""

    outcome: Outcome
    published: Published | None = None
    why: str = ""
    not_before: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One claim and what became of it. `ended_at` is when its sender had surely stopped: its outcome was recorded, or
    its process was gone. None: it is under way."""

    fence: int
    claimed_at: datetime
    lease_until: datetime
    ended_at: datetime | None = None
    result: Result | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may have happened, for all that was recorded."""
        return self.result is None or self.result.outcome in _OPEN


@dataclass(frozen=True, slots=True)
class History:
    """What the journal knows of one delivery, read at the moment `at` by a broker that runs since `opened_at`. `version`
    grows with every line about it."""

    at: datetime
    attempts: tuple[Attempt, ...] = ()
    version: int = 0
    opened_at: datetime | None = None

    @property
    def fence(self) -> int:
        """The greatest fence ever claimed; 0 when none was."""
        return max((attempt.fence for attempt in self.attempts), default=0)

    @property
    def open(self) -> tuple[Attempt, ...]:
        """The attempts that may have happened. There is never more than one; nothing relies on that."""
        return tuple(attempt for attempt in self.attempts if attempt.is_open)

    def claim(self, fence: int, *, at: datetime, lease_until: datetime) -> History:
        """The history with one attempt more."""
        return replace(self, attempts=(*self.attempts, Attempt(fence, at, lease_until)), version=self.version + 1)

    def record(self, fence: int, result: Result, *, at: datetime) -> History:
        """The history with this outcome of an attempt. *Published* overrides all; else what is settled stays settled."""
        attempts = tuple(_with(a, result, at) if a.fence == fence else a for a in self.attempts)
        return replace(self, attempts=attempts, version=self.version + 1)

    def end(self, fences: frozenset[int], *, at: datetime) -> History:
        """The history as seen once the senders of these attempts are known to have stopped."""
        ended = tuple(
            replace(a, ended_at=at) if a.fence in fences and a.ended_at is None else a for a in self.attempts
        )
        return replace(self, attempts=ended)


def _with(attempt: Attempt, result: Result, at: datetime) -> Attempt:
    if attempt.is_open or result.outcome is Outcome.PUBLISHED:
        return replace(attempt, result=result, ended_at=at)
    return attempt


class State(StrEnum):
    """How a delivery stands: words of its lifecycle."""

    DUE = "due"
    FAILED = "failed"
    HELD = "held"
    PUBLISHED = "published"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a delivery stands. `not_before` is when the next call is worth making; with `asks`, reading has not settled
    it in time and a person must look."""

    state: State
    published: Published | None = None
    why: str = ""
    not_before: datetime | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """Append the claim durably if the history still has `version`. Answer: the History with it, or None if it moved on."""

    fence: int
    at: datetime
    lease_until: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Send:
    """Ask `may_write` right before the socket is written, and write once. Answer: a Result."""

    fence: int


@dataclass(frozen=True, slots=True)
class Look:
    """Read whether it is there, among what appeared since `since`. Answer: Looked."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """What reading showed, begun at the moment `at`, and the history as it was afterwards. `found` is None when the
    network could not be read; `is_anothers` when what was found is known to be another delivery with the same words."""

    at: datetime
    found: Found | None
    history: History
    is_anothers: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Append the outcome of an attempt durably. Answer: the History with it."""

    fence: int
    result: Result


type Step = Claim | Send | Look | Record
type Steps = Generator[Step, Any, Verdict]


@dataclass(frozen=True, slots=True)
class Release:
    """The protocol with one network's facts and the installation's timings."""

    facts: DeliveryFacts
    timings: Timings = Timings()

    def deliver(self, history: History, *, fence: int) -> Steps:
        """Bring one delivery as far as it can be brought now: settle what is open, or else send it once under `fence`."""
        verdict = self.standing(history)
        if verdict.state is State.UNCONFIRMED:
            return (yield from self.settle(history))
        if verdict.state not in {State.DUE, State.HELD} or (verdict.not_before and history.at < verdict.not_before):
            return verdict
        if fence <= history.fence:
            return Verdict(State.DUE, why=_("This was claimed before; it must be claimed anew."), not_before=history.at)
        lease_until = history.at + self.timings.lease
        claimed = yield Claim(fence, history.at, lease_until, history.version)
        if claimed is None:
            return Verdict(State.UNCONFIRMED, why=_("It is being sent at this moment."), not_before=lease_until)
        result = self._doubted(history, (yield Send(fence)))
        return self.standing((yield Record(fence, result)))

    def settle(self, history: History) -> Steps:
        """Read the network and say what became of an attempt whose outcome is unknown. Sends nothing."""
        if self.standing(history).state is not State.UNCONFIRMED:
            return self.standing(history)
        looked = yield Look(min(attempt.claimed_at for attempt in history.open) - self.timings.skew)
        history = looked.history
        found = None if looked.found is None or looked.is_anothers else looked.found
        if found and found.published:
            result = Result(Outcome.PUBLISHED, published=found.published)
        elif found and self._is_proof(history, found, looked.at):
            result = _absence(history)
        else:
            return self.standing(history)
        return (yield from self._close(history, result))

    def confirm(self, history: History) -> Steps:
        """Read whether what a person told us stands there is ours; what we read ourselves takes the place of their word."""
        told = tuple(a for a in history.attempts if a.result and a.result.outcome is Outcome.PUBLISHED and a.result.by)
        if told:
            looked = yield Look(min(attempt.claimed_at for attempt in told) - self.timings.skew)
            if looked.found and looked.found.published and not looked.is_anothers:
                for attempt in told:
                    history = yield Record(attempt.fence, Result(Outcome.PUBLISHED, published=looked.found.published))
        return self.standing(history)

    def settle_by_person(self, history: History, published: Published | None, *, by: str) -> Steps:
        """Take the word of a person who looked: it is there, or nothing is. Conflict while it may still appear."""
        if self.standing(history).state is not State.UNCONFIRMED:
            return self.standing(history)
        if published:
            return (yield from self._close(history, Result(Outcome.PUBLISHED, published=published, by=by)))
        lands_by = self.lands_by(history)
        if lands_by is None or history.at < lands_by:
            raise Conflict(_("It may still appear there."), remedy=_("Look again in a few minutes."))
        if any(a.result and a.result.outcome is Outcome.DUPLICATE for a in history.open):
            why = _("The network refuses these words as a repetition.")
            return (yield from self._close(history, Result(Outcome.REJECTED, why=why, by=by)))
        return (yield from self._close(history, _absence(history, by=by)))

    def may_write(self, history: History, *, fence: int) -> bool:
        """Whether the attempt under `fence` may write to the socket now: it is the newest, unsettled, and has time left."""
        last = history.attempts[-1] if history.attempts else None
        if last is None or last.fence != fence or last.result is not None:
            return False
        return last.claimed_at <= history.at and history.at + self.timings.deadline <= last.lease_until

    def lands_by(self, history: History) -> datetime | None:
        """The last moment at which an open attempt can still appear; None while one is under way."""
        ends = [max(a.lease_until, a.ended_at) for a in history.open if a.ended_at is not None]
        return max(ends) + self.timings.late if ends and len(ends) == len(history.open) else None

    def standing(self, history: History) -> Verdict:
        """How a delivery stands by what is recorded alone."""
        results = [attempt.result for attempt in history.attempts if attempt.result]
        for result in results:
            if result.outcome is Outcome.PUBLISHED:
                return Verdict(State.PUBLISHED, published=result.published)
        for result in results:
            if result.outcome is Outcome.REJECTED:
                return Verdict(State.FAILED, why=result.why)
        if history.open:
            return self._unconfirmed(history)
        if not history.attempts:
            return Verdict(State.DUE)
        return self._resumable(history.attempts[-1])

    def _resumable(self, last: Attempt) -> Verdict:
        if last.result is None or last.ended_at is None or last.result.outcome is Outcome.ABSENT:
            return Verdict(State.DUE)
        if last.result.outcome in {Outcome.KEY_REFUSED, Outcome.MISSING}:
            return Verdict(State.HELD, why=last.result.why)
        return Verdict(State.DUE, why=last.result.why, not_before=last.result.not_before or last.ended_at + self.timings.again)

    def _unconfirmed(self, history: History) -> Verdict:
        lands_by, within = self.lands_by(history), self.facts.reads_back_within
        if lands_by is None:
            leases = max(attempt.lease_until for attempt in history.open)
            why, soon = _("It is being sent at this moment."), max(leases, history.at) + self.timings.late
            return Verdict(State.UNCONFIRMED, why=why, not_before=soon, asks=history.at >= leases + self.timings.patience)
        doubtful = within is None or any(a.result and a.result.outcome is Outcome.DUPLICATE for a in history.open)
        patient_from = max(lands_by, history.opened_at or lands_by)  # nobody read while the broker was down
        asks = history.at >= (lands_by if doubtful else patient_from + self.timings.patience)
        ready = lands_by + (within or timedelta(0))
        return Verdict(
            State.UNCONFIRMED,
            why=_("Reading the network does not settle it: look whether it is there.") if asks else _("It may have been sent."),
            not_before=ready if history.at < ready else history.at + self.timings.again,
            asks=asks,
        )

    def _is_proof(self, history: History, found: Found, at: datetime) -> bool:
        """Whether not being found means not being there. A view is believed to be complete no further than the network's
        facts allow, and never against the network's own word that it has these words already."""
        lands_by, within = self.lands_by(history), self.facts.reads_back_within
        if lands_by is None or within is None or found.complete_until is None:
            return False
        if any(a.result and a.result.outcome is Outcome.DUPLICATE for a in history.open):
            return False
        return min(found.complete_until, at - within) >= lands_by

    def _close(self, history: History, result: Result) -> Steps:
        for attempt in history.open:
            history = yield Record(attempt.fence, result)
        return self.standing(history)

    def _doubted(self, history: History, result: Result) -> Result:
        """A *no* that may only mean that an earlier attempt is there after all, on a network that refuses equal words."""
        went_out = any(a.result and a.result.outcome in {Outcome.ABSENT, Outcome.MISSING} for a in history.attempts)
        if result.outcome is Outcome.REJECTED and went_out and self.facts.guarantee is Guarantee.SAME_WORDS_REFUSED:
            return replace(result, outcome=Outcome.DUPLICATE)
        return result


def _absence(history: History, *, by: str = "") -> Result:
    """What it means that nothing is there: that nothing happened, unless it may have been undone without our knowing."""
    if any(attempt.result and attempt.result.outcome is Outcome.DOUBTED for attempt in history.open):
        return Result(Outcome.MISSING, why=_MISSING_WHY, by=by)
    return Result(Outcome.ABSENT, by=by)


def result_of(error: NetworkError) -> Result:
    """What an attempt that ended in this error came to."""
    match error:
        case Throttled():
            return Result(Outcome.NOTHING, why=error.what, not_before=error.retry_at)
        case Unreachable():
            return Result(Outcome.NOTHING, why=error.what)
        case KeyRefused():
            return Result(Outcome.KEY_REFUSED, why=error.what)
        case Rejected():
            return Result(Outcome.REJECTED, why=error.what)
    return Result(Outcome.UNKNOWN, why=error.what)


def carry_out(steps: Steps, perform: Callable[[Step], Any]) -> Verdict:
    """Carry out steps one after the other with `perform`, and return the verdict."""
    try:
        step = next(steps)
        while True:
            step = steps.send(perform(step))
    except StopIteration as end:
        verdict: Verdict = end.value
        return verdict


def is_settled(history: History) -> bool:
    """Whether the journal knows for good what became of the delivery: it is out, or the network said no."""
    ends = {Outcome.PUBLISHED, Outcome.REJECTED}
    return any(attempt.result is not None and attempt.result.outcome in ends for attempt in history.attempts)

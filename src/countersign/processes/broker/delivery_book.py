"""What the journal knows of each delivery, and carrying the release protocol out against it."""
from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from countersign.base.errors import NetworkError, Refused, Unreachable
from countersign.base.values import RemoteId
from countersign.base.words import _
from countersign.content.posts import protocol
from countersign.content.posts.protocol import (
    Claim,
    History,
    Look,
    Looked,
    Outcome,
    Record,
    Release,
    Result,
    Send,
    Step,
    Steps,
    is_settled,
)
from countersign.networks.contract import Found, Published
from countersign.processes.broker.journal import Journal
from countersign.processes.broker.mark import Mark

type Guard = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Hands:
    """What the broker does at the network for one delivery.

    `send` publishes once and raises a NetworkError that says whether anything happened, or Refused when the broker's own
    last check fails; it calls the guard right before it writes to the socket, and lets through what the guard raises.
    `look` reads whether the delivery is there among what appeared since a moment. `clock` tells the time in UTC. `asked`
    is the digest of the request that is sent, kept with the claim.
    """

    send: Callable[[Guard], Published]
    look: Callable[[datetime], Found]
    clock: Callable[[], datetime]
    asked: str = ""


class DeliveryBook:
    """The attempts at each delivery. One book a journal: nobody else appends lines of its kind. Safe from any thread."""

    kind = "attempt"

    def __init__(self, journal: Journal, *, opened_at: datetime, mark: Mark | None = None) -> None:
        """`opened_at` is a moment after the journal was locked: who held it before had stopped by then. `mark` is told of
        each claim before anything is sent."""
        self._journal, self._opened_at, self._lock, self._mark = journal, opened_at, threading.RLock(), mark
        self._first_own_line = journal.head.number + 1
        self._ended: dict[tuple[str, int], datetime] = {}

    def history(self, delivery: str, *, at: datetime) -> History:
        """What is known of a delivery; `at` is now."""
        with self._lock:
            history, strangers = History(at, opened_at=self._opened_at), set()
            for line in self._journal.lines_where(self.kind, "delivery", delivery):
                history = _told(history, line.body)
                if line.number < self._first_own_line:
                    strangers.add(int(line.body["fence"]))
            history = history.end(frozenset(strangers), at=self._opened_at)
            for attempt in history.attempts:
                if ended_at := self._ended.get((delivery, attempt.fence)):
                    history = history.end(frozenset({attempt.fence}), at=ended_at)
            return history

    def claim(self, delivery: str, step: Claim, *, at: datetime, asked: str = "") -> History | None:
        """Append a claim if nothing was appended about the delivery since the step's history; else None."""
        told = {"fence": step.fence, "at": step.at.isoformat(), "lease_until": step.lease_until.isoformat(), "asked": asked}
        body = {"delivery": delivery, "step": "claimed", **told}
        line = self._journal.append_next(self.kind, body, part="delivery", after=step.version)  # a history has a version a line
        return self.history(delivery, at=at) if line else None

    def mark(self, *, at: datetime) -> None:
        """Have the mark know of everything in the journal."""
        if self._mark:
            self._mark.note(self._journal.head.number, at=at)

    def begun_at(self, delivery: str) -> datetime | None:
        """When a request was claimed first; None while there was none. A doubt is no claim of a request."""
        lines = self._journal.lines_where(self.kind, "delivery", delivery)
        return next((datetime.fromisoformat(line.body["at"]) for line in lines if line.body.get("asked")), None)

    def asked(self, delivery: str) -> str:
        """The digest of the request under the newest claim; empty when there is none."""
        lines = self._journal.lines_where(self.kind, "delivery", delivery)
        return next((str(line.body["asked"]) for line in reversed(lines) if line.body.get("asked")), "")

    def record(self, delivery: str, step: Record, *, at: datetime) -> History:
        """Append the outcome of an attempt."""
        told = {"fence": step.fence, "at": at.isoformat(), **_written(step.result)}
        self._journal.append(self.kind, {"delivery": delivery, "step": "ended", **told})
        return self.history(delivery, at=at)

    def doubt(self, delivery: str, *, since: datetime, at: datetime, lets_go: bool = False) -> None:
        """Note that something may have been sent between `since` and `at` that this journal does not know, as after a
        restored backup: the delivery is read back before anything is sent. If it is not there it is held for a person,
        who knows whether it was deleted since; with `lets_go` it goes out."""
        result = Result(Outcome.UNKNOWN if lets_go else Outcome.DOUBTED)
        with self._lock:
            history = self.history(delivery, at=at)
            if is_settled(history):
                return
            for attempt in history.open:
                if attempt.result is None or attempt.result.outcome is Outcome.UNKNOWN:
                    self.record(delivery, Record(attempt.fence, result), at=at)
            if not history.open:
                claim = Claim(history.fence + 1, since, at, history.version)
                self.claim(delivery, claim, at=at)
                self.record(delivery, Record(claim.fence, result), at=at)

    def carry_out(self, delivery: str, steps: Steps, release: Release, hands: Hands) -> protocol.Verdict:
        """Carry out the steps of the protocol. Raises Refused when `hands.send` did; that attempt is recorded as nothing."""
        carrying = _Carrying(self, delivery, release, hands)
        try:
            verdict = protocol.carry_out(steps, carrying.perform)
        finally:
            if carrying.claimed:  # this thread sends no more, even if it could not record what it sent
                with self._lock:
                    self._ended[(delivery, carrying.claimed)] = hands.clock()
        if carrying.refusal:
            raise carrying.refusal
        return verdict

    def is_anothers(self, delivery: str, published: Published) -> bool:
        """Whether what stands there is known to be another delivery. A person's word for that is not enough: it would hide
        a post from its own delivery."""
        lines = self._journal.lines_where(self.kind, "remote_id", published.remote_id)
        others = (line.body for line in lines if line.body["delivery"] != delivery and not line.body["by"])
        return any(body["url"] == published.url for body in others)


@dataclass(slots=True)
class _Carrying:
    """One call at work on one delivery."""

    book: DeliveryBook
    delivery: str
    release: Release
    hands: Hands
    claimed: int = 0
    refusal: Refused | None = None

    def perform(self, step: Step) -> object:
        now = self.hands.clock()
        match step:
            case Claim():
                history = self.book.claim(self.delivery, step, at=now, asked=self.hands.asked)
                self.claimed = step.fence if history else 0
                self.book.mark(at=now)
                return history
            case Send():
                return self._send(step.fence)
            case Look():
                found = self._look(step.since)
                is_anothers = bool(found and found.published and self.book.is_anothers(self.delivery, found.published))
                return Looked(now, found, self.book.history(self.delivery, at=self.hands.clock()), is_anothers)
            case Record():
                return self.book.record(self.delivery, step, at=now)

    def _send(self, fence: int) -> Result:
        try:
            return Result(Outcome.PUBLISHED, published=self.hands.send(lambda: self._guard(fence)))
        except NetworkError as error:
            return protocol.result_of(error)
        except Refused as refusal:
            self.refusal = refusal
            return Result(Outcome.NOTHING, why=refusal.what)

    def _guard(self, fence: int) -> None:
        history = self.book.history(self.delivery, at=self.hands.clock())
        if not self.release.may_write(history, fence=fence):
            raise Unreachable(_("Its time to send had run out, so nothing was sent."))

    def _look(self, since: datetime) -> Found | None:
        try:
            return self.hands.look(since)
        except NetworkError:
            return None  # it could not be read: that is no news about the delivery


def _told(history: History, body: dict[str, Any]) -> History:
    """The history with one line more."""
    at = datetime.fromisoformat(body["at"])
    if body["step"] == "claimed":
        return history.claim(body["fence"], at=at, lease_until=datetime.fromisoformat(body["lease_until"]))
    published = Published(RemoteId(body["remote_id"]), body["url"], body["cid"]) if body["remote_id"] else None
    not_before = datetime.fromisoformat(body["not_before"]) if body["not_before"] else None
    result = Result(Outcome(body["outcome"]), published, body["why"], not_before, body["by"])
    return history.record(body["fence"], result, at=at)


def _written(result: Result) -> dict[str, str]:
    published = result.published or Published(RemoteId(""), "")
    return {
        "outcome": result.outcome, "why": result.why, "by": result.by,
        "remote_id": published.remote_id, "url": published.url, "cid": published.cid,
        "not_before": result.not_before.isoformat() if result.not_before else "",
    }  # fmt: skip

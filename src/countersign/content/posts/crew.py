"""The crew: deliveries on their way at the same time, each waited for in a thread of its own.

One thread, the caller's, claims what is due and writes down what came back: in one recorded change for as many as there
are, since each change waits for the disk. A delivery is claimed only when a thread is free for it. What a process had on
its way when it died is found by `settle`, as its claims run out.
"""
from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from queue import Empty, SimpleQueue
from time import monotonic
from uuid import UUID

from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict
from countersign.base.prepared import Prepared
from countersign.base.words import _
from countersign.calls.messages import Outcome
from countersign.content.posts import releasing
from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState

log = logging.getLogger("countersign.posts")

SIZE = 16  # deliveries on their way at once
SHARE = 12  # of them to one account, so that a slow network does not keep the others waiting
TURN = 3.0  # seconds after which a call returns, if something is still on its way
_LOOK = 0.5  # seconds without an answer after which it looks again what is due
_GATHER = 0.01  # seconds that an answer waits for others, to be written down together
_LAST = 4.0  # seconds that `finish` takes at most: less than a process has to stop
_PAUSE = timedelta(seconds=5)  # for an account where nothing could be done just now

type _Back = list[tuple[Delivery, Outcome]]


class Crew:
    """What one process has on its way, and which accounts must wait. Safe from any thread; one call at a time.

    `turn` is in seconds: after so long a call returns, if something is still on its way.
    """

    def __init__(self, size: int = SIZE, share: int = SHARE, turn: float = TURN) -> None:
        self._size, self._share, self._turn, self._lock = size, share, turn, threading.Lock()
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="release")
        self._under_way: dict[int, Delivery] = {}
        self._came: SimpleQueue[tuple[int, Future[Outcome]]] = SimpleQueue()
        self._unwritten: _Back = []
        self._waits_until: dict[UUID, datetime] = {}

    def release_due(self, actor: DutyActor, at: datetime) -> int:
        """Release what is due, for some seconds or until nothing is due or on its way; how much was done or is on its way."""
        with self._lock:
            begun, did = monotonic(), 0
            while True:
                did += self._go_on(actor, at + timedelta(seconds=monotonic() - begun), begin=True)
                if not self._under_way or monotonic() - begun > self._turn:
                    return did + len(self._under_way)

    def finish(self, actor: DutyActor, at: datetime) -> int:
        """Begin nothing more, and write down what comes back within a few seconds; how much that was."""
        with self._lock:
            begun, did = monotonic(), 0
            while (self._under_way or self._unwritten) and (passed := monotonic() - begun) < _LAST:
                did += self._go_on(actor, at + timedelta(seconds=passed), begin=False)
            return did

    def _go_on(self, actor: DutyActor, at: datetime, *, begin: bool) -> int:
        """Write down what came back, claim as much as there is room for, and send it; how many of both."""
        self._unwritten += self._came_back()
        due = self._due(at) if begin else []
        if not self._unwritten and not due:
            return 0
        claimed = self._changed(actor, self._unwritten, due, at)
        for delivery, outcome in self._unwritten:
            self._heed(delivery, outcome, at)
        did, self._unwritten = len(self._unwritten) + len(claimed), []
        for delivery in claimed:
            self._send(delivery)
        return did

    def _changed(self, actor: DutyActor, back: _Back, due: Sequence[Delivery], at: datetime) -> list[Delivery]:
        try:
            return releasing.release_many(actor, back, due, at=at)
        except Conflict:  # one of them was moved by somebody else: each for itself, then
            for one in back:
                self._written_alone(actor, one, at)
            return []

    def _written_alone(self, actor: DutyActor, one: tuple[Delivery, Outcome], at: datetime) -> None:
        try:
            releasing.release_many(actor, [one], [], at=at)
        except Conflict:
            log.info("an answer was no news")  # somebody settled it meanwhile, by asking the broker as well

    def _came_back(self) -> _Back:
        """What came back: the first is waited for, the others a moment."""
        back: _Back = []
        until = monotonic() + _LOOK
        while self._under_way:
            try:
                key, future = self._came.get(timeout=max(0.0, until - monotonic()))
            except Empty:
                break
            back.append((self._under_way.pop(key), _outcome(future)))
            until = min(until, monotonic() + _GATHER) if len(back) < self._size // 2 else 0.0
        return back

    def _due(self, at: datetime) -> list[Delivery]:
        """What is due and may go out now, as much as there is room for."""
        self._waits_until = {account: until for account, until in self._waits_until.items() if until > at}
        taken = Counter(delivery.account_id for delivery in self._under_way.values())
        crowded = [account for account, count in taken.items() if count >= self._share]
        room, due = self._size - len(self._under_way), list[Delivery]()
        for row in _DUE.ask(at=at, crowded=crowded, waiting=list(self._waits_until))[:room] if room else []:
            taken[row.account_id] += 1
            if taken[row.account_id] <= self._share:
                due.append(row)
        return due

    def _send(self, delivery: Delivery) -> None:
        self._under_way[delivery.pk] = delivery
        future = self._pool.submit(releasing.sent, delivery)
        future.add_done_callback(lambda done: self._came.put((delivery.pk, done)))

    def _heed(self, delivery: Delivery, outcome: Outcome, at: datetime) -> None:
        """Let the account wait where the network asks for it, and a moment where it could not be asked."""
        if outcome.state == DeliveryState.DUE and outcome.retry_at:
            retry_at = datetime.fromisoformat(outcome.retry_at)
            self._waits_until[delivery.account.uid] = retry_at if outcome.throttled else min(retry_at, at + _PAUSE)


def _outcome(future: Future[Outcome]) -> Outcome:
    """What became of it; after a fault of ours it may have been sent."""
    fault = future.exception()
    if fault is None:
        return future.result()
    log.error("fault in releasing: %s", type(fault).__name__)
    return Outcome(DeliveryState.UNCONFIRMED, why=_("It may have been sent."))


_DUE = Prepared[Delivery](
    lambda at, crowded, waiting: Delivery.objects.due(at).exclude(account__pk__in=crowded).exclude(account__uid__in=waiting)
    .order_by("due_at", "pk").only("account")[:SIZE]
)  # fmt: skip


@cache
def crew() -> Crew:
    """This process's crew."""
    return Crew()

"""Runs the release protocol through every schedule of faults, up to a number of faults, and counts what came of it.

A run is a sequence of choices; all sequences are run, depth first (stateless model checking). What is real: the module
the broker runs, step by step. What is simulated: the clock, a journal that keeps every line it acknowledged, brokers
that crash, pause and overlap, and networks of four kinds that lose requests or answers, deliver late and show late.

    python -m tests.release.explorer          the table, in a minute
    python -m tests.release.explorer whole    with three faults everywhere, in many minutes
"""
from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from countersign.base.errors import Conflict
from countersign.base.values import RemoteId
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
    State,
    Step,
    Timings,
    Verdict,
    carry_out,
)  # fmt: skip
from countersign.networks.contract import DeliveryFacts, Found, Guarantee, Published

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TIMINGS = Timings(
    deadline=timedelta(seconds=10), lease=timedelta(seconds=30), late=timedelta(seconds=20),
    patience=timedelta(seconds=120), again=timedelta(seconds=10), skew=timedelta(seconds=5),
)  # fmt: skip
SECOND = timedelta(seconds=1)
WITHIN = timedelta(seconds=15)  # what the network's facts say about reading back
KEY_LIVES = timedelta(seconds=100)  # how long a key or equal words are remembered
PAST_THE_LEASE = TIMINGS.lease + SECOND
LONG = timedelta(minutes=10)  # longer than any key lives, any lease, any patience
BEYOND = timedelta(hours=1)  # a read-back later than anybody waits for


@dataclass(frozen=True)
class Setting:
    """One row of the table: a kind of network, how it shows what it has, and what is broken on purpose."""

    guarantee: Guarantee
    faults: int = 2
    is_thorough: bool = True  # False: without the faults that are milder forms of others
    wakes_amid: bool = True  # False: a sleeper wakes only when the other has come to its end
    lag: timedelta = WITHIN
    within: timedelta | None = WITHIN
    view_lies: bool = False  # it calls its view complete although it lags beyond the facts
    is_fenced: bool = True  # False: every fence check is answered with yes
    late: timedelta = TIMINGS.late  # what we believe about lateness; the net itself is as late as TIMINGS says
    is_locked: bool = True  # False: a second broker may run while the first sleeps between its check and its write

    @property
    def release(self) -> Release:
        """The protocol as the broker would run it here."""
        return Release(DeliveryFacts(self.guarantee, KEY_LIVES, self.within), replace(TIMINGS, late=self.late))


class Chooser:
    """Answers the first choices from a prefix and the rest with 0, and remembers what it was asked."""

    def __init__(self, prefix: tuple[int, ...], faults: int) -> None:
        self.prefix, self.faults = prefix, faults
        self.trace: list[tuple[int, int]] = []
        self.story: list[str] = []

    def choose(self, count: int) -> int:
        """One of `count` ways to go on; 0 is the ordinary one."""
        place = len(self.trace)
        choice = self.prefix[place] if place < len(self.prefix) else 0
        self.trace.append((choice, count))
        return choice

    def fault(self, label: str, *names: str) -> str:
        """One of the named faults, or nothing; nothing for ever once there were enough."""
        if not self.faults:
            return ""
        choice = self.choose(len(names) + 1)
        self.faults -= choice > 0
        self.story += [f"{names[choice - 1]} ({label})"] if choice else []
        return names[choice - 1] if choice else ""


class Network:
    """A network of one of the four kinds. Nothing is ever taken off it, so what it has is what readers saw."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.posts: list[tuple[datetime, Published]] = []

    def accept(self, at: datetime) -> Result:
        """A request has arrived. All requests of a run carry the same handle and the same words."""
        guarantee = self.setting.guarantee
        last = self.posts[-1] if self.posts else None
        is_recent = last is not None and at - last[0] < KEY_LIVES
        if last and (guarantee is Guarantee.FOR_EVER or (guarantee is Guarantee.FOR_A_WHILE and is_recent)):
            return Result(Outcome.PUBLISHED, published=last[1])
        if guarantee is Guarantee.SAME_WORDS_REFUSED and is_recent:
            return Result(Outcome.REJECTED, why="You said that already.")
        published = Published(RemoteId(str(len(self.posts) + 1)), "")
        self.posts.append((at, published))
        return Result(Outcome.PUBLISHED, published=published)

    def view(self, at: datetime) -> Found:
        """What reading shows: the past as it was a while ago."""
        shown = [published for landed, published in self.posts if landed <= at - self.setting.lag]
        return Found(shown[0] if shown else None, at - (WITHIN if self.setting.view_lies else self.setting.lag))


@dataclass(eq=False)
class Broker:
    """One life of the broker: what it found in the journal when it started."""

    opened_at: datetime
    fences_then: frozenset[int] = frozenset()


@dataclass(eq=False)
class Task:
    """One call under way in a broker. Running it stops at each place where something may go wrong."""

    broker: Broker
    gaps: Generator[str, None, Verdict]
    asleep_at: str = ""


class Crash(Exception):
    """The broker was killed."""


@dataclass
class World:
    """Everything outside the protocol."""

    setting: Setting
    chooser: Chooser
    now: datetime = START
    journal: History = field(default_factory=lambda: History(START))
    in_flight: list[datetime] = field(default_factory=list)
    sleepers: list[Task] = field(default_factory=list)
    fence: int = 0  # the worker's, in the database
    asked: int = 0
    sent: int = 0

    def __post_init__(self) -> None:
        self.network = Network(self.setting)
        self.release = self.setting.release
        self.broker = Broker(self.now)

    # --- time and memory

    def wait(self, span: timedelta) -> None:
        """Let time pass; what is under way in the net arrives when its time has come."""
        self.now += span
        for lands_at in sorted(moment for moment in self.in_flight if moment <= self.now) if self.in_flight else ():
            self.in_flight.remove(lands_at)
            self.network.accept(lands_at)

    def history(self, broker: Broker) -> History:
        """What this broker reads in the journal now."""
        history = History(self.now, self.journal.attempts, self.journal.version, broker.opened_at)
        return history.end(broker.fences_then, at=broker.opened_at) if broker.fences_then else history

    def start_broker(self) -> None:
        """Another life begins: it reads the journal."""
        self.broker = Broker(self.now, frozenset(attempt.fence for attempt in self.journal.attempts))

    # --- carrying out steps

    def call(self, broker: Broker) -> Generator[str, None, Verdict]:
        """One `Publish` call of a worker whose database always says *due*."""
        self.fence += 1
        steps = self.release.deliver(self.history(broker), fence=self.fence)
        try:
            step = next(steps)
            while True:
                yield f"before {type(step).__name__}"
                step = steps.send((yield from self.perform(step, broker)))
        except StopIteration as end:
            yield "at the end"
            verdict: Verdict = end.value
            return verdict

    def perform(self, step: Step, broker: Broker) -> Generator[str, None, Any]:
        """Do what a step asks, as the broker would."""
        match step:
            case Claim(version=version) if version != self.journal.version:
                return None
            case Claim(fence, at, lease_until):
                self.journal = self.journal.claim(fence, at=at, lease_until=lease_until)
            case Record(fence, result):
                self.journal = self.journal.record(fence, result, at=self.now)
            case Look():
                is_blind = self.setting.is_thorough and self.chooser.fault("look", "unreadable")
                found = None if is_blind else self.network.view(self.now)
                return Looked(self.now, found, self.history(broker))
            case Send(fence):
                return (yield from self.send(fence, broker))
        self.wait(SECOND)
        return self.history(broker)

    def send(self, fence: int, broker: Broker) -> Generator[str, None, Result]:
        """Check the fence, then write."""
        if self.setting.is_fenced and not self.release.may_write(self.history(broker), fence=fence):
            return Result(Outcome.NOTHING, why="Fenced.")
        yield "checked"
        faults = ["lost request", "lost answer", "late at last"]
        fault = self.chooser.fault("send", *faults, *(["late soon", "unreachable"] if self.setting.is_thorough else []))
        self.sent += fault != "unreachable"
        if not fault:
            result = self.network.accept(self.now)
            self.wait(SECOND)
            return result
        if fault == "unreachable":
            return Result(Outcome.NOTHING)
        if fault == "lost answer":
            self.network.accept(self.now)
        if fault == "late soon":
            self.in_flight.append(self.now + TIMINGS.deadline + SECOND)
        if fault == "late at last":
            self.in_flight.append(self.now + TIMINGS.deadline + TIMINGS.late)
        self.wait(TIMINGS.deadline)
        return Result(Outcome.UNKNOWN)

    # --- faults between the steps

    def run(self, task: Task) -> Verdict | None:
        """Run a call to its end; None when it fell asleep on the way."""
        while True:
            try:
                place = next(task.gaps)
            except StopIteration as end:
                verdict: Verdict = end.value
                return verdict
            self.wake_some()
            if self.goes_wrong(task, place):
                return None

    def wake_some(self) -> None:
        """Let any sleeper wake in the middle of what another does, and go on to its own end."""
        for sleeper in list(self.sleepers) if self.setting.wakes_amid else ():
            if sleeper in self.sleepers and self.chooser.choose(2):
                self.chooser.story.append("the sleeper wakes")
                self.wake(sleeper)

    def wake(self, sleeper: Task) -> None:
        """A sleeper goes on where it stopped."""
        self.sleepers.remove(sleeper)
        try:
            self.run(sleeper)
        except Crash:
            if sleeper.broker is self.broker:
                raise

    def goes_wrong(self, task: Task, place: str) -> bool:
        """Perhaps a crash or a pause at this place. True: the task sleeps."""
        fault = self.chooser.fault(place, *self.possible(task, place))
        if not fault:
            return False
        if "crash" in fault:
            self.sleepers = [sleeper for sleeper in self.sleepers if sleeper.broker is not task.broker]
            self.wait(LONG if "long" in fault else SECOND)
            raise Crash
        task.asleep_at = place
        self.sleepers.append(task)
        self.wait(LONG if "long" in fault else PAST_THE_LEASE if "over" in fault else SECOND)
        if "broker" in fault:
            self.start_broker()
        return True

    def possible(self, task: Task, place: str) -> list[str]:
        """What may go wrong here. A second broker beside a sleeping one exists only where the lock of the file did not
        hold; that much the protocol survives on its own, except between the check and the write."""
        crashes = ["crash", "long crash"]
        if place == "at the end":
            return crashes
        written = {sleeper.asleep_at for sleeper in self.sleepers}
        thread = ["slept long beside a thread"] if place != "checked" or task.broker is self.broker else []
        if self.setting.is_locked and "checked" in {place, *written}:
            return crashes + thread
        return [*crashes, *thread, *(["slept beside a broker"] if self.setting.is_thorough else []),
                "overslept beside a broker", *(["slept long beside a broker"] if self.setting.is_thorough else [])]

    # --- a life

    def live(self) -> str:
        """Call the broker again and again until the delivery is settled; say in a word or two what came of it."""
        verdict = self.call_until_settled()
        with suppress(Crash):
            self.wake_all()
        self.start_broker()
        self.sleepers.clear()
        self.wait(BEYOND)
        self.set_back_to_due()
        return self.judged(verdict)

    def call_until_settled(self) -> Verdict | None:
        verdict: Verdict | None = None
        for _ in range(60):
            try:
                verdict = self.run(Task(self.broker, self.call(self.broker))) or verdict
                if verdict and verdict.asks and not self.wake_all():
                    self.ask_a_person()
            except Crash:
                self.start_broker()
                continue
            if verdict and verdict.state in {State.PUBLISHED, State.FAILED}:
                break
            self.wait(max(SECOND, verdict.not_before - self.now) if verdict and verdict.not_before else SECOND)
        return verdict

    def ask_a_person(self) -> None:
        """A person looks at the network itself and tells the truth; told that it is too early, they look again later."""
        history = self.history(self.broker)
        if not self.release.standing(history).asks:
            return
        if self.release.lands_by(history) is None:
            self.start_broker()  # what they are told to do when an attempt is under way without end
            return
        published = self.network.posts[0][1] if self.network.posts else None
        steps = self.release.settle_by_person(history, published, by="Ben")
        version = self.journal.version
        with suppress(Conflict):
            carry_out(steps, lambda step: _last(self.perform(step, self.broker)))
        self.asked += self.journal.version > version

    def wake_all(self) -> bool:
        """Nobody sleeps until a person has come, or for ever. Whether somebody slept."""
        slept = bool(self.sleepers)
        while self.sleepers:
            self.wake(self.sleepers[0])
        return slept

    def set_back_to_due(self) -> None:
        """Somebody sets the row in the database back: the journal is believed, and nothing is sent."""
        sent, self.chooser.faults = self.sent, 0
        again = _last(self.call(self.broker))
        self.was_sent_again = self.sent > sent or again.state is not State.PUBLISHED

    def judged(self, verdict: Verdict | None) -> str:
        count = len(self.network.posts)
        if count > 1:
            return "twice"
        if verdict is None or verdict.state is not State.PUBLISHED:
            return "stuck"
        if count == 0 or self.was_sent_again:
            return "lost" if count == 0 else "sent again"
        return "a person was asked" if self.asked else "once"


def _last[T](steps: Generator[str, None, T]) -> T:
    """Run to the end with nothing going wrong between."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value


@dataclass
class Report:
    """What came of all schedules of one setting; an example of each, as the faults it took."""

    setting: Setting
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def schedules(self) -> int:
        """How many schedules were run."""
        return self.counts.total()


def schedules(setting: Setting) -> Iterator[tuple[str, Chooser]]:
    """Run every schedule of a setting."""
    waiting: list[tuple[int, ...]] = [()]
    while waiting:
        prefix = waiting.pop()
        chooser = Chooser(prefix, setting.faults)
        yield World(setting, chooser).live(), chooser
        made = tuple(choice for choice, _ in chooser.trace)
        for place in range(len(prefix), len(made)):
            waiting += [(*made[:place], other) for other in range(1, chooser.trace[place][1])]


def explore(setting: Setting) -> Report:
    """Run every schedule of a setting and count."""
    report, began = Report(setting), time.perf_counter()
    for word, chooser in schedules(setting):
        report.counts[word] += 1
        if word not in report.examples:
            report.examples[word] = chooser.story
    report.seconds = time.perf_counter() - began
    return report


def rows(*, whole: bool = False) -> dict[str, Callable[[Guarantee], Setting]]:
    """The table: what is tried on each kind of network. `whole` takes minutes instead of seconds."""

    def row(faults: int = 2, **broken: Any) -> Callable[[Guarantee], Setting]:
        return lambda kind: Setting(kind, faults, **{"is_thorough": False, "wakes_amid": False, **broken})

    return {
        "as built": row(3),
        "as built, sleepers wake amid": row(3 if whole else 2, wakes_amid=True),
        "as built, milder faults too": row(3 if whole else 2, is_thorough=True),
        "as built, shows at once": row(lag=timedelta(0)),
        "shows beyond the bound": row(lag=BEYOND),
        "reading is never proof": row(within=None),
        "fence taken out": row(is_fenced=False),
        "lock of the file broken": row(is_locked=False),
        "later than we believe": row(late=timedelta(0), lag=timedelta(0), within=timedelta(0)),
        "a view that lies": row(lag=BEYOND, view_lies=True),
    }


def main(*, whole: bool = False) -> None:
    """Print the table."""
    words = ("once", "a person was asked", "twice", "lost", "sent again", "stuck")
    print(f"{'':32}{'network':20}{'faults':>7}{'schedules':>10}" + "".join(f"{w:>20}" for w in words) + f"{'seconds':>9}")
    table = [(name, make(kind)) for name, make in rows(whole=whole).items() for kind in Guarantee]
    total = 0
    with ProcessPoolExecutor(2) as pool:
        for (name, setting), report in zip(table, pool.map(explore, [s for _, s in table]), strict=True):
            figures = "".join(f"{report.counts[word]:>20}" for word in words)
            print(f"{name:32}{setting.guarantee:20}{setting.faults:>7}{report.schedules:>10}{figures}{report.seconds:>9.1f}")
            if example := report.examples.get("twice"):
                print(f"{'':32}twice, for example: {', '.join(example)}")
            total += report.schedules
    print(f"{total} schedules")


if __name__ == "__main__":
    main(whole="whole" in sys.argv[1:])

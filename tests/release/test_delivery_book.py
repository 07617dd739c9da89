"""The journal is believed about what was sent, and the protocol carried out against it."""
from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from countersign.base.errors import NetworkError, OutcomeUnknown, Refused, Unreachable
from countersign.base.values import RemoteId
from countersign.content.posts.protocol import Release, State, Timings, Verdict
from countersign.networks.contract import DeliveryFacts, Found, Guarantee, Published
from countersign.processes.broker.delivery_book import DeliveryBook, Guard, Hands
from countersign.processes.broker.journal import Journal

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RELEASE = Release(DeliveryFacts(Guarantee.NOTHING, reads_back_within=timedelta(0)), Timings())
DELIVERY = "0190f3c4-delivery"


@dataclass
class Place:
    """Where posts appear: a network in one list, with a clock that only tests move."""

    now: datetime = AT
    posts: list[Published] = field(default_factory=list)
    then: Callable[[], None] = lambda: None  # happens after a post was accepted
    before: Callable[[], None] = lambda: None  # happens before the guard is asked

    def send(self, guard: Guard) -> Published:
        self.before()
        guard()
        number = str(len(self.posts) + 1)
        self.posts.append(Published(RemoteId(number), f"https://practice.example/{number}"))
        self.then()
        return self.posts[-1]

    def look(self, since: datetime) -> Found:
        return Found(self.posts[0] if self.posts else None, self.now)

    @property
    def hands(self) -> Hands:
        return Hands(self.send, self.look, lambda: self.now)


@dataclass
class Broker:
    """One life of a broker at a place."""

    path: Path
    place: Place

    def __post_init__(self) -> None:
        self.journal = Journal(self.path)
        self.book = DeliveryBook(self.journal, opened_at=self.place.now)

    def publish(self, fence: int, delivery: str = DELIVERY) -> Verdict:
        steps = RELEASE.deliver(self.book.history(delivery, at=self.place.now), fence=fence)
        return self.book.carry_out(delivery, steps, RELEASE, self.place.hands)

    def again(self) -> Broker:
        """The next life."""
        self.journal.close()
        return Broker(self.path, self.place)


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    return Broker(tmp_path / "journal", Place())


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


def killed() -> None:
    raise Killed


def raising(error: NetworkError | Refused) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_a_published_delivery_stays_published_whatever_the_database_says_and_however_often_it_restarts(broker: Broker) -> None:
    first = broker.publish(1)
    assert first.state is State.PUBLISHED
    for fence in (1, 2, 99):
        broker = broker.again()
        assert broker.publish(fence) == first
    assert len(broker.place.posts) == 1


def test_killed_after_the_write_it_is_found_there_and_not_sent_again(broker: Broker) -> None:
    broker.place.then = killed
    with pytest.raises(Killed):
        broker.publish(1)
    broker.place.now += MINUTE
    verdict = broker.again().publish(2)
    assert (verdict.state, verdict.published) == (State.PUBLISHED, broker.place.posts[0])
    assert len(broker.place.posts) == 1


def test_killed_before_the_write_it_is_sent_again_only_after_its_absence_was_proved(broker: Broker) -> None:
    broker.place.before = killed
    with pytest.raises(Killed):
        broker.publish(1)
    broker.place.before = lambda: None
    broker = broker.again()
    early = broker.publish(2)
    assert early.state is State.UNCONFIRMED
    assert early.not_before
    broker.place.now = early.not_before
    assert broker.publish(3).state is State.DUE
    assert broker.place.posts == []
    assert broker.publish(4).state is State.PUBLISHED


def test_whoever_woke_after_its_lease_sends_nothing(broker: Broker) -> None:
    def sleep() -> None:
        broker.place.now += 10 * MINUTE

    broker.place.before = sleep
    verdict = broker.publish(1)
    assert (verdict.state, broker.place.posts) == (State.DUE, [])


def test_while_one_thread_is_sending_another_only_looks(broker: Broker) -> None:
    verdicts: list[Verdict] = []

    def beside() -> None:
        thread = threading.Thread(target=lambda: verdicts.append(broker.publish(2)))
        thread.start()
        thread.join()

    broker.place.before = beside
    assert broker.publish(1).state is State.PUBLISHED
    assert [verdict.state for verdict in verdicts] == [State.UNCONFIRMED]
    assert len(broker.place.posts) == 1


def test_many_threads_at_once_send_once(broker: Broker) -> None:
    threads = [threading.Thread(target=broker.publish, args=(fence,)) for fence in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(broker.place.posts) == 1
    assert broker.publish(99).state is State.PUBLISHED


def test_a_refusal_of_the_last_check_comes_through_and_leaves_nothing_open(broker: Broker) -> None:
    broker.place.before = raising(Refused("A lock stands on the account."))
    with pytest.raises(Refused, match="A lock stands"):
        broker.publish(1)
    assert not broker.book.history(DELIVERY, at=AT).open


def test_an_unknown_outcome_is_read_back(broker: Broker) -> None:
    broker.place.then = raising(OutcomeUnknown("Silence."))
    assert broker.publish(1).state is State.UNCONFIRMED
    assert broker.publish(2).state is State.PUBLISHED


def test_an_outcome_that_could_not_be_recorded_counts_as_unknown_and_is_settled_without_a_restart(broker: Broker) -> None:
    broker.place.then = broker.journal.close  # the disk fails between the write and its record
    with pytest.raises(Unreachable):
        broker.publish(1)
    history = broker.book.history(DELIVERY, at=AT)
    assert len(history.open) == 1
    assert RELEASE.lands_by(history) is not None  # not *under way*: this thread sends no more


def test_the_post_of_another_delivery_with_the_same_words_is_not_taken_for_this_one(broker: Broker) -> None:
    broker.publish(1, "another")
    broker.place.before = killed
    with pytest.raises(Killed):
        broker.publish(1)
    broker = broker.again()
    broker.place.now += 10 * MINUTE
    assert broker.publish(2).state is State.UNCONFIRMED


def test_after_a_restored_backup_what_was_due_is_read_back_before_anything_is_sent(broker: Broker) -> None:
    broker.place.posts.append(Published(RemoteId("1"), "https://practice.example/1"))  # sent after the backup was taken
    broker.book.doubt(DELIVERY, since=AT - 60 * MINUTE, at=AT)
    broker.book.doubt("never sent", since=AT - 60 * MINUTE, at=AT)
    assert broker.publish(9).published == broker.place.posts[0]
    assert broker.publish(9, "never sent").state is State.UNCONFIRMED
    assert len(broker.place.posts) == 1


def test_what_was_in_doubt_and_is_not_there_is_held_and_goes_out_when_a_person_lets_it(broker: Broker) -> None:
    broker.book.doubt(DELIVERY, since=AT - 60 * MINUTE, at=AT)
    broker.place.now += 10 * MINUTE
    assert broker.publish(2).state is State.HELD
    assert broker.again().publish(3).state is State.PUBLISHED
    assert len(broker.place.posts) == 1


def test_told_that_nothing_was_deleted_what_is_not_there_goes_out(broker: Broker) -> None:
    broker.book.doubt(DELIVERY, since=AT - 60 * MINUTE, at=AT, lets_go=True)
    broker.place.now += 10 * MINUTE
    assert [broker.publish(2).state, broker.publish(3).state] == [State.DUE, State.PUBLISHED]


def test_an_attempt_that_was_under_way_in_the_backup_is_in_doubt_as_well(broker: Broker) -> None:
    broker.place.before = killed
    with pytest.raises(Killed):
        broker.publish(1)
    broker.place.before = lambda: None
    broker = broker.again()
    broker.book.doubt(DELIVERY, since=AT, at=AT)
    broker.place.now += 10 * MINUTE
    assert broker.publish(2).state is State.HELD


def test_a_persons_word_about_one_delivery_hides_nothing_from_another(broker: Broker) -> None:
    broker.place.then = raising(OutcomeUnknown("Silence."))
    broker.publish(1)
    there = broker.place.posts[0]
    broker.book.doubt("another", since=AT, at=AT)
    steps = RELEASE.settle_by_person(broker.book.history("another", at=AT), there, by="Ben")
    broker.book.carry_out("another", steps, RELEASE, broker.place.hands)
    assert broker.publish(2).published == there


def test_a_doubt_about_what_is_settled_changes_nothing(broker: Broker) -> None:
    broker.publish(1)
    before = broker.journal.head
    broker.book.doubt(DELIVERY, since=AT, at=AT)
    assert broker.journal.head == before

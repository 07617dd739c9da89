"""Many deliveries at once: each out once, one account's trouble is no other's, and nothing that came back is lost."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta

import pytest
from django.db import connection

from countersign.access.grants.models import Account
from countersign.audit.models import Entry
from countersign.base.errors import Conflict
from countersign.calls.messages import Outcome
from countersign.content.posts import releasing
from countersign.content.posts.crew import Crew, _outcome
from countersign.content.posts.jobs import RELEASE
from countersign.content.posts.models import Delivery, Post
from tests.house import House, now
from tests.waiting import until


@pytest.fixture
def crew() -> Iterator[Crew]:
    crew = Crew(size=4, share=3)
    yield crew
    crew._pool.shutdown()


def approved(house: House, count: int, account: Account | None = None) -> list[Delivery]:
    ann, ben = house.actor("Ann"), house.actor("Ben")
    target = account or house.account  # type: ignore[attr-defined]
    return [house.approved(ann, ben, f"Bericht {number} op {target.handle}", target) for number in range(count)]


def cafe(house: House) -> Account:
    return house.connect(house.actor("Kim"), "delinde_cafe")


def states(account: Account) -> Counter[str]:
    return Counter(Delivery.objects.filter(account=account).values_list("state", flat=True))


def all_of_it(crew: Crew) -> None:
    while crew.release_due(RELEASE, now()):
        pass


def on_the_network(house: House) -> Counter[str]:
    return Counter(
        entry["idempotency_key"] for entry in house.network.ledger()
        if entry["path"] == "/api/v1/posts" and entry["outcome"] == "published"
    )


def test_many_are_out_once_each_is_recorded_and_the_disk_is_waited_for_less_often(brewery: House, crew: Crew) -> None:
    deliveries, begun = approved(brewery, 12), list[str]()

    def watch(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        begun.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        all_of_it(crew)
    assert set(on_the_network(brewery).values()) == {1}
    assert len(on_the_network(brewery)) == 12
    for event in ("delivery.claimed", "delivery.published"):
        assert set(Entry.objects.filter(event=event).values_list("matter", flat=True)) == {f"delivery:{d.uid}" for d in deliveries}
    assert set(Post.objects.values_list("state", flat=True)) == {"done"}
    appended = sum("audit_entry" in sql and sql.startswith("INSERT") for sql in begun)
    assert appended < 24  # claimed one by one and written down one by one it would be 24


@pytest.mark.attack
def test_an_account_that_must_wait_is_not_asked_again_and_holds_up_nobody_else(brewery: House, crew: Crew) -> None:
    other = cafe(brewery)
    approved(brewery, 8)
    approved(brewery, 2, other)
    Delivery.objects.filter(account=other).update(due_at=now() + timedelta(minutes=1))
    brewery.network.control(refusing=429, refusing_next=1)  # to one request it says: in 30 seconds
    until(lambda: crew.release_due(RELEASE, now()) == 0)
    tried = 8 - Delivery.objects.filter(account=brewery.account, state="due", fence=0).count()  # type: ignore[attr-defined]
    assert tried <= 2 * 3  # those beside it, and those that took the place of what came back before it
    assert states(brewery.account) == {"published": tried - 1, "due": 9 - tried}  # type: ignore[attr-defined]
    Delivery.objects.filter(account=other).update(due_at=now())
    until(lambda: crew.release_due(RELEASE, now()) == 0)
    assert (states(other), brewery.network.arrived("refused")) == ({"published": 2}, 1)
    until(lambda: crew.release_due(RELEASE, now() + timedelta(minutes=2)) == 0)
    assert states(brewery.account) == {"published": 8}  # type: ignore[attr-defined]


def test_a_slow_account_leaves_room_for_the_others(brewery: House) -> None:
    crew, other = Crew(size=4, share=3, turn=0.1), cafe(brewery)
    approved(brewery, 5)
    approved(brewery, 1, other)
    brewery.network.control(slow_seconds=1.5)
    until(lambda: crew.release_due(RELEASE, now()) and states(other).get("sending") == 1)
    assert states(brewery.account)["due"] >= 1  # type: ignore[attr-defined]  # no more than its share is on its way
    all_of_it(crew)
    assert on_the_network(brewery).total() == 6


def test_what_is_on_its_way_at_the_end_is_written_down_and_nothing_more_is_begun(brewery: House) -> None:
    crew = Crew(size=4, share=3, turn=0.1)
    approved(brewery, 5)
    brewery.network.control(slow_seconds=1.5)
    crew.release_due(RELEASE, now())
    assert crew.finish(RELEASE, now()) == 3
    assert states(brewery.account) == {"published": 3, "due": 2}  # type: ignore[attr-defined]


def test_an_answer_about_what_somebody_settled_meanwhile_changes_nothing_and_stops_nobody(brewery: House, crew: Crew) -> None:
    first, second = approved(brewery, 2)
    claimed = releasing.release_many(RELEASE, [], [first, second], at=now())
    outcomes = [(delivery, Outcome("failed", why="Late.")) for delivery in claimed]
    Delivery.objects.filter(pk=first.pk).update(state="held")
    crew._unwritten = outcomes
    crew.release_due(RELEASE, now())
    assert dict(Delivery.objects.values_list("pk", "state")) == {first.pk: "held", second.pk: "failed"}


def test_what_two_workers_find_due_is_claimed_by_one_of_them(brewery: House) -> None:
    due = approved(brewery, 3)
    claimed = releasing.release_many(RELEASE, [], due, at=now())
    assert {delivery.fence for delivery in claimed} == {1}
    with pytest.raises(Conflict):
        releasing.release_many(RELEASE, [], due, at=now())
    assert not Entry.objects.filter(event="act.refused").exists()


def test_after_a_fault_of_ours_while_sending_it_may_have_been_sent() -> None:
    failed = Future[Outcome]()
    failed.set_exception(KeyError("nobody foresaw this"))
    assert _outcome(failed).state == "unconfirmed"

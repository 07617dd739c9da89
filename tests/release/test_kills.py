"""Kills at random moments of publishing: every due post is on the practice network exactly once."""
from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState
from tests.house import House, open_house
from tests.servers.forking import forked

TIMINGS = "deadline=3,lease=4,late=0.5,patience=120,again=0.3,skew=5"
IN_TIME = 120  # seconds in which everything must have settled after the last kill


@contextmanager
def at_work(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, timings=TIMINGS) as house:
        house.account = house.connect(house.cast())  # type: ignore[attr-defined]
        yield house


class Worker:
    """The worker as its own process; it may be killed."""

    def start(self) -> None:
        name = str(connection.settings_dict["NAME"])
        environment = {**os.environ, "COUNTERSIGN_LEASE_SECONDS": "5", "COUNTERSIGN_SQLITE": name}
        with open(os.devnull, "w") as nowhere:
            self.process = forked("countersign", ["worker"], environment, stderr=nowhere)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


def kill_and_start(victim: str, house: House, worker: Worker) -> None:
    match victim:
        case "broker":
            house.broker.kill()
            house.broker.start()
        case "worker":
            worker.kill()
            worker.start()
        case "network":
            house.network.kill()
            house.network.start()


def survive(house: House, *, kills: int, seed: int) -> Counter[str]:
    """Publish under fire; how often each victim was killed."""
    chance, victims = random.Random(seed), Counter[str]()
    ann, ben = house.actor("Ann"), house.actor("Ben")
    worker = Worker()
    worker.start()
    try:
        for number in range(kills):
            for part in range(3):
                house.approved(ann, ben, f"Bericht {number}.{part}", house.account)  # type: ignore[attr-defined]
            time.sleep(chance.uniform(0.0, 0.5))
            victim = chance.choices(["broker", "worker", "network"], [7, 2, 1])[0]
            victims[victim] += 1
            kill_and_start(victim, house, worker)
        wait_until_settled()
    finally:
        worker.kill()
    return victims


def wait_until_settled() -> None:
    until = time.monotonic() + IN_TIME
    while time.monotonic() < until:
        states = Counter(Delivery.objects.values_list("state", flat=True))
        if set(states) == {DeliveryState.PUBLISHED}:
            return
        time.sleep(0.5)
    rows = list(Delivery.objects.exclude(state=DeliveryState.PUBLISHED).values("uid", "state", "why", "fence"))
    raise AssertionError(f"Not settled: {rows}")


def on_the_network(house: House) -> Counter[str]:
    """How often each handle was published there, by the network's own ledger."""
    return Counter(
        entry["idempotency_key"] for entry in house.network.ledger()
        if entry["path"] == "/api/v1/posts" and entry["outcome"] == "published"
    )


def assert_exactly_once(house: House) -> None:
    wanted = {request["handle"] for request in Delivery.objects.values_list("request", flat=True)}
    seen = on_the_network(house)
    assert [handle for handle, count in seen.items() if count > 1] == []
    assert wanted == set(seen)


@pytest.mark.parametrize("idempotency", [True, False], ids=["with its idempotency", "without"])
def test_ten_kills_lose_nothing_and_send_nothing_twice(
    transactional_db: None, tmp_path: Path, idempotency: bool
) -> None:
    with at_work(tmp_path) as house:
        house.network.control(idempotency=idempotency)
        survive(house, kills=10, seed=20261124 + idempotency)
        assert_exactly_once(house)


@pytest.mark.attack
@pytest.mark.parametrize("idempotency", [True, False], ids=["with its idempotency", "without"])
def test_a_hundred_and_fifty_kills_lose_nothing_and_send_nothing_twice(
    transactional_db: None, tmp_path: Path, idempotency: bool
) -> None:
    with at_work(tmp_path) as house:
        house.network.control(idempotency=idempotency)
        victims = survive(house, kills=150, seed=7 + idempotency)
        assert_exactly_once(house)
        print(f"\n150 kills {dict(victims)}, {Delivery.objects.count()} posts, each there exactly once")

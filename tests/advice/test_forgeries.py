"""P1: who owns the web process and the database, but not the broker, gets nothing sent that a second person did not sign.

Every forgery in `tests.forging` goes to the running broker over its own socket. Each must be refused with a reason, not
with a fault; nothing of it may arrive at the practice network, counted in that network's own ledger; and beside each an
honest post of the same kind must go out, or a broker that refuses everything would pass.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.forging import answers, held, locks, replays, requests, rosters, sockets, statements
from tests.forging.world import FAULT, Case, World, wait_until

CASES = [
    *requests.CASES, *statements.CASES, *answers.CASES, *rosters.CASES, *replays.CASES, *sockets.CASES, *locks.CASES,
    *held.CASES,
]


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    """The house that forgers try."""
    world = World(tmp_path)
    try:
        world.open()
        yield world
    finally:
        world.close()


def test_each_forgery_is_refused_and_its_honest_twin_goes_out(
    world: World, subtests: pytest.Subtests, capsys: pytest.CaptureFixture[str]
) -> None:
    """One house serves all: every case makes its own posts, and puts back what else it changes."""
    begun, refused = monotonic(), 0
    for case in CASES:
        with subtests.test(case.name):
            require_refused(world, case)
            require_twin(world, case.twin)
            refused += 1
    with capsys.disabled():
        print(f"\n{refused} of {len(CASES)} forgeries refused, each beside an honest twin, in {monotonic() - begun:.0f} s")


def test_the_forgeries_are_enough_and_each_is_its_own() -> None:
    names = Counter(case.name for case in CASES)
    assert len(CASES) >= 80
    assert [name for name, count in names.items() if count > 1] == []


def require_refused(world: World, case: Case) -> None:
    """The broker says no, says why, and nothing but what was honest arrives at the network."""
    seen = world.last_arrival()
    answer = case.attempt(world)
    assert len(world.posts(after=seen)) == case.honest, answer
    assert FAULT not in answer.words, answer
    assert (answer.kind, case.words in answer.words) == (case.kind, True), answer


def require_twin(world: World, kind: str) -> None:
    """The honest post of this kind goes out, once, with its own words."""
    if kind == "within":
        return
    if kind == "roster":
        assert world.append(world.entry(act="require", account="0" * 32, signatures=2)).kind == "answered"
        kind = "plain"
    twin = world.restored() if kind == "itself" else world.approved(kind)
    wait_until(twin.due_at)
    seen = world.last_arrival()
    answer = world.publish(twin)
    assert answer.kind == "published", answer
    posts = [(entry["outcome"], str(entry["post"])) for entry in world.posts(after=seen)]
    assert posts == [("published", answer.remote_id)]
    assert twin.request["text"] in world.house.network.page(f"/posts/{answer.remote_id}")

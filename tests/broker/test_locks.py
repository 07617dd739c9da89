"""P3 at the broker: a lock binds deleting and acting on comments as it binds publishing, and nothing begins after it answered."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connection

from countersign.base.errors import Refused
from countersign.calls import client, messages
from countersign.content.comments import collecting, deciding
from countersign.content.comments.jobs import COLLECT, act_again
from countersign.content.comments.models import Comment
from countersign.content.posts import releasing
from countersign.content.posts.jobs import RELEASE
from countersign.content.posts.models import Delivery
from countersign.people.models import Lock, Person
from countersign.people.states import LockKind, PersonState
from countersign.policy.charter.queries import clauses
from tests.house import House, now

type Denial = Callable[[House, str], None]


def lock(kind: LockKind, *, on: str) -> Denial:
    """A lock on somebody, something or everything."""

    def deny(house: House, _by: str) -> None:
        target = {"account": str(house.account.uid), "person": house.actor("Mia").uid}.get(on)  # type: ignore[attr-defined]
        Lock.objects.create(kind=kind, target=target, network="practice" if on == "network" else "", reason="a lost phone", since=now())

    return deny


def suspend(_house: House, by: str) -> None:
    Person.objects.filter(uid=by).update(state=PersonState.SUSPENDED)


DENIALS: dict[str, Denial] = {
    "the account": lock(LockKind.ACCOUNT, on="account"), "its network": lock(LockKind.NETWORK, on="network"),
    "everything": lock(LockKind.EVERYTHING, on=""), "who asks": lock(LockKind.PERSON, on="person"), "suspended": suspend,
}  # fmt: skip


def allow() -> None:
    """Nothing is locked any more, and everybody works again."""
    Lock.objects.all().delete()
    Person.objects.update(state=PersonState.ACTIVE)


@contextmanager
def nothing_changes_there(house: House) -> Iterator[None]:
    """Nothing that could change anything arrives at the network."""
    seen = house.network.ledger()[-1]["id"]
    yield
    assert [entry for entry in house.network.ledger(after=seen) if entry["method"] != "GET"] == []


@pytest.fixture
def published(brewery: House) -> Delivery:
    """A post that is out."""
    delivery = brewery.approved(brewery.actor("Ann"), brewery.actor("Ben"), "Ons lentebier is er.", brewery.account)
    releasing.release(RELEASE, delivery, at=now())
    delivery.refresh_from_db()
    assert delivery.state == "published"
    return delivery


@pytest.fixture
def comment(brewery: House, published: Delivery) -> Comment:
    """A reader's comment under it, collected."""
    brewery.network.reply_as("Joke Peeters", published.remote_id, "Bah!")
    collecting.collect(COLLECT, brewery.account, [published], at=now())
    return Comment.objects.get()


def require_denied(house: House, call: messages.Call, by: str) -> None:
    """Each denial stops the call; nothing of it arrives at the network, and afterwards nothing is denied any more."""
    for denial in DENIALS.values():
        denial(house, by)
        with nothing_changes_there(house), pytest.raises(Refused, match=r"lock stands|not at work"):
            client.ask(call)
        allow()


@pytest.mark.parametrize("deed", ["hide", "show", "delete"])
def test_nothing_is_done_to_a_comment_while_a_lock_stands(brewery: House, comment: Comment, deed: str) -> None:
    mia = brewery.actor("Mia").uid
    call = messages.ActOnComment(str(comment.account.uid), comment.remote_id, comment.root, deed, mia)
    require_denied(brewery, call, mia)
    assert client.ask(call).state in {"hidden", "kept"}


def test_nothing_is_deleted_while_a_lock_stands(brewery: House, published: Delivery) -> None:
    mia = brewery.actor("Mia").uid
    require_denied(brewery, messages.Withdraw(str(published.uid), mia), mia)
    assert client.ask(messages.Withdraw(str(published.uid), mia)).state == "deleted"


def test_a_lock_on_somebody_else_stops_nobody(brewery: House, published: Delivery) -> None:
    DENIALS["who asks"](brewery, "")
    assert client.ask(messages.Withdraw(str(published.uid), brewery.actor("Kim").uid)).state == "deleted"


def test_what_was_decided_by_somebody_who_is_locked_now_waits_until_they_are_not(brewery: House, comment: Comment) -> None:
    clause = next(clause for clause in clauses() if clause.code == "R1")
    brewery.broker.kill()
    deciding.decide(brewery.actor("Mia"), comment, "hide", clause, at=now())
    brewery.broker.start()
    Comment.objects.update(state_since=datetime.fromisoformat("2026-01-01T00:00:00Z"))
    DENIALS["who asks"](brewery, "")
    with nothing_changes_there(brewery):
        assert act_again(now()) == 1
    comment.refresh_from_db()
    assert (comment.state, "lock stands" in comment.why) == ("unconfirmed", True)
    allow()
    Comment.objects.update(state_since=datetime.fromisoformat("2026-01-01T00:00:00Z"))
    act_again(now())
    comment.refresh_from_db()
    assert comment.state == "hidden"


# --- waiting for what was begun ------------------------------------------------------------------------------------------


def in_a_thread(do: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        do()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_for_arrival(house: House, path: str) -> None:
    """Wait until the network has the request, which it has not answered yet."""
    until = time.monotonic() + 20
    while not any(path in entry["path"] and entry["method"] != "GET" for entry in house.network.ledger()):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_answer_comes_after_a_send_that_is_under_way_and_none_begins_after_it(brewery: House) -> None:
    ann, ben, account = brewery.actor("Ann"), brewery.actor("Ben"), brewery.account
    first, *others = [brewery.approved(ann, ben, f"Bericht {number}", account) for number in range(4)]
    brewery.network.control(slow_seconds=1.5)
    ended: list[datetime] = []
    thread = in_a_thread(lambda: (releasing.release(RELEASE, first, at=now()), ended.append(now())))
    wait_for_arrival(brewery, "/api/v1/posts")
    Lock.objects.create(kind=LockKind.ACCOUNT, target=account.uid, reason="a lost phone", since=now())
    threads = [in_a_thread(lambda one=other: releasing.release(RELEASE, one, at=now())) for other in others]
    begun = time.monotonic()
    client.ask(messages.AwaitLocks())
    waited, answered = time.monotonic() - begun, len(brewery.network.ledger())
    for one in [thread, *threads]:
        one.join(30)
    assert waited > 0.5  # it did wait for the one under way …
    assert [e["outcome"] for e in brewery.network.ledger() if e["path"] == "/api/v1/posts"] == ["published"]
    assert not [e for e in brewery.network.ledger()[answered:] if e["method"] != "GET"]  # … and nothing began after it
    assert [Delivery.objects.get(uid=one.uid).state for one in (first, *others)] == ["published", "held", "held", "held"]


def test_it_waits_for_what_is_done_to_comments_and_for_deletions_too(brewery: House, published: Delivery, comment: Comment) -> None:
    brewery.network.control(applies_to="changes", slow_seconds=1.5)
    hide = messages.ActOnComment(str(comment.account.uid), comment.remote_id, comment.root, "hide")
    for call, path in ((hide, "/hidden"), (messages.Withdraw(str(published.uid)), f"/posts/{published.remote_id}")):
        thread = in_a_thread(lambda call=call: client.ask(call))  # type: ignore[misc]
        wait_for_arrival(brewery, path)
        begun = time.monotonic()
        client.ask(messages.AwaitLocks())
        assert time.monotonic() - begun > 0.5
        thread.join(30)


def test_with_nothing_under_way_the_answer_comes_at_once(brewery: House) -> None:
    client.ask(messages.AwaitLocks())
    begun = time.monotonic()
    client.ask(messages.AwaitLocks())
    assert time.monotonic() - begun < 0.5

"""Locks and people: each holds a signed delivery back, and once it is lifted the very same delivery goes out."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from countersign.people.models import Lock, Person
from countersign.people.states import LockKind, LockState, PersonState
from tests.forging.world import Answer, Case, World, now

LOCKED = "A lock stands on the account, or on somebody who wrote or signed this."
AWAY = "Somebody who wrote or signed this is no longer active here."

type Denial = Callable[[World], AbstractContextManager[None]]


def while_it_lasts(denial: Denial) -> Callable[[World], Answer]:
    """Ask while it is denied; and again when it is not, so that nothing else can have held it."""

    def attempt(world: World) -> Answer:
        delivery = world.approved()
        with denial(world):
            seen = world.last_arrival()
            answer = world.publish(delivery)
            assert not world.arrivals(after=seen)
        assert world.publish(delivery).kind == "published"
        return answer

    return attempt


def lock(kind: LockKind, target: Callable[[World], Any] = lambda _world: None, network: str = "") -> Denial:
    """A lock on somebody, something or everything."""

    @contextmanager
    def denial(world: World) -> Iterator[None]:
        row = Lock.objects.create(kind=kind, target=target(world), network=network, reason="a lost phone", since=now())
        try:
            yield
        finally:
            Lock.objects.filter(pk=row.pk).update(lifted_at=now(), state=LockState.LIFTED)

    return denial


def state(name: str, state: PersonState) -> Denial:
    """Somebody is no longer at work here."""

    @contextmanager
    def denial(world: World) -> Iterator[None]:
        Person.objects.filter(uid=world.uid(name)).update(state=state)
        try:
            yield
        finally:
            Person.objects.filter(uid=world.uid(name)).update(state=PersonState.ACTIVE)

    return denial


CASES = [
    Case("lock: the author", while_it_lasts(lock(LockKind.PERSON, lambda w: w.uid("Ann"))), LOCKED, twin="within", honest=1),
    Case("lock: the signer", while_it_lasts(lock(LockKind.PERSON, lambda w: w.uid("Ben"))), LOCKED, twin="within", honest=1),
    Case("lock: the account", while_it_lasts(lock(LockKind.ACCOUNT, lambda w: w.account.uid)), LOCKED, twin="within", honest=1),
    Case("lock: the network", while_it_lasts(lock(LockKind.NETWORK, network="practice")), LOCKED, twin="within", honest=1),
    Case("lock: everything", while_it_lasts(lock(LockKind.EVERYTHING)), LOCKED, twin="within", honest=1),
    Case("person: the signer is suspended", while_it_lasts(state("Ben", PersonState.SUSPENDED)), AWAY, twin="within", honest=1),
    Case("person: the author is suspended", while_it_lasts(state("Ann", PersonState.SUSPENDED)), AWAY, twin="within", honest=1),
    Case("person: the signer has left", while_it_lasts(state("Ben", PersonState.LEFT)), AWAY, twin="within", honest=1),
    Case("person: the signer never came", while_it_lasts(state("Ben", PersonState.INVITED)), AWAY, twin="within", honest=1),
]

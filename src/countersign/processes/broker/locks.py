"""Locks, as the broker sees them: read from the database again right before every write, and waited for by whoever locks."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from countersign.access.grants.models import Account
from countersign.base.errors import Invalid, Refused
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.calls import messages
from countersign.networks.contract import Client, Identity
from countersign.people.models import Person
from countersign.people.queries import locks_on
from countersign.people.states import PersonState
from countersign.processes.broker.barrier import Barrier
from countersign.processes.broker.office import Office

_AT_WORK = (PersonState.ACTIVE, PersonState.LEFT)  # what somebody decided before they left stands


@dataclass(frozen=True, slots=True)
class Guarded:
    """A client that asks, right before each request that changes something, whether it still may."""

    inner: Client
    barrier: Barrier
    require_free: Callable[[Identity], None]

    @property
    def identity(self) -> Identity:
        """Whose key it carries."""
        return self.inner.identity

    def request(self, method: str, path: str, *, changes: bool = False, **more: Any) -> httpx.Response:
        """Ask as the client does; a change waits for the barrier, then for the last check, and is written while both hold."""
        if not changes:
            return self.inner.request(method, path, **more)
        with self.barrier.shared():
            self.require_free(self.inner.identity)
            return self.inner.request(method, path, changes=True, **more)


def require_unlocked(account: Account, *, persons: Iterable[str], devices: Iterable[str] = ()) -> None:
    """Raise Refused while a lock stands on the account, its network, everything, one of these persons or devices."""
    if locks_on(persons=persons, devices=devices, accounts=[str(account.uid)], networks=[account.network]):
        raise Refused(_("A lock stands on the account, or on somebody who wrote or signed this."))


def require_free(account: Account, *, by: str) -> None:
    """Raise Refused while a lock stands on the account, its network or everything, or on whoever asks for this.

    Who asks is the caller's word: a caller who lies names nobody. What binds is the lock on the account.
    """
    if locks_on(persons=[by] if by else [], accounts=[str(account.uid)], networks=[account.network]):
        raise Refused(_("A lock stands on the account, or on whoever asks for this."))
    if by and not Person.objects.filter(uid=by, state__in=_AT_WORK).exists():
        raise Refused(_("Whoever asks for this is not at work here."))


def person(name: str) -> str:
    """Who asks, in the one spelling there is; empty for a duty. Invalid when it is no person's name."""
    found = known_uuids([name])
    if name and not found:
        raise Invalid(_("There is no such person."))
    return str(found[0]) if found else ""


def wait(office: Office, _call: messages.AwaitLocks) -> messages.Done:
    """Answer once every write that began before this is over; whatever begins later sees what was locked before it."""
    with office.barrier.exclusive():
        return messages.Done()

"""A client that always carries its account's newest key, and believes it dead only when the network will not renew it."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import httpx

from countersign.base.errors import KeyRefused, Unreachable
from countersign.base.words import _
from countersign.networks.asking import RanOut
from countersign.networks.contract import Client, Identity
from countersign.processes.broker.barrier import Barrier


class Keys(Protocol):
    """Where an account's keys are kept and renewed."""

    def key_barrier(self, account: str) -> Barrier:
        """Held shared while a key is used, alone while it is renewed: renewing ends the old one at once."""
        ...

    def newer(self, account: str, version: int) -> tuple[Client, int] | None:
        """A client with the newest key and its version, if it is newer than this version."""
        ...

    def renewed(self, account: str, version: int) -> tuple[Client, int]:
        """A client with a newer key than this version, asked from the network unless there is one already.

        The same version where nothing expires. KeyRefused when the network definitely will not renew it.
        """
        ...


def _unguarded(client: Client) -> Client:
    return client


@dataclass(slots=True)
class Keyed:
    """A `contract.Client` for one account.

    A network that refuses a key has not looked at the request. So the key is renewed once and the request asked again,
    through every guard anew. A refusal stands only where nothing expires, or when renewing is refused as well.
    """

    keys: Keys
    account: str
    inner: Client
    version: int
    guarded: Callable[[Client], Client] = _unguarded

    @property
    def identity(self) -> Identity:
        """Whose key it carries."""
        return self.inner.identity

    def behind(self, guarded: Callable[[Client], Client]) -> Keyed:
        """The same client, each of whose requests passes the guard that `guarded` puts around it."""
        return replace(self, guarded=guarded)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask as the client does; see `contract.Client.request`."""
        try:
            return self._once(method, path, more)
        except (KeyRefused, RanOut) as refusal:
            self._renew(refusal)
        try:
            return self._once(method, path, more)
        except KeyRefused as refusal:
            raise Unreachable(_("The network renewed our key and does not take it yet, so nothing happened there.")) from refusal

    def _once(self, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
        with self.keys.key_barrier(self.account).shared():
            if found := self.keys.newer(self.account, self.version):
                self._take(*found)
            return self.guarded(self.inner).request(method, path, **more)

    def _renew(self, refusal: KeyRefused | RanOut) -> None:
        inner, version = self.keys.renewed(self.account, self.version)
        if version == self.version:
            raise refusal
        self._take(inner, version)

    def _take(self, inner: Client, version: int) -> None:
        """Go on with a newer key. What was checked about whose key it is must stay true: the database may have been
        given somebody else's meanwhile."""
        if _who(inner.identity) != _who(self.inner.identity):
            raise Unreachable(_("The account was connected as somebody else meanwhile, so nothing was done."))
        self.inner, self.version = inner, version


def _who(identity: Identity) -> tuple[str, str, str]:
    return identity.network, identity.origin, identity.remote_id

"""What the broker holds: the wrapping key, its own file, the roster, and the way out to the networks."""
from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from countersign.access.vault.sealing import Context, Keyring
from countersign.base.errors import Invalid, Refused, Unreachable
from countersign.base.values import RemoteId, Secret
from countersign.base.words import _
from countersign.content.posts.protocol import Timings
from countersign.networks.contract import Client, Credentials, Identity, SignsIn
from countersign.networks.registry import CONNECTORS, Connector
from countersign.processes.broker import chain, reading
from countersign.processes.broker.barrier import Barrier
from countersign.processes.broker.delivery_book import DeliveryBook
from countersign.processes.broker.journal import Journal, Line
from countersign.processes.broker.keyed import Keyed
from countersign.processes.broker.mail_lines import Lines
from countersign.processes.broker.providers import Providers
from countersign.review.roster import Roster
from countersign.review.statement import iso
from countersign.review.verifying import RelyingParty

TOKEN = "credentials"  # noqa: S105  # the field that an account's sealed credentials are bound to

_AHEAD = timedelta(minutes=15)  # a key is renewed so long before it ends, or in the last quarter of a shorter life
_PAUSE = timedelta(minutes=1)  # between two renewals of a key that is refused although it is fresh


class Held(NamedTuple):
    """An account's newest key: what it is, which version, since when."""

    credentials: Credentials
    version: int
    made_at: datetime


@dataclass
class Office:
    """One broker's whole state. Everything that must outlive it stands in `journal`."""

    organisation: str
    key: Keyring
    key_path: Path
    journal: Journal
    http: httpx.Client
    party: RelyingParty
    redirect_uri: str
    client_id: str
    started_at: datetime
    book: DeliveryBook
    allowed: frozenset[str] = frozenset()  # origins inside a private network that may be connected to
    timings: Timings = field(default_factory=Timings)
    barrier: Barrier = field(default_factory=Barrier)
    roster: Roster = field(default_factory=Roster)
    guard: threading.RLock = field(default_factory=threading.RLock)
    busy: dict[str, threading.Lock] = field(default_factory=dict)
    key_barriers: dict[str, Barrier] = field(default_factory=dict)
    refused: dict[str, datetime] = field(default_factory=dict)  # account → when its key was last renewed for being refused
    lines: Lines = field(default_factory=Lines)  # to mailboxes, kept open between two looks
    providers: Providers = field(default_factory=Providers)
    is_compared: bool = False  # with the database, which may know of posts that our own file forgot

    def one_at_a_time(self, name: str) -> threading.Lock:
        """The lock that keeps two threads from working on the same delivery."""
        with self.guard:
            return self.busy.setdefault(name, threading.Lock())

    def context(self, owner: str, field_name: str, version: int) -> Context:
        """Where a sealed value belongs in this organisation."""
        return Context(self.organisation, owner, field_name, version)

    def read_roster(self) -> None:
        """Rebuild the roster from the journal, verifying every signature again. Refused when one does not hold."""
        self.roster = chain.read(self.journal, party=self.party)

    def grow_roster(self, kind: str, body: dict[str, Any]) -> None:
        """Keep a line about the roster, verified as it will be whenever it is read: in the journal first, then here."""
        with self.guard:
            body = {**body, "at": chain.now()}
            grown = chain.after(self.roster, kind, body, party=self.party)
            self.journal.append(kind, body)
            self.roster = grown

    # --- an account's key ------------------------------------------------------------------------------------------

    def credentials(self, account: str) -> Held:
        """An account's newest credentials: from our own file when a renewal was kept there last."""
        row = reading.secret(account)
        if row is None:
            raise Refused(_("This account is not connected."), remedy=_("Connect it again."))
        sealed, version, made_at = row.sealed, row.version, row.made_at
        kept = self.kept_secret(account)
        if kept is not None and kept.body["version"] > version:
            sealed, version = str(kept.body["sealed"]), int(kept.body["version"])
            made_at = datetime.fromisoformat(kept.body["at"])
        return Held(credentials_of(self.opened(account, sealed, version)), version, made_at)

    def opened(self, account: str, sealed: str, version: int) -> dict[str, Any]:
        """What was sealed as one version of an account's credentials. Refused when it belongs elsewhere."""
        content: dict[str, Any] = json.loads(self.key.open(sealed, self.context(f"account:{account}", TOKEN, version)).reveal())
        return content

    def kept_secret(self, account: str) -> Line | None:
        """The newest key of an account that our own file keeps, if it ever had to."""
        lines = self.journal.lines_where("secret", "account", account)
        return lines[-1] if lines else None

    def sealed_of(self, line: Line) -> str:
        """The sealed value that a line of our file keeps, as it was last wrapped; empty when it keeps none."""
        again = self.journal.lines_where("rewrapped", "line", line.number)
        return str(again[-1].body["sealed"] if again else line.body["sealed"])

    def next_version(self, account: str, version: int) -> int:
        """The version a new key of an account gets: the one asked for, unless our own file is ahead of the database."""
        kept = self.kept_secret(account)
        return max(version, int(kept.body["version"]) + 1) if kept else version

    def seal_credentials(self, account: str, credentials: Credentials, version: int) -> str:
        """Seal credentials for one account, as one version."""
        content = json.dumps(content_of(credentials))
        return self.key.seal(Secret(content), self.context(f"account:{account}", TOKEN, version))

    def key_barrier(self, account: str) -> Barrier:
        """See `keyed.Keys`."""
        with self.guard:
            return self.key_barriers.setdefault(account, Barrier())

    def fresh(self, account: str, *, now: bool = False) -> Held:
        """An account's credentials, renewed first when they end soon, or `now`."""
        held = self.credentials(account)
        if not now and not _ends_soon(held):
            return held
        with self.key_barrier(account).exclusive():
            newest = self.credentials(account)
            return newest if newest.version != held.version else self._renew(account, held)

    def newer(self, account: str, version: int) -> tuple[Client, int] | None:
        """See `keyed.Keys`. Asked before every request, so our own file is asked first, which costs nothing."""
        kept = self.kept_secret(account)
        if kept is None or kept.body["version"] <= version:
            return None
        held = self.credentials(account)
        return (self._carrying(held), held.version) if held.version > version else None

    def renewed(self, account: str, version: int) -> tuple[Client, int]:
        """See `keyed.Keys`. Unreachable when the key was renewed a moment ago and is refused all the same."""
        with self.key_barrier(account).exclusive():
            held = self.credentials(account)
            if held.version == version:
                now = datetime.now(UTC)
                if now - self.refused.get(account, held.made_at - _PAUSE) < _PAUSE:
                    raise Unreachable(_("The network does not take the key it has just renewed; nothing happened there."))
                held = self._renew(account, held)
                self.refused[account] = now
        return self._carrying(held), held.version

    def _renew(self, account: str, held: Held) -> Held:
        """What the network gives is in our own file before anything else happens: a refresh token often works once only."""
        renewed = signs_in(held.credentials.identity.network).refresh(self.http, held.credentials)
        return held if renewed is held.credentials else self.keep(account, renewed, held)

    def keep(self, account: str, fresh: Credentials, before: Held) -> Held:
        """Keep a new key in our own file, as the version after the one it replaces."""
        version, at = before.version + 1, datetime.now(UTC)
        sealed = self.seal_credentials(account, fresh, version)
        self.journal.append("secret", {"account": account, "version": version, "sealed": sealed, "at": iso(at)})
        return Held(fresh, version, at)

    def _carrying(self, held: Held) -> Client:
        return signs_in(held.credentials.identity.network).client(self.http, held.credentials)

    def client(self, account: str) -> tuple[Connector, Keyed]:
        """The connector of an account and a client that carries its newest key."""
        held = self.fresh(account)
        return connector(held.credentials.identity.network), Keyed(self, account, self._carrying(held), held.version)


def _ends_soon(held: Held) -> bool:
    ends_at = held.credentials.expires_at
    if ends_at is None:
        return False
    return ends_at - datetime.now(UTC) < min(_AHEAD, (ends_at - held.made_at) / 4)


def connector(network: str) -> Connector:
    """The connector of a network by name; Invalid when there is none."""
    if network not in CONNECTORS:
        raise Invalid(_("There is no network called {network}."), network=network)
    return CONNECTORS[network]


def signs_in(network: str) -> SignsIn:
    """The same, as what signs in."""
    return connector(network)


def content_of(credentials: Credentials) -> dict[str, Any]:
    """Credentials as JSON, for sealing."""
    identity = credentials.identity
    return {
        "identity": identity_content(identity),
        "secret": credentials.secret.reveal(),
        "expires_at": iso(credentials.expires_at) if credentials.expires_at else "",
        "scopes": list(credentials.scopes),
    }


def identity_content(identity: Identity) -> dict[str, str]:
    """An identity as JSON."""
    return {
        "network": identity.network, "origin": identity.origin, "remote_id": identity.remote_id,
        "handle": identity.handle, "name": identity.name, "url": identity.url, "avatar_url": identity.avatar_url,
    }


def credentials_of(content: dict[str, Any]) -> Credentials:
    """What `content_of` wrote."""
    identity = Identity(**{**content["identity"], "remote_id": RemoteId(content["identity"]["remote_id"])})
    expires = datetime.fromisoformat(content["expires_at"]) if content["expires_at"] else None
    return Credentials(identity, Secret(content["secret"]), expires, tuple(content["scopes"]))

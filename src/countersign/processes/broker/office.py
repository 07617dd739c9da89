"""What the broker holds: the wrapping key, its own file, the roster, and the way out to the networks."""
from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from countersign.access.vault.models import SecretVersion
from countersign.access.vault.sealing import Context, WrappingKey
from countersign.base.errors import Invalid, KeyRefused, Refused, Unreachable
from countersign.base.values import RemoteId, Secret
from countersign.base.words import _
from countersign.content.posts.protocol import Timings
from countersign.networks.contract import Client, Credentials, Identity, SignsIn
from countersign.networks.registry import CONNECTORS, Connector
from countersign.processes.broker.barrier import Barrier
from countersign.processes.broker.delivery_book import DeliveryBook
from countersign.processes.broker.journal import Journal, Line
from countersign.review import roster
from countersign.review.roster import Roster
from countersign.review.statement import iso
from countersign.review.verifying import Assertion, RelyingParty

TOKEN = "credentials"  # noqa: S105  # the field that an account's sealed credentials are bound to


@dataclass
class Office:
    """One broker's whole state. Everything that must outlive it stands in `journal`."""

    organisation: str
    key: WrappingKey
    journal: Journal
    http: httpx.Client
    party: RelyingParty
    redirect_uri: str
    client_id: str
    started_at: datetime
    book: DeliveryBook
    timings: Timings = field(default_factory=Timings)
    barrier: Barrier = field(default_factory=Barrier)
    roster: Roster = field(default_factory=Roster)
    guard: threading.RLock = field(default_factory=threading.RLock)
    busy: dict[str, threading.Lock] = field(default_factory=dict)

    def one_at_a_time(self, name: str) -> threading.Lock:
        """The lock that keeps two threads from working on the same delivery or the same account's key."""
        with self.guard:
            return self.busy.setdefault(name, threading.Lock())

    def context(self, owner: str, field_name: str, version: int) -> Context:
        """Where a sealed value belongs in this organisation."""
        return Context(self.organisation, owner, field_name, version)

    def read_roster(self) -> None:
        """Rebuild the roster from the journal, verifying every signature again. Refused when one does not hold."""
        for line in self.journal.lines("roster"):
            at = datetime.fromisoformat(line.body["at"])
            assertions = [Assertion.of(parts) for parts in line.body["assertions"]]
            self.roster = _grown(self.roster, line.body["entry"], assertions, at=at, party=self.party)

    def grow_roster(self, entry: dict[str, Any], assertions: list[Assertion]) -> Roster:
        """Append a verified entry to the roster: in the journal first, then here."""
        with self.guard:
            at = datetime.now(UTC)
            grown = _grown(self.roster, entry, assertions, at=at, party=self.party)
            body = {"entry": entry, "assertions": [a.parts() for a in assertions], "at": iso(at)}
            self.journal.append("roster", body)
            self.roster = grown
            return grown

    # --- an account's key ------------------------------------------------------------------------------------------

    def credentials(self, account: str) -> tuple[Credentials, int]:
        """An account's newest credentials and their version: from our own file when a refresh was kept there last."""
        sealed, version = self._newest_sealed(account)
        content = json.loads(self.key.open(sealed, self.context(f"account:{account}", TOKEN, version)).reveal())
        return credentials_of(content), version

    def _newest_sealed(self, account: str) -> tuple[str, int]:
        row = SecretVersion.objects.filter(account__uid=account, ended_at__isnull=True).order_by("-version").first()
        if row is None:
            raise Refused(_("This account is not connected."), remedy=_("Connect it again."))
        kept = self.kept_secret(account)
        if kept is not None and kept.body["version"] > row.version:
            return str(kept.body["sealed"]), int(kept.body["version"])
        return row.sealed, row.version

    def kept_secret(self, account: str) -> Line | None:
        """The newest key of an account that our own file keeps, if it ever had to."""
        lines = self.journal.lines_where("secret", "account", account)
        return lines[-1] if lines else None

    def seal_credentials(self, account: str, credentials: Credentials, version: int) -> str:
        """Seal credentials for one account, as one version."""
        content = json.dumps(content_of(credentials))
        return self.key.seal(Secret(content), self.context(f"account:{account}", TOKEN, version))

    def fresh(self, account: str, *, now: bool = False) -> tuple[Credentials, int]:
        """An account's credentials, renewed first when they end within a quarter of an hour, or `now`.

        What the network gave is in our own file before anything else happens: a refresh token often works once only.
        """
        with self.one_at_a_time(f"key:{account}"):
            credentials, version = self.credentials(account)
            if not now and not _ends_soon(credentials, datetime.now(UTC)):
                return credentials, version
            connector = signs_in(credentials.identity.network)
            renewed = connector.refresh(self.http, credentials)
            if renewed is credentials:
                return credentials, version
            version += 1
            sealed = self.seal_credentials(account, renewed, version)
            self.journal.append("secret", {"account": account, "version": version, "sealed": sealed})
            return renewed, version

    def client(self, account: str) -> tuple[Connector, Client]:
        """The connector of an account and a client that carries its key."""
        credentials, version = self.fresh(account)
        network = credentials.identity.network
        inner = signs_in(network).client(self.http, credentials)
        return connector(network), _Careful(inner, lambda: self.credentials(account)[1] == version)


@dataclass(frozen=True, slots=True)
class _Careful:
    """A client that knows whether its key is still the newest: a refusal of an older one says nothing about the account."""

    inner: Client
    is_newest: Callable[[], bool]

    @property
    def identity(self) -> Identity:
        return self.inner.identity

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask as the client does."""
        try:
            return self.inner.request(method, path, **more)
        except KeyRefused as refusal:
            if self.is_newest():
                raise
            raise Unreachable(_("The key was renewed meanwhile, so nothing happened.")) from refusal


def _grown(
    known: Roster, entry: dict[str, Any], assertions: list[Assertion], *, at: datetime, party: RelyingParty
) -> Roster:
    if known.length == 0:
        if len(assertions) != 1:
            raise Refused(_("A roster begins with one signature."))
        return roster.begin(entry, assertions[0], at=at, party=party)
    return roster.extend(known, entry, assertions, at=at, party=party)


def _ends_soon(credentials: Credentials, at: datetime) -> bool:
    return credentials.expires_at is not None and (credentials.expires_at - at).total_seconds() < 15 * 60


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

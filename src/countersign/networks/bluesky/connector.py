"""Bluesky."""
from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from countersign.base.errors import KeyRefused, Rejected
from countersign.base.values import RemoteId, Secret
from countersign.networks.asking import RanOut
from countersign.networks.bluesky import asking, changing, gates, graphemes, keys, proof, publishing, sessions, threads
from countersign.networks.bluesky.asking import Asking
from countersign.networks.bluesky.oauth import OAuth
from countersign.networks.contract import (
    Beginning,
    Change,
    Client,
    Credentials,
    DeliveryFacts,
    Found,
    Guarantee,
    Identity,
    Limits,
    Mentions,
    Publication,
    Published,
    Security,
    Thread,
)

PLC = "https://plc.directory"


class Bluesky:
    """The connector to Bluesky and to other servers of the AT Protocol.

    `plc` is the directory where DIDs are looked up, `client_key` a private JWK with a `kid` whose public half our
    client metadata shows. Deleting somebody else's comment is not possible there.
    """

    delivery = DeliveryFacts(Guarantee.FOR_EVER, reads_back_within=timedelta(0))

    def __init__(self, plc: str = PLC, *, client_key: Secret | None = None) -> None:
        self._plc = plc.rstrip("/")
        self._oauth = OAuth(self._plc, client_key)

    def begin(
        self, http: httpx.Client, *, server: str, handle: str, redirect_uri: str, client_id: str, state: str
    ) -> Beginning:
        """See contract.SignsIn. With an empty `handle` the person says at the server who they are."""
        return self._oauth.begin(
            http, server=server, handle=handle, redirect_uri=redirect_uri, client_id=client_id, state=state
        )

    def finish(self, http: httpx.Client, *, pending: Secret, query: Mapping[str, str]) -> Credentials:
        """See contract.SignsIn."""
        return self._oauth.finish(http, pending=pending, query=query)

    def sign_in(self, http: httpx.Client, *, server: str, handle: str, app_password: Secret) -> Credentials:
        """See contract.SignsInByAppPassword."""
        return sessions.sign_in(http, self._plc, server=server, handle=handle, app_password=app_password)

    def refresh(self, http: httpx.Client, credentials: Credentials) -> Credentials:
        """See contract.SignsIn."""
        return self._oauth.refresh(http, credentials) if _is_oauth(credentials) else sessions.refresh(http, credentials)

    def revoke(self, http: httpx.Client, credentials: Credentials) -> None:
        """See contract.SignsIn."""
        if _is_oauth(credentials):
            self._oauth.revoke(http, credentials)
        else:
            sessions.revoke(http, credentials)

    def client(self, http: httpx.Client, credentials: Credentials) -> Asking:
        """See contract.SignsIn."""
        held = json.loads(credentials.secret.reveal())
        auth = proof.Proof(held["key"], held["access"]) if held["kind"] == "oauth" else sessions.Bearer(held["access"])
        return Asking(http, identity=credentials.identity, auth=auth, expires_at=credentials.expires_at)

    changes: Mapping[str, Change] = {"api_key": Change.BY_PASSWORD, "password": Change.BY_MAIL}
    outlives = changing.OUTLIVES

    def opens(self, http: httpx.Client, identity: Identity, secret: Secret) -> bool:
        """See contract.RotatesSecret."""
        return changing.opens(http, identity, secret)

    def ask_for_code(self, http: httpx.Client, identity: Identity, *, password: Secret) -> None:
        """See contract.RotatesSecret."""
        changing.ask_for_code(http, identity, password=password)

    def change(self, http: httpx.Client, identity: Identity, *, kind: str, name: str, key: Secret, new: Secret) -> Secret:
        """See contract.RotatesSecret. App passwords are made by the PDS; the account's own password is ours to choose."""
        if kind == "password":
            return changing.with_code(http, identity, code=key, new=new)
        return changing.app_password(http, identity, name=name, password=key)

    def end(self, http: httpx.Client, identity: Identity, *, name: str, password: Secret) -> None:
        """See contract.RotatesSecret."""
        changing.end_app_password(http, identity, name=name, password=password)

    def end_session(self, http: httpx.Client, credentials: Credentials) -> datetime | None:
        """See contract.EndsSessions. By OAuth at once; an access token of an app password lives to its own end."""
        if not _is_oauth(credentials):
            return changing.end_session(http, credentials)
        self._oauth.revoke(http, credentials)
        return None

    def is_alive(self, http: httpx.Client, credentials: Credentials) -> bool:
        """See contract.EndsSessions."""
        if not _is_oauth(credentials):
            return changing.is_alive(http, credentials)
        try:
            asking.query(self.client(http, credentials), "com.atproto.server.getSession")
        except (KeyRefused, RanOut):
            return False
        return True

    def new_handle(self, at: datetime, entropy: int) -> str:
        """A record key for a new post; see `keys.handle`."""
        return keys.handle(at, entropy)

    def count(self, text: str) -> int:
        """See contract.Counts."""
        return graphemes.count(text)

    def limits(self, client: Client) -> Limits:
        """See contract.Publishes; they are the same at every server."""
        return Limits(
            graphemes.CHARACTERS, attachments=4, image_bytes=976_560,
            image_types=("image/jpeg", "image/png", "image/webp"), alt_characters=2000,
        )  # fmt: skip

    def prepare(self, client: Client, publication: Publication) -> Publication:
        """See contract.Publishes. The key is tried, which also brings the nonce that the one write would be sent back for."""
        asking.query(client, "com.atproto.server.getSession")
        return publication

    def publish(self, client: Client, publication: Publication) -> Published:
        """See contract.Publishes."""
        return publishing.publish(client, publication)

    def find(self, client: Client, publication: Publication, *, since: datetime) -> Found:
        """See contract.Publishes; `since` is not needed, because the record is asked for by its key."""
        return publishing.find(client, publication)

    def withdraw(self, client: Client, remote_id: RemoteId) -> None:
        """See contract.Withdraws."""
        post = keys.own_post(remote_id, client.identity.remote_id)
        asking.procedure(client, "com.atproto.repo.deleteRecord", repo=post.did, collection=post.collection, rkey=post.key)

    def mentions(self, client: Client, *, cursor: str) -> Mentions:
        """See contract.ReadsComments."""
        return threads.mentions(client, cursor=cursor)

    def thread(self, client: Client, root: RemoteId) -> Thread:
        """See contract.ReadsComments."""
        return threads.thread(client, root)

    def hide(self, client: Client, comment: RemoteId, *, root: RemoteId) -> None:
        """See contract.HidesComments."""
        gates.hide(client, comment, root=root)

    def show(self, client: Client, comment: RemoteId, *, root: RemoteId) -> None:
        """See contract.HidesComments."""
        gates.show(client, comment, root=root)

    def profile(self, client: Client) -> Identity:
        """See contract.ReadsProfile. Where the AppView does not know the account yet, the PDS is believed."""
        was = client.identity
        try:
            told = asking.query(client, "app.bsky.actor.getProfile", actor=was.remote_id)
        except Rejected:
            told = asking.query(client, "com.atproto.repo.describeRepo", repo=was.remote_id)
        name, picture = str(told.get("displayName") or ""), str(told.get("avatar") or "")
        return Identity(was.network, was.origin, was.remote_id, f"@{told.get('handle') or was.handle.removeprefix('@')}", name, was.url, picture)

    def security(self, client: Client) -> Security:
        """See contract.ReadsSecurity: what `getSession` tells. With an app password that is the address and, at Bluesky's
        own servers, whether a code is mailed at each sign-in; a key by OAuth is told neither unless it was given the address."""
        told = asking.query(client, "com.atproto.server.getSession")
        factor = told.get("emailAuthFactor")
        return Security(
            str(told.get("email") or ""), email_confirmed=told.get("emailConfirmed") is True,
            second_factor={True: "on", False: "off"}[factor] if isinstance(factor, bool) else "",
        )  # fmt: skip


def _is_oauth(credentials: Credentials) -> bool:
    return bool(json.loads(credentials.secret.reveal())["kind"] == "oauth")

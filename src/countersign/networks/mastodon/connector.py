"""What can be done at Mastodon and every server that speaks its API: each capability, handed to the file that does it.

Mastodon cannot hide or delete a reader's comment, so neither is here.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import httpx

from countersign.base.errors import KeyRefused
from countersign.base.values import RemoteId, Secret
from countersign.networks.contract import (
    Beginning,
    Client,
    Credentials,
    DeliveryFacts,
    Found,
    Identity,
    Limits,
    Mentions,
    Publication,
    Published,
    Thread,
)
from countersign.networks.mastodon import publishing, reading, signing_in
from countersign.networks.mastodon import server as servers
from countersign.networks.mastodon import text as words


class Mastodon:
    """The connector. Implements SignsIn, EndsSessions, Publishes, Withdraws, ReadsComments, ReadsProfile and Counts."""

    def begin(
        self, http: httpx.Client, *, server: str, handle: str, redirect_uri: str, client_id: str, state: str
    ) -> Beginning:
        """Begin the sign-in; see `contract.SignsIn.begin`. The app is registered on the fly, so `client_id` is unused."""
        return signing_in.begin(http, server=server, redirect_uri=redirect_uri, state=state)

    def finish(self, http: httpx.Client, *, pending: Secret, query: Mapping[str, str]) -> Credentials:
        """Finish the sign-in; see `contract.SignsIn.finish`."""
        return signing_in.finish(http, pending=pending, query=query)

    def refresh(self, http: httpx.Client, credentials: Credentials) -> Credentials:
        """The same credentials, unless the server gave a refresh token: Mastodon's keys do not expire."""
        return signing_in.refresh(http, credentials)

    def revoke(self, http: httpx.Client, credentials: Credentials) -> None:
        """End the key at the server."""
        signing_in.revoke(http, credentials)

    def end_session(self, http: httpx.Client, credentials: Credentials) -> datetime | None:
        """End the key at the server, at once."""
        signing_in.revoke(http, credentials)
        return None

    def is_alive(self, http: httpx.Client, credentials: Credentials) -> bool:
        """Whether the server still knows whose key this is."""
        try:
            self.profile(signing_in.client(http, credentials))
        except KeyRefused:
            return False
        return True

    def client(self, http: httpx.Client, credentials: Credentials) -> Client:
        """The client that carries this key."""
        return signing_in.client(http, credentials)

    @property
    def delivery(self) -> DeliveryFacts:
        """The handle is remembered for a while, and not by every server: what is unknown is settled by reading."""
        return publishing.DELIVERY

    def limits(self, client: Client) -> Limits:
        """What this server lets a post hold."""
        return servers.limits(client)

    def prepare(self, client: Client, publication: Publication) -> Publication:
        """Nothing to do before: pictures are uploaded in `publish`, where they are not visible yet."""
        return publication

    def publish(self, client: Client, publication: Publication) -> Published:
        """Publish once."""
        return publishing.publish(client, publication)

    def find(self, client: Client, publication: Publication, *, since: datetime) -> Found:
        """Look whether it stands among our own posts."""
        return publishing.find(client, publication, since=since)

    def withdraw(self, client: Client, remote_id: RemoteId) -> None:
        """Delete one own post."""
        publishing.withdraw(client, remote_id)

    def mentions(self, client: Client, *, cursor: str) -> Mentions:
        """Which posts of ours were answered since the cursor."""
        return reading.mentions(client, cursor=cursor)

    def thread(self, client: Client, root: RemoteId) -> Thread:
        """Everything under one post of ours."""
        return reading.thread(client, root)

    def profile(self, client: Client) -> Identity:
        """The account as readers see it now."""
        return signing_in.profile(client, client.identity.handle.rpartition("@")[2])

    def count(self, text: str) -> int:
        """Characters as Mastodon counts them."""
        return words.count(text)

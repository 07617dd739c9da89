"""The client that carries one Mastodon account's key."""
from __future__ import annotations

from collections.abc import Generator

import httpx

from countersign.base.values import Secret
from countersign.networks.asking import KeyedClient, as_json


class BearerAuth(httpx.Auth):
    """Puts the access token on each request."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header and send once."""
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


class MastodonClient(KeyedClient):
    """A client that knows how Mastodon-compatible servers say that a token is dead."""

    def is_key_refusal(self, response: httpx.Response) -> bool:
        """A 401 in the server's own words (JSON: not some proxy's page), or an invalid token as 400, as Takahe says it."""
        if response.status_code == 401:
            return isinstance(as_json(response), dict)
        words = response.text[:500].lower()
        return response.status_code == 400 and ("invalid_token" in words or "invalid bearer token" in words)

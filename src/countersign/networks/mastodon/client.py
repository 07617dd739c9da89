"""The client that carries one Mastodon account's key."""
from __future__ import annotations

import httpx

from countersign.networks.asking import KeyedClient, as_json


class MastodonClient(KeyedClient):
    """A client that knows how Mastodon-compatible servers say that a token is dead."""

    def is_key_refusal(self, response: httpx.Response) -> bool:
        """A 401 in the server's own words (JSON: not some proxy's page), or an invalid token as 400, as Takahe says it."""
        if response.status_code == 401:
            return isinstance(as_json(response), dict)
        words = response.text[:500].lower()
        return response.status_code == 400 and ("invalid_token" in words or "invalid bearer token" in words)

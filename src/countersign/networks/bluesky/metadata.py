"""What we tell authorization servers about ourselves, and which rights we ask for."""
from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from countersign.networks.bluesky.addresses import is_loopback
from countersign.networks.bluesky.proof import public

_READS = ("app.bsky.actor.getProfile", "app.bsky.feed.getPostThread", "app.bsky.notification.listNotifications")

SCOPES = (
    "atproto",
    "repo?collection=app.bsky.feed.post&collection=app.bsky.feed.threadgate",
    "blob:image/*",
    "rpc?" + "&".join(f"lxm={method}" for method in _READS) + "&aud=*",
)
SCOPE = " ".join(SCOPES)


def client_metadata(origin: str, redirect_uri: str, *, client_key: dict[str, str] | None = None) -> dict[str, Any]:
    """The document served at our `client_id`, a stable https address of `origin`, which servers fetch to know us.

    With a `client_key` (a JWK, of which only the public half is shown, named by its `kid`) we prove ourselves to
    servers, and they then keep a sign-in for years instead of two weeks.
    """
    told: dict[str, Any] = {
        "client_id": client_id(origin),
        "client_name": "Countersign",
        "client_uri": origin,
        "application_type": "web",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": SCOPE,
        "dpop_bound_access_tokens": True,
        "token_endpoint_auth_method": "none",
    }
    if client_key:
        shown = {**public(client_key), "kid": client_key["kid"], "alg": "ES256", "use": "sig"}
        told |= {"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256", "jwks": {"keys": [shown]}}
    return told


def client_id(origin: str) -> str:
    """The address where `client_metadata` is to be served."""
    return f"{origin}/oauth/bluesky/client-metadata.json"


def spoken_client_id(given: str, redirect_uri: str) -> str:
    """The client id to use: what was given, or for a redirect to loopback the one that stands for development."""
    if not is_loopback(redirect_uri):
        return given
    return "http://localhost?" + urlencode({"redirect_uri": redirect_uri, "scope": SCOPE})

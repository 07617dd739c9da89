"""Signing in to a practice network: OAuth 2 with PKCE, a public client that registers itself."""
from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from countersign.base.errors import Invalid, KeyRefused, Refused, Rejected, Throttled, Unreachable
from countersign.base.values import RemoteId, Secret
from countersign.base.words import _
from countersign.networks.asking import Bearer, KeyedClient, brief, retry_at
from countersign.networks.contract import Beginning, Credentials, Identity

SCOPES = "read write moderate"


class PracticeClient(KeyedClient):
    """One account's key at one practice network."""

    def is_key_refusal(self, response: httpx.Response) -> bool:
        """Only a 401 that says `invalid_token`: anything before the network could answer 401 for itself."""
        return response.status_code == 401 and _said(response).get("error") == "invalid_token"


def begin(http: httpx.Client, *, server: str, handle: str, redirect_uri: str, state: str) -> Beginning:
    """Register at the server and say where the browser goes. Raises Invalid when it is no practice network."""
    _require_practice_network(http, server)
    client_id = _registered(http, server, redirect_uri)
    verifier = secrets.token_urlsafe(48)
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "scope": SCOPES, "state": state,
        "code_challenge": _challenge(verifier), "code_challenge_method": "S256", "login_hint": handle,
    }  # fmt: skip
    pending = {
        "server": server, "client_id": client_id, "redirect_uri": redirect_uri, "state": state, "verifier": verifier,
    }  # fmt: skip
    return Beginning(f"{server}/oauth/authorize?{urlencode(asked)}", Secret(json.dumps(pending)))


def finish(http: httpx.Client, *, pending: Secret, query: Mapping[str, str]) -> Credentials:
    """Credentials for the code in the callback. Raises Refused for a refusal, a wrong state or a wrong issuer."""
    kept = json.loads(pending.reveal())
    _require_answer_to(kept, query)
    asked = {
        "grant_type": "authorization_code", "code": query["code"], "client_id": kept["client_id"],
        "redirect_uri": kept["redirect_uri"], "code_verifier": kept["verifier"],
    }  # fmt: skip
    tokens = _good(_asked(http, "POST", f"{kept['server']}/oauth/token", data=asked))
    secret = _secret(kept["client_id"], tokens, refresh_token="")
    identity = who(http, kept["server"], secret)
    return Credentials(identity, secret, _expiry(tokens), tuple(str(tokens.get("scope", "")).split()))


def refresh(http: httpx.Client, credentials: Credentials) -> Credentials:
    """Fresh credentials for the same identity. Raises KeyRefused on `invalid_grant` alone."""
    kept = json.loads(credentials.secret.reveal())
    asked = {"grant_type": "refresh_token", "refresh_token": kept["refresh_token"], "client_id": kept["client_id"]}
    response = _asked(http, "POST", f"{credentials.identity.origin}/oauth/token", data=asked)
    if response.status_code == 400 and _said(response).get("error") == "invalid_grant":
        raise KeyRefused(_("The practice network no longer accepts our key."), remedy=_("Connect the account again."))
    tokens = _good(response)
    secret = _secret(kept["client_id"], tokens, refresh_token=kept["refresh_token"])
    return Credentials(credentials.identity, secret, _expiry(tokens), credentials.scopes)


def revoke(http: httpx.Client, credentials: Credentials) -> None:
    """End the key at the network; it may have ended already."""
    kept = json.loads(credentials.secret.reveal())
    asked = {"token": kept["refresh_token"], "client_id": kept["client_id"]}
    response = _asked(http, "POST", f"{credentials.identity.origin}/oauth/revoke", data=asked)
    if response.status_code != 200:
        raise Rejected(_("The practice network did not end the key: {answer}"), answer=brief(response))


def client(http: httpx.Client, credentials: Credentials) -> PracticeClient:
    """The client that carries this key."""
    return _client(http, credentials.identity, credentials.secret)


def who(http: httpx.Client, server: str, secret: Secret) -> Identity:
    """Which account this key belongs to."""
    unknown = Identity("practice", server, RemoteId(""), "")
    return identity(_client(http, unknown, secret).request("GET", "/api/v1/account").json(), server)


def identity(told: Mapping[str, Any], server: str) -> Identity:
    """An account in the network's words, in ours. Raises Unreachable when it is none."""
    try:
        return Identity(
            network="practice", origin=server, remote_id=RemoteId(told["id"]), handle=f"@{told['handle']}",
            name=told["name"], url=told["url"], avatar_url=told["avatar_url"],
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise Unreachable(_("The practice network gave no usable answer.")) from error


def _client(http: httpx.Client, identity: Identity, secret: Secret) -> PracticeClient:
    token = Secret(json.loads(secret.reveal())["access_token"])
    return PracticeClient(http, identity=identity, api=identity.origin, auth=Bearer(token))


def _require_practice_network(http: httpx.Client, server: str) -> None:
    response = _asked(http, "GET", f"{server}/.well-known/oauth-authorization-server")
    told = _said(response) if response.status_code == 200 else {}
    if told.get("practice_network") is not True:
        raise Invalid(_("There is no practice network at {server}."), field="server", server=server)
    if told.get("issuer") != server:
        raise Invalid(_("This practice network calls itself {issuer}. Connect it by that address."), field="server", issuer=told.get("issuer"))


def _registered(http: httpx.Client, server: str, redirect_uri: str) -> str:
    asked = {"client_name": "Countersign", "redirect_uris": [redirect_uri], "scope": SCOPES}
    told = _good(_asked(http, "POST", f"{server}/oauth/register", json=asked))
    return str(told["client_id"])


def _require_answer_to(kept: Mapping[str, str], query: Mapping[str, str]) -> None:
    if not secrets.compare_digest(query.get("state", "").encode(), kept["state"].encode()):
        raise Refused(_("This answer does not belong to the connection you began."), remedy=_("Begin again."))
    if query.get("iss") != kept["server"]:
        raise Refused(_("This answer comes from another server than the one you began with."), remedy=_("Begin again."))
    if query.get("error") == "access_denied":
        raise Refused(_("The practice network says that access was refused."), remedy=_("Begin again and choose Allow."))
    if query.get("error") or not query.get("code"):
        said = query.get("error_description") or query.get("error") or "-"
        raise Refused(_("The practice network did not connect the account: {answer}"), answer=said[:200])


def _asked(http: httpx.Client, method: str, url: str, **content: Any) -> httpx.Response:
    try:
        response = http.request(method, url, follow_redirects=False, **content)
    except httpx.HTTPError as error:
        raise Unreachable(_("The practice network could not be reached.")) from error
    if response.status_code == 429:
        raise Throttled(_("The network asks us to wait."), retry_at=retry_at(response, now=datetime.now(UTC)))
    if response.status_code >= 500:
        raise Unreachable(_("The practice network gave no usable answer."))
    return response


def _good(response: httpx.Response) -> dict[str, Any]:
    if response.status_code >= 300:
        raise Rejected(_("The practice network refused: {answer}"), answer=brief(response))
    said = _said(response)
    if not said:
        raise Unreachable(_("The practice network gave no usable answer."))
    return said


def _said(response: httpx.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _secret(client_id: str, tokens: Mapping[str, Any], *, refresh_token: str) -> Secret:
    access = tokens.get("access_token")
    if not access:
        raise Unreachable(_("The practice network gave no usable answer."))
    kept = {"client_id": client_id, "access_token": access, "refresh_token": tokens.get("refresh_token") or refresh_token}
    return Secret(json.dumps(kept))


def _expiry(tokens: Mapping[str, Any]) -> datetime | None:
    seconds = tokens.get("expires_in")
    return datetime.now(UTC) + timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else None


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()

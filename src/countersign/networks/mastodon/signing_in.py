"""Signing in at a Mastodon-compatible server: OAuth 2 with an app registered on the fly, PKCE and state.

PKCE is always sent: a server that does not know it ignores it, and one that does is protected.
"""
from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from countersign.base.errors import Invalid, KeyRefused, Refused, Rejected, Unreachable
from countersign.base.values import RemoteId, Secret
from countersign.base.words import _
from countersign.networks.asking import Bearer, as_json, brief
from countersign.networks.contract import Beginning, Client, Credentials, Identity
from countersign.networks.mastodon import server as servers
from countersign.networks.mastodon.client import MastodonClient
from countersign.networks.mastodon.entities import Entity, entity, number_at, text_at

NARROW = ("read:accounts", "read:statuses", "read:notifications", "write:statuses", "write:media")
BROAD = ("read", "write")


def begin(http: httpx.Client, *, server: str, redirect_uri: str, state: str) -> Beginning:
    """Recognise the server, register there, and say where the browser must go."""
    server = server.rstrip("/")
    if not server:
        raise Invalid(_("Give the address of the server."), field="server")
    said = servers.recognise(http, server)
    facts = servers.sign_in_facts(http, server)
    app, scopes = _register(http, server, redirect_uri, _scopes_to_ask(said, facts))
    verifier = secrets.token_urlsafe(48)
    pending = {
        "server": server, "host": servers.handle_host(server, said), "state": state, "verifier": verifier,
        "redirect_uri": redirect_uri, "client_id": text_at(app, "client_id"), "client_secret": text_at(app, "client_secret"),
        "scopes": list(scopes), "token_url": facts.token_url, "revoke_url": facts.revoke_url, "issuer": facts.issuer,
    }  # fmt: skip
    query = {
        "response_type": "code", "client_id": pending["client_id"], "redirect_uri": redirect_uri,
        "scope": " ".join(scopes), "state": state, "code_challenge": _challenge(verifier), "code_challenge_method": "S256",
    }  # fmt: skip
    joint = "&" if urlsplit(facts.authorize_url).query else "?"
    return Beginning(facts.authorize_url + joint + urlencode(query), Secret(json.dumps(pending)))


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _scopes_to_ask(said: Entity, facts: servers.SignInFacts) -> tuple[str, ...]:
    """The least scopes; `read write` where the server is known to know no others."""
    knows_narrow = not facts.scopes or set(NARROW) <= set(facts.scopes)
    return NARROW if knows_narrow and "pixelfed" not in text_at(said, "version").lower() else BROAD


def _register(
    http: httpx.Client, server: str, redirect_uri: str, scopes: tuple[str, ...]
) -> tuple[Entity, tuple[str, ...]]:
    """Register our app; once more with broad scopes where the narrow ones are refused."""
    fields = {"client_name": "Countersign", "redirect_uris": redirect_uri, "scopes": " ".join(scopes)}
    answer = servers.ask(http, "POST", server + "/api/v1/apps", data=fields)
    if answer.status_code in {400, 422} and scopes != BROAD:
        return _register(http, server, redirect_uri, BROAD)
    app = servers.require_answered(answer)
    if not text_at(app, "client_id") or not text_at(app, "client_secret"):
        raise Rejected(_("{host} did not let Countersign register."), host=urlsplit(server).netloc)
    return app, scopes


def finish(http: httpx.Client, *, pending: Secret, query: Mapping[str, str]) -> Credentials:
    """Exchange the code that the browser brought back, and ask whose account it is."""
    kept: Entity = json.loads(pending.reveal())
    _require_ours(kept, query)
    token = _exchange(http, kept, query["code"])
    secret = {name: kept[name] for name in ("client_id", "client_secret", "token_url", "revoke_url", "host")}
    secret |= {"access_token": text_at(token, "access_token"), "refresh_token": text_at(token, "refresh_token")}
    given = tuple(text_at(token, "scope").split()) or tuple(kept["scopes"])
    nobody = Identity("mastodon", kept["server"], RemoteId(""), "")
    found = Credentials(nobody, Secret(json.dumps(secret)), _expiry(token), given)
    return Credentials(profile(client(http, found), kept["host"]), found.secret, found.expires_at, given)


def _require_ours(kept: Entity, query: Mapping[str, str]) -> None:
    """Refuse a callback that does not answer what we began."""
    if not hmac.compare_digest(query.get("state", "").encode(), kept["state"].encode()):
        raise Refused(_("This answer does not belong to the sign-in that was begun."), remedy=_("Begin again."))
    issuer = query.get("iss", "")
    if kept["issuer"] and not hmac.compare_digest(issuer.encode(), kept["issuer"].encode()):
        raise Refused(_("This answer comes from another server than the one that was asked."), remedy=_("Begin again."))
    if query.get("error") == "access_denied":
        raise Refused(_("The sign-in was declined at the network."), remedy=_("Begin again and allow Countersign there."))
    if "error" in query or not query.get("code"):
        said = (query.get("error_description") or query.get("error") or "")[:200]
        raise Refused(_("The network ended the sign-in: {said}"), remedy=_("Begin again."), said=said)


def _exchange(http: httpx.Client, kept: Entity, code: str) -> Entity:
    fields = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": kept["redirect_uri"],
        "client_id": kept["client_id"], "client_secret": kept["client_secret"], "code_verifier": kept["verifier"],
        "scope": " ".join(kept["scopes"]),
    }  # fmt: skip
    token = servers.require_answered(servers.ask(http, "POST", kept["token_url"], data=fields))
    if not text_at(token, "access_token"):
        raise Rejected(_("The network accepted the sign-in but gave no key."), remedy=_("Begin again."))
    return token


def _expiry(token: Entity) -> datetime | None:
    """When the key ends; Mastodon's own keys do not."""
    seconds = number_at(token, "expires_in")
    if seconds is None or not text_at(token, "refresh_token"):
        return None
    return datetime.now(UTC) + timedelta(seconds=min(seconds, 10**9))


def client(http: httpx.Client, credentials: Credentials) -> MastodonClient:
    """The client that carries this key."""
    token = Secret(_opened(credentials)["access_token"])
    return MastodonClient(http, identity=credentials.identity, api=credentials.identity.origin, auth=Bearer(token))


def _opened(credentials: Credentials) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(credentials.secret.reveal())
    return kept


def profile(client: Client, host: str) -> Identity:
    """Whose key this is, as readers see the account now. `host` stands after the @ of its full name."""
    said = entity(as_json(client.request("GET", "/api/v1/accounts/verify_credentials")))
    if not text_at(said, "id") or not (text_at(said, "acct") or text_at(said, "username")):
        raise Unreachable(_("The network gave no usable answer."))
    return Identity(
        network="mastodon", origin=client.identity.origin, remote_id=RemoteId(text_at(said, "id")),
        handle=full_name(text_at(said, "acct") or text_at(said, "username"), host),
        name=text_at(said, "display_name"), url=text_at(said, "url"), avatar_url=text_at(said, "avatar"),
    )  # fmt: skip


def full_name(account: str, host: str) -> str:
    """`@user@host`, also for an account of the server itself, which it names without a host."""
    name = account.removeprefix("@")
    return f"@{name}" if "@" in name else f"@{name}@{host}"


def refresh(http: httpx.Client, credentials: Credentials) -> Credentials:
    """Fresh credentials where the server gave a refresh token; the same ones otherwise. An empty answer changes nothing."""
    kept = _opened(credentials)
    if not kept.get("refresh_token"):
        return credentials
    fields = {
        "grant_type": "refresh_token", "refresh_token": kept["refresh_token"],
        "client_id": kept["client_id"], "client_secret": kept["client_secret"],
    }  # fmt: skip
    answer = servers.ask(http, "POST", kept["token_url"], data=fields)
    if answer.status_code in {400, 401} and "invalid_grant" in answer.text[:500]:
        raise KeyRefused(_("The network no longer accepts our key."), remedy=_("Connect the account again."))
    token = servers.require_answered(answer)
    if not text_at(token, "access_token"):
        raise Unreachable(_("The network gave no usable answer."))
    kept["access_token"] = text_at(token, "access_token")
    kept["refresh_token"] = text_at(token, "refresh_token") or kept["refresh_token"]
    scopes = tuple(text_at(token, "scope").split()) or credentials.scopes
    return Credentials(credentials.identity, Secret(json.dumps(kept)), _expiry(token | {"refresh_token": "kept"}), scopes)


def revoke(http: httpx.Client, credentials: Credentials) -> None:
    """End the key at the server. A refusal counts as done only when the key is dead there already."""
    kept = _opened(credentials)
    for token in filter(None, (kept.get("refresh_token"), kept["access_token"])):
        fields = {"client_id": kept["client_id"], "client_secret": kept["client_secret"], "token": token}
        answer = servers.ask(http, "POST", kept["revoke_url"], data=fields)
    if answer.status_code < 300:
        return
    if 300 <= answer.status_code < 500 and answer.status_code not in {408, 429}:
        _require_dead(http, credentials, answer)
        return
    servers.require_answered(answer)


def _require_dead(http: httpx.Client, credentials: Credentials, answer: httpx.Response) -> None:
    try:
        client(http, credentials).request("GET", "/api/v1/accounts/verify_credentials")
    except KeyRefused:
        return
    raise Rejected(
        _("The network did not end our key: {answer}"), answer=brief(answer), status=answer.status_code,
        remedy=_("Remove Countersign in the account's settings there, under authorised apps."),
    )  # fmt: skip

"""Signing in by OAuth as the AT Protocol shapes it: pushed request, PKCE, DPoP, and proof of whose account it is."""
from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from countersign.base.errors import Invalid, KeyRefused, Refused, Rejected, Unreachable
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.networks.asking import brief
from countersign.networks.bluesky import addresses, proof
from countersign.networks.bluesky.addresses import AuthorizationServer, Home
from countersign.networks.bluesky.asking import at_known_server, fields, reason
from countersign.networks.bluesky.metadata import SCOPE, spoken_client_id
from countersign.networks.contract import Beginning, Credentials, Identity

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SECONDS = 600  # how long a token is believed good when the server does not say


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in at one authorization server; as JSON it is what the vault keeps."""

    issuer: str
    token_url: str
    revoke_url: str
    client_id: str
    key: dict[str, str]
    access: str
    refresh: str
    kind: str = "oauth"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What must be known again when the browser comes back."""

    server: dict[str, str]
    client_id: str
    redirect_uri: str
    key: dict[str, str]
    state: str
    verifier: str
    did: str


@dataclass(frozen=True, slots=True)
class OAuth:
    """The sign-in, knowing the directory of DIDs and, where there is one, the key by which we prove who we are."""

    plc: str
    client_key: Secret | None = None

    def begin(
        self, http: httpx.Client, *, server: str, handle: str, redirect_uri: str, client_id: str, state: str
    ) -> Beginning:
        """Find the authorization server, push the request there, and say where the browser goes."""
        did, at = self._find(http, server, handle)
        spoken = spoken_client_id(client_id, redirect_uri)
        waiting = Waiting(asdict(at), spoken, redirect_uri, proof.new_key(), state, secrets.token_urlsafe(48), did)
        asked = {
            "redirect_uri": redirect_uri, "response_type": "code", "scope": SCOPE, "state": state,
            "code_challenge": proof.b64(hashlib.sha256(waiting.verifier.encode()).digest()), "code_challenge_method": "S256",
        } | ({"login_hint": did or handle} if did or handle else {})  # fmt: skip
        answer = self._post(http, at.par, waiting.client_id, at.issuer, waiting.key, asked)
        pushed = str(fields(answer).get("request_uri") or "")
        if not answer.is_success or not pushed:
            raise Invalid(_("{server} does not let us ask for a sign-in: {answer}"), server=at.issuer, answer=brief(answer))
        return Beginning(f"{at.authorize}?{urlencode({'client_id': spoken, 'request_uri': pushed})}", Secret(json.dumps(asdict(waiting))))

    def _find(self, http: httpx.Client, server: str, handle: str) -> tuple[str, AuthorizationServer]:
        if handle:
            home = addresses.home(http, self.plc, addresses.did_of(http, server, handle))
            return home.did, addresses.authorization_server(http, addresses.issuer_of(http, home.pds))
        server = addresses.origin(server or addresses.ENTRANCE)
        try:
            issuer = addresses.issuer_of(http, server)
        except Invalid:
            issuer = server  # a server that only signs people in, such as bsky.social, holds no repositories
        return "", addresses.authorization_server(http, issuer)

    def finish(self, http: httpx.Client, *, pending: Secret, query: Mapping[str, str]) -> Credentials:
        """Exchange the code, and believe the account named only when its own PDS names this authorization server."""
        waiting = Waiting(**json.loads(pending.reveal()))
        at = AuthorizationServer(**waiting.server)
        _require_ours(waiting, at, query)
        asked = {
            "grant_type": "authorization_code", "code": query["code"],
            "redirect_uri": waiting.redirect_uri, "code_verifier": waiting.verifier,
        }  # fmt: skip
        answer = self._post(http, at.token, waiting.client_id, at.issuer, waiting.key, asked)
        told = fields(answer)
        if not answer.is_success:
            raise Rejected(_("{server} did not accept the sign-in: {answer}"), server=at.issuer, answer=brief(answer))
        session = Session(at.issuer, at.token, at.revoke, waiting.client_id, waiting.key, *tokens(told, refresh=""))
        try:
            home = self._proven(http, at.issuer, str(told.get("sub") or ""), waiting.did)
        except (Refused, Invalid, Unreachable):
            self._end(http, session)  # a sign-in nobody will use must not go on living there
            raise
        return _credentials(addresses.identity(http, home), session, told)

    def _proven(self, http: httpx.Client, issuer: str, sub: str, expected: str) -> Home:
        if expected and sub != expected:
            raise Refused(_("Another account was signed in than the one that was asked for."))
        home = addresses.home(http, self.plc, sub)
        if addresses.issuer_of(http, home.pds) != issuer:
            raise Refused(_("{server} does not speak for the account it signed in."), server=issuer)
        return home

    def refresh(self, http: httpx.Client, credentials: Credentials) -> Credentials:
        """New tokens. The old refresh token serves once only; where no new one comes, the old one is kept."""
        session = Session(**json.loads(credentials.secret.reveal()))
        asked = {"grant_type": "refresh_token", "refresh_token": session.refresh}
        answer = self._post(http, session.token_url, session.client_id, session.issuer, session.key, asked)
        if reason(answer) == "invalid_grant":
            raise KeyRefused(_("The network no longer accepts our key."), remedy=_("Connect the account again."))
        told = fields(answer)
        if not answer.is_success or not told.get("access_token"):
            raise Unreachable(_("The network did not renew our key: {answer}"), answer=brief(answer))
        if told.get("sub") != credentials.identity.remote_id:
            raise Refused(_("The network renewed a key for another account."))
        access, again = tokens(told, refresh=session.refresh)
        return _credentials(credentials.identity, Session(**{**asdict(session), "access": access, "refresh": again}), told)

    def revoke(self, http: httpx.Client, credentials: Credentials) -> None:
        """End the sign-in at the authorization server; ended already is no error."""
        answer = self._end(http, Session(**json.loads(credentials.secret.reveal())))
        if not answer.is_success and reason(answer) not in {"invalid_token", "invalid_grant"}:
            raise Rejected(_("The network did not end the key: {answer}"), answer=brief(answer))

    def _end(self, http: httpx.Client, session: Session) -> httpx.Response:
        asked = {"token": session.refresh or session.access}
        return self._post(http, session.revoke_url, session.client_id, session.issuer, session.key, asked)

    def _post(
        self, http: httpx.Client, url: str, client_id: str, issuer: str, key: dict[str, str], asked: dict[str, str]
    ) -> httpx.Response:
        data = {"client_id": client_id, **asked, **self._assertion(client_id, issuer)}
        return at_known_server(http, "POST", url, data=data, auth=proof.Proof(key))

    def _assertion(self, client_id: str, issuer: str) -> dict[str, str]:
        if self.client_key is None or addresses.is_loopback(client_id):
            return {}
        key, now = json.loads(self.client_key.reveal()), int(time.time())
        claims = {"iss": client_id, "sub": client_id, "aud": issuer, "jti": secrets.token_urlsafe(16), "iat": now, "exp": now + 60}
        return {"client_assertion_type": _ASSERTION, "client_assertion": proof.sign(key, claims, {"kid": key["kid"]})}


def _require_ours(waiting: Waiting, at: AuthorizationServer, query: Mapping[str, str]) -> None:
    if not hmac.compare_digest(query.get("state", "").encode(), waiting.state.encode()):
        raise Refused(_("This is not the answer to a sign-in that was begun here."), remedy=_("Begin again."))
    if query.get("iss") != at.issuer:
        raise Refused(_("The answer comes from another server than the one that was asked."), remedy=_("Begin again."))
    if "error" in query:
        remedy = _("Begin again, and allow Countersign there.")
        raise Refused(_("The network did not let us in: {answer}"), remedy=remedy, answer=_said(query))
    if not query.get("code"):
        raise Refused(_("The network's answer holds no code."), remedy=_("Begin again."))


def _said(query: Mapping[str, str]) -> str:
    return (query.get("error_description") or query["error"])[:200]


def tokens(told: Mapping[str, Any], *, refresh: str) -> tuple[str, str]:
    """The access token and the refresh token of an answer; where no new refresh token comes, `refresh` is kept."""
    return str(told.get("access_token") or ""), str(told.get("refresh_token") or refresh)


def _credentials(identity: Identity, session: Session, told: Mapping[str, Any]) -> Credentials:
    scopes = tuple(str(told.get("scope") or "").split())
    if "atproto" not in scopes or str(told.get("token_type")).lower() != "dpop" or not session.access:
        raise Refused(_("The network granted less than we asked for."))
    lasts = told.get("expires_in")
    ends = datetime.now(UTC) + timedelta(seconds=lasts if isinstance(lasts, int) else _SECONDS)
    return Credentials(identity, Secret(json.dumps(asdict(session))), ends, scopes)

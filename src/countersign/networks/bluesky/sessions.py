"""Signing in by an app password, kept for servers where OAuth cannot be had.

The password itself is not kept: only the session it opens. Ending that session ends our key at once for reading anew,
while an access token already given out lives on for its two hours; OAuth is better there too.
"""
from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt

from countersign.base.errors import KeyRefused, Refused, Rejected, Unreachable
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.networks.asking import brief
from countersign.networks.bluesky import addresses
from countersign.networks.bluesky.asking import at_known_server, fields, reason, without_key
from countersign.networks.contract import Credentials, Identity

_DEAD = {"ExpiredToken", "InvalidToken"}
_OWN_PASSWORD = "com.atproto.access"  # noqa: S105  # the scope a session has when it was opened with the account's own password


@dataclass(frozen=True, slots=True)
class Session:
    """A session at a PDS; as JSON it is what the vault keeps."""

    access: str
    refresh: str
    kind: str = "app password"


class Bearer(httpx.Auth):
    """Carries a plain token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See httpx.Auth."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def sign_in(http: httpx.Client, plc: str, *, server: str, handle: str, app_password: Secret) -> Credentials:
    """Open a session. Raises Refused for a wrong password, and for the account's own password, which opens everything."""
    name = addresses.tidy(handle)
    server, given = server or addresses.ENTRANCE, {"identifier": name, "password": app_password.reveal()}
    answer = without_key(http, "POST", f"{server}/xrpc/com.atproto.server.createSession", json=given)
    told = fields(answer)
    if not answer.is_success or not told.get("accessJwt"):
        raise Refused(_("{server} does not accept this app password: {answer}"), server=server, answer=brief(answer))
    session = Session(str(told["accessJwt"]), str(told.get("refreshJwt") or ""))
    if _claims(session.access).get("scope") == _OWN_PASSWORD:
        _end(http, server, session)
        raise Refused(_("This is the account's own password."), remedy=_("Make an app password at Bluesky and use that."))
    home = addresses.home(http, plc, str(told.get("did") or ""))
    return _credentials(addresses.identity(http, home), session)


def refresh(http: httpx.Client, credentials: Credentials) -> Credentials:
    """A new pair of tokens. KeyRefused when the session or its app password was ended."""
    held = Session(**json.loads(credentials.secret.reveal()))
    url = f"{credentials.identity.origin}/xrpc/com.atproto.server.refreshSession"
    answer = at_known_server(http, "POST", url, auth=Bearer(held.refresh))
    if answer.status_code in {400, 401} and reason(answer) in _DEAD:
        raise KeyRefused(_("The network no longer accepts our key."), remedy=_("Connect the account again."))
    told = fields(answer)
    if not answer.is_success or not told.get("accessJwt"):
        raise Unreachable(_("The network did not renew our key: {answer}"), answer=brief(answer))
    if told.get("did") != credentials.identity.remote_id:
        raise Refused(_("The network renewed a key for another account."))
    return _credentials(credentials.identity, Session(str(told["accessJwt"]), str(told.get("refreshJwt") or held.refresh)))


def revoke(http: httpx.Client, credentials: Credentials) -> None:
    """End the session; ended already is no error."""
    answer = _end(http, credentials.identity.origin, Session(**json.loads(credentials.secret.reveal())))
    if not answer.is_success and reason(answer) not in _DEAD:
        raise Rejected(_("The network did not end the key: {answer}"), answer=brief(answer))


def _end(http: httpx.Client, server: str, session: Session) -> httpx.Response:
    return at_known_server(http, "POST", f"{server}/xrpc/com.atproto.server.deleteSession", auth=Bearer(session.refresh))


def _claims(token: str) -> dict[str, Any]:
    """What a token says of itself; nothing is trusted to it."""
    try:
        return dict(jwt.decode(token, options={"verify_signature": False}))
    except jwt.InvalidTokenError:
        return {}


def _credentials(identity: Identity, session: Session) -> Credentials:
    ends = _claims(session.access).get("exp")
    expires_at = datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) else None
    return Credentials(identity, Secret(json.dumps(asdict(session))), expires_at, ("app password",))

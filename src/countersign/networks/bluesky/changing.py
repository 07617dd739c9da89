"""Replacing secrets at a PDS: app passwords with the account's own password, that one with a code the PDS mails.

What this cannot do is measured: an access token that was given out before lives on for its two hours, whatever is revoked,
because the reference server only looks at its signature and its end. Signing in by OAuth has no such tail.
"""
from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from countersign.base.errors import KeyRefused, OutcomeUnknown, Rejected, Unreachable
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.networks.asking import brief
from countersign.networks.bluesky import sessions
from countersign.networks.bluesky.asking import at_known_server, fields, nonsense, reason
from countersign.networks.bluesky.sessions import Bearer
from countersign.networks.contract import Credentials, Identity

OUTLIVES = timedelta(hours=2)  # `createAccessToken` of the reference PDS: 120 minutes
_WRONG = {"AuthenticationRequired", "AuthFactorTokenRequired", "ExpiredToken", "InvalidToken"}
_SERVER = "com.atproto.server"


def opens(http: httpx.Client, identity: Identity, secret: Secret) -> bool:
    """Whether it signs in as this account, as its own password or as an app password."""
    answer = _signed_in(http, identity, secret)
    told = fields(answer)
    if not answer.is_success:
        if reason(answer) not in _WRONG:
            raise Unreachable(_("The network does not say whether it signs in: {answer}"), answer=brief(answer))
        return reason(answer) == "AuthFactorTokenRequired"  # the password was right; only the mailed code is missing
    if told.get("did") != identity.remote_id:
        raise nonsense()
    _close(http, identity, told)
    return True


def ask_for_code(http: httpx.Client, identity: Identity, *, password: Secret) -> None:
    """Have a code mailed to the address that the account itself names."""
    with _Own(http, identity, password) as own:
        mail = str(own.told.get("email") or "")
        if not mail:
            raise Rejected(_("The account has no mail address there."), remedy=_("Change the password by hand."))
        answer = _asked(http, identity, "requestPasswordReset", json={"email": mail})
    if not answer.is_success:
        raise Rejected(_("The network sends no code: {answer}"), answer=brief(answer))


def with_code(http: httpx.Client, identity: Identity, *, code: Secret, new: Secret) -> Secret:
    """The account's own password, changed with the mailed code."""
    given = {"token": code.reveal().strip().upper(), "password": new.reveal()}
    answer = _changed(lambda: _asked(http, identity, "resetPassword", json=given))
    if answer.is_success:
        return new
    if reason(answer) in _WRONG:
        raise KeyRefused(_("The network does not take this code."), remedy=_("Ask for another one."))
    raise Rejected(_("The network did not change the password: {answer}"), answer=brief(answer))


def app_password(http: httpx.Client, identity: Identity, *, name: str, password: Secret) -> Secret:
    """A new app password of this name. One of the same name that nobody knows is ended first."""
    with _Own(http, identity, password) as own:
        own.do("revokeAppPassword", name=name)
        told = fields(own.do("createAppPassword", name=name))
        if not told.get("password"):
            raise OutcomeUnknown(_("The network's answer could not be read."))
        return Secret(str(told["password"]))


def end_app_password(http: httpx.Client, identity: Identity, *, name: str, password: Secret) -> None:
    """End an app password, and every session that it could still renew."""
    with _Own(http, identity, password) as own:
        own.do("revokeAppPassword", name=name)


def is_alive(http: httpx.Client, credentials: Credentials) -> bool:
    """Whether the access token of a session by app password still opens anything."""
    auth = Bearer(json.loads(credentials.secret.reveal())["access"])
    answer = at_known_server(http, "GET", f"{credentials.identity.origin}/xrpc/{_SERVER}.getSession", auth=auth)
    if answer.is_success:
        return True
    if answer.status_code in {400, 401} and reason(answer) in _WRONG:
        return False
    raise Unreachable(_("The network gave no usable answer."))


def end_session(http: httpx.Client, credentials: Credentials) -> datetime | None:
    """End a session by app password; its access token lives to its own end."""
    sessions.revoke(http, credentials)
    ends = credentials.expires_at
    return ends if ends is not None and ends > datetime.now(UTC) else None


class _Own:
    """A session with the account's own password, for as long as a change takes; KeyRefused when it does not sign in."""

    def __init__(self, http: httpx.Client, identity: Identity, password: Secret) -> None:
        self.http, self.identity = http, identity
        answer = _signed_in(http, identity, password)
        self.told = fields(answer)
        if not answer.is_success or self.told.get("did") != identity.remote_id:
            raise KeyRefused(
                _("The account's own password in the vault does not sign in: {answer}"), answer=brief(answer),
                remedy=_("Enter the one that does."),
            )  # fmt: skip

    def __enter__(self) -> _Own:
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it again."""
        _close(self.http, self.identity, self.told)

    def do(self, method: str, **given: object) -> httpx.Response:
        """Call a procedure that changes something. OutcomeUnknown when it may have happened."""
        auth = Bearer(str(self.told.get("accessJwt") or ""))
        answer = _changed(lambda: _asked(self.http, self.identity, method, json=given, auth=auth))
        if answer.is_success:
            return answer
        if reason(answer) == "InvalidToken":
            raise KeyRefused(_("That is an app password."), remedy=_("Enter the account's own password in the vault."))
        raise Rejected(_("The network refused: {answer}"), answer=brief(answer))


def _close(http: httpx.Client, identity: Identity, told: dict[str, Any]) -> None:
    """End a session; that this could not be done must not hide what was done with it."""
    with suppress(Unreachable):
        _asked(http, identity, "deleteSession", auth=Bearer(str(told.get("refreshJwt") or "")))


def _signed_in(http: httpx.Client, identity: Identity, secret: Secret) -> httpx.Response:
    return _asked(http, identity, "createSession", json={"identifier": identity.remote_id, "password": secret.reveal()})


def _asked(http: httpx.Client, identity: Identity, method: str, **request: Any) -> httpx.Response:
    return at_known_server(http, "POST", f"{identity.origin}/xrpc/{_SERVER}.{method}", **request)


def _changed(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """What may have happened although no answer came is not *nothing happened*."""
    try:
        return ask()
    except Unreachable as error:
        if isinstance(error.__cause__, (httpx.ConnectError, httpx.ConnectTimeout)):
            raise
        raise OutcomeUnknown(_("The network did not say whether it was done.")) from error

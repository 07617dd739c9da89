"""Asking a network over HTTP, and saying in our own words what may have happened there."""
from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from countersign.base.errors import Invalid, KeyRefused, NetworkError, OutcomeUnknown, Rejected, Throttled, Unreachable
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.networks.contract import Identity

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class KeyedClient:
    """A `contract.Client`: one account's key, one server, no redirects, one attempt.

    `api` is the origin every path is joined to. `auth` signs each request. `is_key_refusal` tells a definite refusal
    of the key from any other 400, 401 or 403; by default only a 401 is one.
    """

    def __init__(self, http: httpx.Client, *, identity: Identity, api: str, auth: httpx.Auth) -> None:
        self._http, self._identity, self._api, self._auth = http, identity, api.rstrip("/"), auth

    @property
    def identity(self) -> Identity:
        """Whose key it carries."""
        return self._identity

    def is_key_refusal(self, response: httpx.Response) -> bool:
        """Whether this answer says, beyond doubt, that the key is dead."""
        return response.status_code == 401

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | Sequence[str]] | None = None,
        json: object | None = None,
        data: Mapping[str, str | Sequence[str]] | None = None,
        content: bytes | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        changes: bool = False,
    ) -> httpx.Response:
        """Ask once; see `contract.Client.request` for what is raised."""
        try:
            response = self._http.request(
                method, self._api + path, params=params, json=json, data=data, content=content, files=files,
                headers=headers, auth=self._auth, follow_redirects=False,
            )  # fmt: skip
        except _NOT_SENT as error:
            raise Unreachable(_("The network could not be reached, so nothing happened there.")) from error
        except Invalid as error:  # the guard opens this address no longer; nothing was sent
            raise Unreachable(error.template, remedy=error.remedy_template, field="", **error.facts) from error
        except httpx.HTTPError as error:
            raise _perhaps(changes) from error
        self._require_good(response, changes=changes)
        return response

    def _require_good(self, response: httpx.Response, *, changes: bool) -> None:
        status = response.status_code
        if status < 300:
            return
        if status == 429:
            raise Throttled(_("The network asks us to wait."), retry_at=retry_at(response, now=datetime.now(UTC)))
        if status in {400, 401, 403} and self.is_key_refusal(response):
            raise KeyRefused(_("The network no longer accepts our key."), remedy=_("Connect the account again."))
        if 300 <= status < 500 and status != 408:
            raise Rejected(_("The network refused: {answer}"), answer=brief(response), status=status)
        raise _perhaps(changes)


class Bearer(httpx.Auth):
    """Puts an access token on each request."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header and send once."""
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


class RanOut(Unreachable):
    """The key ran out and was not used, so nothing happened there; renewing it helps."""


def _perhaps(changes: bool) -> NetworkError:
    if changes:
        return OutcomeUnknown(_("The network did not say whether it was done."))
    return Unreachable(_("The network gave no usable answer."))


def is_gone(error: Rejected) -> bool:
    """Whether this refusal says that what was asked for is not there (404 or 410)."""
    return error.facts.get("status") in {404, 410}


def as_json(response: httpx.Response) -> object:
    """The answer as a JSON value; None when it is none, whatever the network sent instead."""
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def brief(response: httpx.Response) -> str:
    """The status and the network's own words, at most 200 characters."""
    said = as_json(response)
    words = said.get("error_description") or said.get("message") or said.get("error") if isinstance(said, dict) else ""
    return f"{response.status_code} {str(words or '')[:200]}".strip()


def retry_at(response: httpx.Response, *, now: datetime) -> datetime:
    """When the network says we may ask again: `Retry-After`, a rate-limit reset, else in a minute; at most in an hour."""
    said = response.headers.get("retry-after") or response.headers.get("ratelimit-reset") or ""
    said = said or response.headers.get("x-ratelimit-reset", "")
    try:
        if said.isdecimal():
            number = int(said)
            moment = datetime.fromtimestamp(number, UTC) if number > 1_000_000_000 else now + timedelta(seconds=number)
        elif said[:4].isdecimal():
            moment = datetime.fromisoformat(said)
        else:
            moment = parsedate_to_datetime(said)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        moment = now + timedelta(minutes=1)
    return min(max(moment, now + timedelta(seconds=1)), now + timedelta(hours=1))

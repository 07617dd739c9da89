"""Asking servers of the AT Protocol over HTTP, with a key and without."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from countersign.base.errors import Invalid, Rejected, Throttled, Unreachable
from countersign.base.words import _
from countersign.networks.asking import KeyedClient, RanOut, as_json, brief, retry_at
from countersign.networks.contract import Client, Identity

_DEAD_KEY = {"invalid_token", "InvalidToken"}
_BAD_PROOF = {"invalid_dpop_proof", "use_dpop_nonce"}
_MARGIN = timedelta(seconds=20)


def without_key(http: httpx.Client, method: str, url: str, **request: Any) -> httpx.Response:
    """Ask once without an account's key and follow no redirect. Raises Unreachable, or Throttled, when there is no answer
    to be had; every definite answer comes back, errors as well."""
    try:
        response = http.request(method, url, follow_redirects=False, **request)
    except httpx.HTTPError as error:
        raise Unreachable(
            _("The network could not be reached."), remedy=_("Check what was typed, and try again in a while.")
        ) from error
    if response.status_code == 429:
        raise Throttled(_("The network asks us to wait."), retry_at=retry_at(response, now=datetime.now(UTC)))
    if response.status_code >= 500:
        raise Unreachable(_("The network gave no usable answer."))
    return response


def at_known_server(http: httpx.Client, method: str, url: str, **request: Any) -> httpx.Response:
    """As `without_key`, for an address that was accepted when the account was connected. That the guard opens it no
    longer is a matter of the network now, not of what a person typed: it raises Unreachable."""
    try:
        return without_key(http, method, url, **request)
    except Invalid as error:
        raise Unreachable(error.template, remedy=error.remedy_template) from error


def nonsense() -> Unreachable:
    """The error for an answer that holds something else than the protocol says."""
    return Unreachable(_("The network's answer could not be read."))


def fields(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; an empty one where it holds none."""
    said = as_json(response)
    return said if isinstance(said, dict) else {}


def reason(response: httpx.Response) -> str:
    """The protocol's own name for what went wrong, such as `RecordNotFound` or `invalid_grant`."""
    return str(fields(response).get("error") or "")


class Asking(KeyedClient):
    """A client for one account at its PDS.

    A key that has run out is not sent: the reference server ends the whole session when it sees one. It is told apart
    from a refused one, because renewing it helps. A Rejected carries the protocol's name for it as `facts["error"]`.
    """

    def __init__(self, http: httpx.Client, *, identity: Identity, auth: httpx.Auth, expires_at: datetime | None) -> None:
        super().__init__(http, identity=identity, api=identity.origin, auth=auth)
        self._expires_at = expires_at

    def is_key_refusal(self, response: httpx.Response) -> bool:
        """Only the protocol's own word for it; an account that is taken down or asleep has a good key."""
        return reason(response) in _DEAD_KEY

    def request(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Ask once; see `contract.Client.request`."""
        if self._expires_at and datetime.now(UTC) > self._expires_at - _MARGIN:
            raise _ran_out()
        return super().request(method, path, **request)

    def _require_good(self, response: httpx.Response, *, changes: bool) -> None:
        if response.status_code in {400, 401} and _is_expiry(response):
            raise _ran_out()
        if response.status_code in {400, 401} and reason(response) in _BAD_PROOF:
            remedy = _("See whether the clock of this machine is right.")
            raise Unreachable(_("The network did not take our proof, so nothing happened there."), remedy=remedy)
        if 400 <= response.status_code < 500 and response.status_code not in {408, 429} and not self.is_key_refusal(response):
            said, status = brief(response), response.status_code
            raise Rejected(_("The network refused: {answer}"), answer=said, error=reason(response), status=status)
        super()._require_good(response, changes=changes)


def query(client: Client, method: str, /, **params: str | int) -> dict[str, Any]:
    """Read by an XRPC query."""
    return fields(client.request("GET", f"/xrpc/{method}", params=params))


def procedure(client: Client, method: str, /, **given: object) -> dict[str, Any]:
    """Change something by an XRPC procedure."""
    return fields(client.request("POST", f"/xrpc/{method}", json=given, changes=True))


def record(client: Client, collection: str, key: str) -> Mapping[str, Any] | None:
    """A record of our own as the PDS holds it now (`uri`, `cid`, `value`), or None where there is none."""
    try:
        return query(client, "com.atproto.repo.getRecord", repo=client.identity.remote_id, collection=collection, rkey=key)
    except Rejected as refusal:
        if refusal.facts.get("error") == "RecordNotFound":
            return None
        raise


def write(client: Client, collection: str, key: str, content: object, *, over: str | None) -> dict[str, Any]:
    """Write a record of our own, if what stands there now has the content id `over`; None: if nothing stands there.

    Raises Rejected with the error `InvalidSwap` when something else stands there. Equal bytes twice are one record.
    """
    return procedure(
        client,
        "com.atproto.repo.putRecord",
        repo=client.identity.remote_id, collection=collection, rkey=key, record=content, swapRecord=over,
    )  # fmt: skip


def _is_expiry(response: httpx.Response) -> bool:
    said = fields(response)
    words = str(said.get("message") or said.get("error_description") or "")
    is_late = "expired" in words or '"exp" claim' in words
    return said.get("error") == "ExpiredToken" or (said.get("error") == "invalid_token" and is_late)


def _ran_out() -> RanOut:
    return RanOut(_("The key for this account has run out and must be renewed first; nothing was sent."))

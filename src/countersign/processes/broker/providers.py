"""Providers of sign-on over HTTP: their own document, their keys, and the exchange of a code.

What a provider says of itself is kept for ten minutes, its keys with it; a key that is not among them is asked for once more,
at most twice a minute, so that forged tokens do not make us hammer a provider. Visitors can cause these requests, so only a
few of the broker's threads are ever given to them.
"""
from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from countersign.base.errors import Invalid, Refused, Rejected, Unreachable
from countersign.base.words import _
from countersign.networks.asking import as_json
from countersign.processes.broker.id_tokens import ALGORITHMS

FRESH = 600.0  # seconds for which a provider's document is believed
AGAIN = 30.0  # seconds between two looks for an unknown key
MOST_AT_ONCE, PATIENCE = 8, 2.0  # requests at once; seconds one waits for its turn
_CHECK = _("Check the issuer's address, and that this machine reaches it.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a provider's document says (OpenID Connect Discovery), and its keys."""

    issuer: str
    authorize_url: str
    token_url: str
    userinfo_url: str
    keys_url: str
    names_itself: bool
    logs_out: bool
    algorithms: tuple[str, ...]
    ways: tuple[str, ...]  # in which we may show the client secret
    keys: tuple[Mapping[str, Any], ...]
    read_at: float


@dataclass
class Providers:
    """What is known of providers, by issuer; one a broker."""

    known: dict[str, Facts] = field(default_factory=dict)
    turns: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MOST_AT_ONCE))

    def facts(self, http: httpx.Client, issuer: str, *, older_than: float = FRESH) -> Facts:
        """What the provider says of itself, read anew when what is known is older than so many seconds.

        Raises Invalid where it is no provider or names another issuer, Unreachable where it does not answer.
        """
        found = self.known.get(issuer)
        if found is None or time.monotonic() - found.read_at >= older_than:
            with self.turn():
                found = read_facts(http, issuer)
            self.known[issuer] = found
        return found

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One of the few requests at once; Unreachable when none comes free."""
        if not self.turns.acquire(timeout=PATIENCE):
            raise Unreachable(_("The provider is slow, and others wait for it already."), remedy=_("Try again in a moment."))
        try:
            yield
        finally:
            self.turns.release()


def read_facts(http: httpx.Client, issuer: str) -> Facts:
    """Read a provider's document and keys."""
    said = _document(http, issuer.rstrip("/") + "/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise Invalid(
            _("The provider calls itself {named}."), remedy=_("Enter its issuer exactly so, if it is the right one."),
            field="issuer", named=str(said.get("issuer"))[:200],
        )  # fmt: skip
    addresses = {name: said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    for name, address in addresses.items():
        if not isinstance(address, str) or not _is_safe(address):
            raise Invalid(_("The provider names no usable {name}."), field="issuer", name=name)
    keys = _document(http, str(addresses["jwks_uri"])).get("keys")
    userinfo = said.get("userinfo_endpoint")
    return Facts(
        issuer=issuer, authorize_url=str(addresses["authorization_endpoint"]), token_url=str(addresses["token_endpoint"]),
        userinfo_url=userinfo if isinstance(userinfo, str) and _is_safe(userinfo) else "", keys_url=str(addresses["jwks_uri"]),
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        logs_out=said.get("backchannel_logout_supported") is True,
        algorithms=tuple(one for one in _texts(said, "id_token_signing_alg_values_supported") if one in ALGORITHMS),
        ways=_texts(said, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
        keys=tuple(key for key in keys if isinstance(key, dict)) if isinstance(keys, list) else (),
        read_at=time.monotonic(),
    )  # fmt: skip


def exchange(http: httpx.Client, facts: Facts, fields: Mapping[str, str], *, client_id: str, secret: str) -> dict[str, Any]:
    """Exchange a code for tokens. Refused where the provider does not take it: it was used, or is not ours."""
    basic = bool(secret) and "client_secret_basic" in facts.ways
    sent = {**fields, **({} if basic else {"client_id": client_id}), **({} if basic or not secret else {"client_secret": secret})}
    auth = httpx.BasicAuth(quote(client_id, safe=""), quote(secret, safe="")) if basic else None
    answer = _ask(http, "POST", facts.token_url, data=sent, auth=auth)
    said = as_json(answer)
    if answer.status_code in {400, 401} and isinstance(said, dict) and isinstance(said.get("error"), str):
        raise Refused(_("The provider did not take the sign-in: {error}."), remedy=_("Begin again."), error=said["error"][:80])
    if answer.status_code != 200 or not isinstance(said, dict):
        raise Rejected(_("The provider gave no usable answer."), remedy=_("Begin again; look at its log if it stays so."))
    return said


def user_info(http: httpx.Client, facts: Facts, access_token: str) -> dict[str, Any]:
    """What the provider tells of the person beside the ID token; nothing where it tells nothing."""
    if not facts.userinfo_url or not access_token:
        return {}
    answer = _ask(http, "GET", facts.userinfo_url, headers={"authorization": f"Bearer {access_token}"})
    said = as_json(answer)
    return said if answer.status_code == 200 and isinstance(said, dict) else {}


def _document(http: httpx.Client, url: str) -> dict[str, Any]:
    answer = _ask(http, "GET", url)
    said = as_json(answer)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Unreachable(_("The provider answers, but not now."), remedy=_("Try again in a while."))
    if answer.status_code != 200 or not isinstance(said, dict):
        raise Invalid(_("There is no OpenID provider at this address."), remedy=_CHECK, field="issuer")
    return said


def _ask(http: httpx.Client, method: str, url: str, **more: Any) -> httpx.Response:
    try:
        headers = {"accept": "application/json", **more.pop("headers", {})}
        return http.request(method, url, headers=headers, follow_redirects=False, **more)
    except httpx.HTTPError as error:
        raise Unreachable(_("The provider of sign-on gave no usable answer."), remedy=_CHECK) from error
    except httpx.InvalidURL as error:
        raise Invalid(_("That is no address."), field="issuer") from error


def _is_safe(address: str) -> bool:
    """HTTPS, or this very machine: what the browser is sent to as well as where a code and a secret go."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"})


def _texts(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = said.get(name)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()

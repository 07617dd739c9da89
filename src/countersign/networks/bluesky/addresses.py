"""From a handle to the servers that speak for it: handle, DID, document, PDS, authorization server."""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from countersign.base.errors import Invalid, Unreachable
from countersign.base.values import RemoteId
from countersign.base.words import _
from countersign.networks.bluesky.asking import fields, without_key
from countersign.networks.contract import Identity

ENTRANCE = "https://bsky.social"  # knows every handle of the network, and is asked where no other server is named
_HANDLE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Home:
    """Where an account lives: what its DID's document says, and nobody else."""

    did: str
    pds: str
    handle: str


@dataclass(frozen=True, slots=True)
class AuthorizationServer:
    """The addresses of one OAuth server that we use, all on its own word."""

    issuer: str
    authorize: str
    par: str
    token: str
    revoke: str


def is_loopback(url: str) -> bool:
    """Whether an address means this very machine."""
    return (urlsplit(url).hostname or "") in _LOOPBACK


def origin(url: str) -> str:
    """The scheme and host of an address. Raises Invalid for what is neither https nor on loopback."""
    parts = urlsplit(url)
    is_good = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
    if not is_good or not parts.hostname or parts.username or parts.password:
        raise Invalid(_("{url} is not the address of a server."), url=url[:100])
    return f"{parts.scheme}://{parts.netloc}"


def did_of(http: httpx.Client, server: str, handle: str) -> str:
    """Whose handle it is, asked from `server`, else from the network's entrance. Raises Invalid when it cannot be a handle,
    when it is nobody's, or when the server knows no handles."""
    server = server or ENTRANCE
    name = tidy(handle)
    if name.startswith("did:"):
        return name
    if not _HANDLE.fullmatch(name):
        raise Invalid(
            _("“{handle}” is not a whole handle."), field="handle", handle=handle.strip()[:100],
            remedy=_("A handle ends like a web address: delinde.bsky.social, or a domain of the company. It stands under the name on the account's page."),
        )
    answer = without_key(http, "GET", f"{server}/xrpc/com.atproto.identity.resolveHandle", params={"handle": name})
    did = str(fields(answer).get("did") or "")
    if answer.status_code != 200 or not did.startswith("did:"):
        raise Invalid(
            _("{server} knows no account named {handle}."), field="handle", server=urlsplit(server).netloc, handle=name,
            remedy=_("Compare it, letter by letter, with what stands under the name on the account's page. If the account lives on a server of its own, name that server too."),
        )
    return did


def tidy(handle: str) -> str:
    """A handle as it was typed or pasted, without what comes along: spaces, marks nobody sees, @, the page it was copied from."""
    name = "".join(c for c in handle if unicodedata.category(c) not in {"Cc", "Cf"}).strip().lower()
    for before in ("https://bsky.app/profile/", "at://", "@"):
        name = name.removeprefix(before)
    return name.rstrip("/.")


def home(http: httpx.Client, plc: str, did: str) -> Home:
    """Read the DID's document. Raises Invalid when there is none or it names no PDS."""
    answer = without_key(http, "GET", _document_url(plc, did))
    document = fields(answer)
    pds = next((str(s.get("serviceEndpoint")) for s in _objects(document, "service") if _is_pds(s)), "")
    if answer.status_code != 200 or document.get("id") != did or not pds:
        raise Invalid(_("The directory does not say where the account {did} lives."), did=did)
    names = document.get("alsoKnownAs")
    handles = [str(name).removeprefix("at://") for name in names if str(name).startswith("at://")] if isinstance(names, list) else []
    return Home(did, origin(pds), handles[0] if handles else did)


def handle_of(http: httpx.Client, home: Home) -> str:
    """The account's handle as people write it, if it leads back to the account; else its DID."""
    try:
        is_confirmed = did_of(http, home.pds, home.handle) == home.did
    except (Invalid, Unreachable):
        is_confirmed = False
    return f"@{home.handle}" if is_confirmed else home.did


def identity(http: httpx.Client, home: Home) -> Identity:
    """The account as the rest of Countersign knows it."""
    url = f"https://bsky.app/profile/{home.did}"
    return Identity("bluesky", home.pds, RemoteId(home.did), handle_of(http, home), url=url)


def _document_url(plc: str, did: str) -> str:
    if did.startswith("did:plc:"):
        return f"{plc}/{quote(did, safe=':')}"
    if did.startswith("did:web:") and "/" not in did:
        host = did.removeprefix("did:web:").replace("%3A", ":")
        return f"{origin(f'https://{host}')}/.well-known/did.json"
    raise Invalid(_("{did} is not the name of an account."), field="handle", did=did[:100])


def _is_pds(service: dict[str, Any]) -> bool:
    return str(service.get("id", "")).endswith("#atproto_pds") and service.get("type") == "AtprotoPersonalDataServer"


def _objects(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = document.get(name)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def issuer_of(http: httpx.Client, pds: str) -> str:
    """Which authorization server a PDS names. Raises Invalid where it names none."""
    told = fields(without_key(http, "GET", f"{pds}/.well-known/oauth-protected-resource"))
    named = told.get("authorization_servers")
    if not isinstance(named, list) or len(named) != 1 or told.get("resource") != pds:
        raise Invalid(_("{server} is not a server of the Bluesky network."), field="server", server=pds)
    return origin(str(named[0]))


def authorization_server(http: httpx.Client, issuer: str) -> AuthorizationServer:
    """The addresses an issuer publishes. Raises Invalid when it is not one, or lacks what the AT Protocol asks of it."""
    answer = without_key(http, "GET", f"{issuer}/.well-known/oauth-authorization-server")
    told = fields(answer)
    names = ("issuer", "authorization_endpoint", "pushed_authorization_request_endpoint", "token_endpoint", "revocation_endpoint")
    said = [str(told.get(name) or "") for name in names]
    if answer.status_code != 200 or said[0] != issuer or not all(said) or "ES256" not in _dpop(told):
        raise Invalid(_("{server} is not a server of the Bluesky network."), field="server", server=issuer)
    for url in said[1:]:
        origin(url)
    return AuthorizationServer(*said)


def _dpop(told: dict[str, Any]) -> list[Any]:
    listed = told.get("dpop_signing_alg_values_supported")
    return listed if isinstance(listed, list) else []

"""Which server this is: whether it speaks Mastodon's API, how it wants people to sign in, and what a post may hold."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from countersign.base.errors import Invalid, Rejected, Throttled, Unreachable
from countersign.base.words import _
from countersign.networks.asking import as_json, brief, is_gone, retry_at
from countersign.networks.contract import Client, Limits
from countersign.networks.mastodon.entities import Entity, entity, number_at, text_at
from countersign.networks.mastodon.text import LINK_CHARACTERS

_OURS = ("image/jpeg", "image/png", "image/webp", "image/gif")


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """Where and how a server signs people in. `issuer` is empty when the server does not promise to name itself."""

    authorize_url: str
    token_url: str
    revoke_url: str
    issuer: str = ""
    scopes: tuple[str, ...] = ()


def ask(http: httpx.Client, method: str, url: str, *, data: Mapping[str, str] | None = None) -> httpx.Response:
    """Ask without any account's key; any answer is returned. Raises Unreachable when none came."""
    try:
        return http.request(method, url, data=data, headers={"accept": "application/json"}, follow_redirects=False)
    except httpx.HTTPError as error:
        raise Unreachable(
            _("{host} gave no usable answer."), remedy=_("Check the address and try again in a while."), host=_host(url)
        ) from error


def recognise(http: httpx.Client, server: str) -> Entity:
    """What the server says about itself. Raises Invalid when it does not speak Mastodon's API, or sends us elsewhere."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        answer = ask(http, "GET", server + path)
        if answer.headers.get("location") in {path + "/", f"{server}{path}/"}:
            answer = ask(http, "GET", f"{server}{path}/")
        if answer.is_redirect:
            raise _sent_elsewhere(server, answer)
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Unreachable(_("{host} answers, but not now: {answer}"), host=_host(server), answer=brief(answer))
        said = entity(as_json(answer))
        if answer.status_code == 200 and _is_instance(said):
            return said
    raise Invalid(
        _("{host} is not a server that speaks Mastodon's language."),
        remedy=_("Check the address: it is what stands after the second @ of the account's full name."),
        field="server", host=_host(server),
    )  # fmt: skip


def _is_instance(said: Entity) -> bool:
    return bool(text_at(said, "version") and (text_at(said, "domain") or text_at(said, "uri")))


def _sent_elsewhere(server: str, answer: httpx.Response) -> Invalid:
    return Invalid(
        _("{host} sends us on to {target}."),
        remedy=_("If that is the right server, enter its address instead."),
        field="server", host=_host(server), target=answer.headers.get("location", "?")[:200],
    )  # fmt: skip


def handle_host(server: str, said: Entity) -> str:
    """The part after the @ in the server's full names: its own host, or the domain above it that it speaks for.

    A server may claim any domain; one it does not stand under is not believed.
    """
    own = urlsplit(server).netloc
    claimed = (text_at(said, "domain") or text_at(said, "uri")).removeprefix("https://").removeprefix("http://").strip("/").lower()
    return claimed if "." in claimed and own.endswith("." + claimed) else own


def sign_in_facts(http: httpx.Client, server: str) -> SignInFacts:
    """How the server signs people in: its metadata where it publishes any on its own origin, else Mastodon's usual paths."""
    answer = ask(http, "GET", server + "/.well-known/oauth-authorization-server")
    said = entity(as_json(answer)) if answer.status_code == 200 else {}
    names_itself = said.get("authorization_response_iss_parameter_supported") is True
    known = said.get("scopes_supported")
    return SignInFacts(
        authorize_url=_own(server, said, "authorization_endpoint", "/oauth/authorize"),
        token_url=_own(server, said, "token_endpoint", "/oauth/token"),
        revoke_url=_own(server, said, "revocation_endpoint", "/oauth/revoke"),
        issuer=text_at(said, "issuer") if names_itself else "",
        scopes=tuple(scope for scope in known if isinstance(scope, str)) if isinstance(known, list) else (),
    )


def _own(server: str, said: Entity, name: str, usual: str) -> str:
    """An address from the metadata if it is on the server itself: no other one is spoken to."""
    named = text_at(said, name)
    return named if named.startswith(server + "/") else server + usual


def limits(client: Client) -> Limits:
    """What this server lets a post hold; Mastodon's own figures where the server tells none."""
    said = _instance(client)
    configuration = entity(said.get("configuration"))
    types = entity(configuration.get("media_attachments")).get("supported_mime_types")
    allowed = tuple(mime for mime in _OURS if mime in types) if isinstance(types, list) else ()
    characters = number_at(configuration, "statuses", "max_characters") or number_at(said, "max_toot_chars")
    return Limits(
        characters=characters or 500,
        attachments=number_at(configuration, "statuses", "max_media_attachments") or 4,
        image_bytes=number_at(configuration, "media_attachments", "image_size_limit") or 8_000_000,
        image_types=allowed or ("image/jpeg", "image/png"),
        alt_characters=number_at(configuration, "media_attachments", "description_limit") or 1500,
        link_characters=number_at(configuration, "statuses", "characters_reserved_per_url") or LINK_CHARACTERS,
    )


def _instance(client: Client) -> Entity:
    """The server's own description; raises Unreachable when there is none."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            said = entity(as_json(client.request("GET", path)))
        except Rejected as error:
            if is_gone(error):
                continue
            raise
        if said:
            return said
    raise Unreachable(_("The network gave no usable answer."))


def _host(url: str) -> str:
    return urlsplit(url).netloc


def require_answered(answer: httpx.Response) -> Entity:
    """The JSON object of a good answer; raises Throttled, Unreachable or Rejected for any other."""
    if answer.status_code == 429:
        raise Throttled(_("The network asks us to wait."), retry_at=retry_at(answer, now=datetime.now(UTC)))
    if answer.status_code >= 500 or answer.status_code == 408:
        raise Unreachable(_("The network gave no usable answer."))
    if answer.status_code >= 300:
        raise Rejected(_("The network refused: {answer}"), answer=brief(answer), status=answer.status_code)
    return entity(as_json(answer))

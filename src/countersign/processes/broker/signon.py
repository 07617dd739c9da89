"""Calls about the company's provider of sign-on (OpenID Connect): begin, finish, read a logout token.

Nothing of an unfinished sign-in is kept here: the half that the way back needs is sealed for this provider and this client
id, and the web process keeps it with the browser's session, where it is taken once.
"""
from __future__ import annotations

import hmac
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from countersign.base.errors import Invalid, Refused
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.calls import messages
from countersign.processes.broker import id_tokens, providers
from countersign.processes.broker.id_tokens import Expected, UnknownKey
from countersign.processes.broker.office import Office
from countersign.processes.broker.providers import Facts

SECRET, PENDING = "client_secret", "pending"  # what is sealed for a provider
LASTS = 600  # seconds within which the browser has to come back
MOST_GROUPS = 500
_AGAIN = _("Begin again.")


def seal_client_secret(office: Office, call: messages.SealClientSecret) -> messages.Sealed:
    """Seal the client secret; it opens for this issuer and this client id alone."""
    if not call.text or not call.issuer or not call.client_id:
        raise Invalid(_("Give the secret, the issuer and the client id."), field="secret")
    return messages.Sealed(office.key.seal(Secret(call.text), _context(office, call, SECRET)))


def ask_provider(office: Office, call: messages.AskProvider) -> messages.ProviderFacts:
    """Read the provider's document and keys now."""
    facts = office.providers.facts(office.http, call.issuer, older_than=0)
    return messages.ProviderFacts(facts.issuer, facts.names_itself, facts.logs_out, sorted(facts.algorithms))


def begin(office: Office, call: messages.BeginSignOn) -> messages.SignOnBegun:
    """Where the browser must go, with PKCE, state and nonce; and the sealed half."""
    facts = office.providers.facts(office.http, call.issuer)
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    query = {
        "response_type": "code", "client_id": call.client_id, "redirect_uri": redirect_uri(office), "scope": call.scopes,
        "state": call.state, "nonce": nonce, "code_challenge": _challenge(verifier), "code_challenge_method": "S256",
        "max_age": str(call.max_age), **({"acr_values": call.acr_values} if call.acr_values else {}),
    }  # fmt: skip
    kept = {
        "state": call.state, "nonce": nonce, "verifier": verifier, "began": int(time.time()),
    }  # fmt: skip
    joint = "&" if urlsplit(facts.authorize_url).query else "?"
    pending = office.key.seal(Secret(json.dumps(kept)), _context(office, call, PENDING))
    return messages.SignOnBegun(facts.authorize_url + joint + urlencode(query), pending)


def finish(office: Office, call: messages.FinishSignOn) -> messages.SignedOn:
    """Exchange the code and verify the ID token. Refused whenever anything about the answer is not as it must be."""
    kept: dict[str, Any] = json.loads(office.key.open(call.pending, _context(office, call, PENDING)).reveal())
    facts = office.providers.facts(office.http, call.issuer)
    _require_ours(kept, facts, call.query)
    secret = office.key.open(call.sealed, _context(office, call, SECRET)).reveal() if call.sealed else ""
    fields = {
        "grant_type": "authorization_code", "code": call.query["code"], "redirect_uri": redirect_uri(office),
        "code_verifier": kept["verifier"],
    }  # fmt: skip
    with office.providers.turn():
        given = providers.exchange(office.http, facts, fields, client_id=call.client_id, secret=secret)
    expected, token = Expected(call.issuer, call.client_id, datetime.now(UTC)), str(given.get("id_token", ""))
    claims = _with_keys(
        office, call.issuer, lambda keys: id_tokens.id_claims(token, keys, expected, nonce=kept["nonce"])
    )
    return _told(claims, _more(office, facts, claims, given, call.groups_claim), call.groups_claim)


def read_logout_token(office: Office, call: messages.ReadLogoutToken) -> messages.LogoutSaid:
    """Verify a logout token. That its number is taken once is for whoever asks to see to."""
    expected = Expected(call.issuer, call.client_id, datetime.now(UTC))
    claims = _with_keys(office, call.issuer, lambda keys: id_tokens.logout_claims(call.token, keys, expected))
    return messages.LogoutSaid(_text(claims, "sub"), _text(claims, "sid"), claims["jti"][:255], int(claims["iat"]))


def redirect_uri(office: Office) -> str:
    """Where the provider sends the browser back; it has to be entered there, exactly so."""
    return office.redirect_uri.replace("/connect/return/", "/sign-on/return/")


def _require_ours(kept: Mapping[str, Any], facts: Facts, query: Mapping[str, str]) -> None:
    """Refuse an answer to something else than what we began, or from somebody else than whom we asked."""
    if not hmac.compare_digest(query.get("state", "").encode(), str(kept["state"]).encode()):
        raise Refused(_("This answer does not belong to the sign-in that was begun."), remedy=_AGAIN)
    if not 0 <= time.time() - kept["began"] <= LASTS:
        raise Refused(_("The sign-in took too long."), remedy=_AGAIN)
    named = query.get("iss", "")
    if (named or facts.names_itself) and not hmac.compare_digest(named.encode(), facts.issuer.encode()):
        raise Refused(_("This answer comes from another server than the one that was asked."), remedy=_AGAIN)
    if "error" in query or not query.get("code"):
        said = query.get("error", "")[:80]
        raise Refused(_("The provider ended the sign-in: {said}"), remedy=_AGAIN, said=said or "no code")


def _with_keys(office: Office, issuer: str, read: Callable[[Sequence[Mapping[str, Any]]], dict[str, Any]]) -> dict[str, Any]:
    """Read a token with the keys that are known; once more with fresh ones where it names another."""
    try:
        return read(office.providers.facts(office.http, issuer).keys)
    except UnknownKey:
        return read(office.providers.facts(office.http, issuer, older_than=providers.AGAIN).keys)


def _more(office: Office, facts: Facts, claims: Mapping[str, Any], given: Mapping[str, Any], groups: str) -> dict[str, Any]:
    """The ID token's claims, and what it leaves out from the provider's other address, if that is about the same person."""
    if all(name in claims for name in ("email", "email_verified", "name", groups)):
        return dict(claims)
    with office.providers.turn():
        beside = providers.user_info(office.http, facts, str(given.get("access_token", "")))
    return {**beside, **claims} if beside.get("sub") == claims["sub"] else dict(claims)


def _told(claims: Mapping[str, Any], more: Mapping[str, Any], groups_claim: str) -> messages.SignedOn:
    """`claims` are signed; `more` may come from beside the token and serves for name, mail and groups alone."""
    groups = more.get(groups_claim)
    named = [groups] if isinstance(groups, str) else groups
    return messages.SignedOn(
        sub=claims["sub"], sid=_text(claims, "sid"), email=_text(more, "email").strip().lower(),
        email_verified=more.get("email_verified") is True or more.get("email_verified") == "true", name=_text(more, "name"),
        groups=_list(named)[:MOST_GROUPS], has_groups=isinstance(named, list), amr=_list(claims.get("amr")),
        acr=_text(claims, "acr"), auth_time=int(claims["auth_time"]) if "auth_time" in claims else 0,
    )  # fmt: skip


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value[:255] if isinstance(value, str) else ""


def _list(value: object) -> list[str]:
    return [one[:200] for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _context(office: Office, call: Any, field: str) -> Any:
    return office.context(messages.provider_owner(call.issuer, call.client_id), field, 1)

"""Programs that may act for an account: OAuth 2 with authorization codes, PKCE, and tokens kept as hashes only."""
from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from countersign.base.errors import Invalid, Refused
from countersign.base.words import _
from countersign.practice import accounts
from countersign.practice.accounts import Account
from countersign.practice.errors import GrantRefused, NotHere, TokenRefused
from countersign.practice.store import Store, stamp

SCOPES = {
    "read": _("read the account's posts, replies and news"),
    "write": _("publish and delete posts as the account"),
    "moderate": _("hide and delete replies under the account's posts"),
    "profile": _("change the account's name, picture and description"),
}
_CODE_LIVES = timedelta(minutes=10)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Program:
    """A program that registered itself, and where it may have people sent back to."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    scopes: str


@dataclass(frozen=True, slots=True)
class Asking:
    """A program's request to act for an account, checked, before anybody has answered it."""

    program: Program
    redirect_uri: str
    scopes: str
    challenge: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """A fresh pair of tokens, in clear this once."""

    access: str
    refresh: str
    seconds: int
    scopes: str


@dataclass(frozen=True, slots=True)
class Permitted:
    """Who a bearer token speaks for, and what it may do."""

    account: Account
    scopes: frozenset[str]

    def require(self, scope: str) -> None:
        """Raise Refused unless the token carries this scope."""
        if scope not in self.scopes:
            raise Refused(_("This token may not do that; it lacks the scope {scope}."), scope=scope)


def register(store: Store, *, name: str, redirect_uris: list[str], scopes: str, at: datetime) -> Program:
    """Register a program; the same one asking again gets the same id, since a public client has no secret."""
    if not 1 <= len(name) <= 80 or not 1 <= len(redirect_uris) <= 5:
        raise GrantRefused("invalid_client_metadata", _("A program has a name and one to five return addresses."))
    if not all(_is_return_address(uri) for uri in redirect_uris):
        raise GrantRefused("invalid_redirect_uri", _("A return address is http or https, with a host and no fragment."))
    known = _known_scopes(scopes)
    identifier = hashlib.sha256(json.dumps([name, redirect_uris, known]).encode()).hexdigest()[:32]
    values = (identifier, name, json.dumps(redirect_uris), known, stamp(at))
    store.do("INSERT OR IGNORE INTO program VALUES (?, ?, ?, ?, ?)", *values)
    return Program(identifier, name, tuple(redirect_uris), known)


def by_id(store: Store, identifier: str) -> Program:
    """The registered program with this id."""
    row = store.row("SELECT * FROM program WHERE id = ?", identifier)
    if row is None:
        raise NotHere(_("No program with this id is registered here."))
    return Program(row["id"], row["name"], tuple(json.loads(row["redirect_uris"])), row["scopes"])


def require_return_address(program: Program, redirect_uri: str) -> None:
    """Raise Invalid unless the program registered exactly this return address: nobody is sent anywhere else."""
    if redirect_uri not in program.redirect_uris:
        raise Invalid(_("The program asked to send you back to an address that it did not register."))


def ask(program: Program, *, redirect_uri: str, response_type: str, scope: str, challenge: str, method: str) -> Asking:
    """A checked request to act for an account. Raises GrantRefused with the word that goes back to the program."""
    if response_type != "code":
        raise GrantRefused("unsupported_response_type", _("Only authorization codes are given here."))
    if method != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise GrantRefused("invalid_request", _("A PKCE challenge with S256 is required."))
    scopes = _known_scopes(scope or program.scopes)
    if not set(scopes.split()) <= set(program.scopes.split()):
        raise GrantRefused("invalid_scope", _("The program asked for more than it registered for."))
    return Asking(program, redirect_uri, scopes, challenge)


def allow(store: Store, asking: Asking, account: Account, *, at: datetime) -> str:
    """Let the program act for the account: a code, good once and for ten minutes."""
    code = secrets.token_urlsafe(32)
    store.insert(
        "consent", code_hash=_hash(code), program=asking.program.id, account=account.id, scopes=asking.scopes,
        redirect_uri=asking.redirect_uri, challenge=asking.challenge, expires_at=stamp(at + _CODE_LIVES),
    )  # fmt: skip
    return code


def exchange(
    store: Store, *, code: str, program: str, redirect_uri: str, verifier: str, seconds: int, at: datetime
) -> Tokens:
    """Tokens for a code. A code that is shown twice ends what it gave the first time. Call it outside a change."""
    consent = store.row("SELECT * FROM consent WHERE code_hash = ?", _hash(code))
    if consent is None or consent["program"] != program or consent["redirect_uri"] != redirect_uri:
        raise GrantRefused("invalid_grant", _("This code was not given to this program for this address."))
    if consent["permission"] is not None:
        end(store, consent["permission"], at=at)
        raise GrantRefused("invalid_grant", _("This code was used before, so what it gave has ended."))
    if consent["expires_at"] <= stamp(at):
        raise GrantRefused("invalid_grant", _("This code has expired."))
    if not secrets.compare_digest(_challenge_of(verifier), consent["challenge"]):
        raise GrantRefused("invalid_grant", _("The PKCE verifier does not fit the challenge."))
    with store.change():
        refresh = secrets.token_urlsafe(32)
        permission = store.insert(
            "permission", program=program, account=consent["account"], scopes=consent["scopes"],
            refresh_hash=_hash(refresh), at=stamp(at),
        )  # fmt: skip
        store.do("UPDATE consent SET permission = ? WHERE code_hash = ?", permission, consent["code_hash"])
        return _tokens(store, permission, consent["scopes"], refresh, seconds=seconds, at=at)


def refresh(store: Store, *, token: str, program: str, seconds: int, at: datetime) -> Tokens:
    """Fresh tokens for a refresh token.

    Every refresh token is new, and the one before it stays good until the next: a lost answer disconnects nobody.
    """
    given = _hash(token)
    row = store.row("SELECT * FROM permission WHERE ? IN (refresh_hash, previous_refresh_hash)", given)
    if row is None or row["program"] != program or row["ended_at"]:
        raise GrantRefused("invalid_grant", _("This refresh token is not, or no longer, good."))
    fresh = secrets.token_urlsafe(32)
    with store.change():
        change = "UPDATE permission SET refresh_hash = ?, previous_refresh_hash = ? WHERE id = ?"
        store.do(change, _hash(fresh), given, row["id"])
        store.do("DELETE FROM token WHERE permission = ? AND expires_at <= ?", row["id"], stamp(at))
        return _tokens(store, row["id"], row["scopes"], fresh, seconds=seconds, at=at)


def revoke(store: Store, *, token: str, program: str, at: datetime) -> None:
    """End the permission a token of either kind belongs to; an unknown token is no error."""
    of_refresh = "SELECT id, program FROM permission WHERE ? IN (refresh_hash, previous_refresh_hash)"
    of_access = "SELECT p.id, p.program FROM permission p JOIN token t ON t.permission = p.id WHERE t.hash = ?"
    for question in (of_refresh, of_access):
        row = store.row(question, _hash(token))
        if row is not None and row["program"] == program:
            end(store, row["id"], at=at)


def end(store: Store, permission: int, *, at: datetime) -> None:
    """End a permission and every token under it."""
    store.do("UPDATE permission SET ended_at = ? WHERE id = ? AND ended_at IS NULL", stamp(at), permission)


def permitted(store: Store, token: str, *, at: datetime) -> Permitted:
    """Who this access token speaks for. Raises TokenRefused when it is unknown, expired or ended."""
    question = (
        "SELECT p.account, p.scopes, p.ended_at, t.expires_at FROM token t JOIN permission p ON p.id = t.permission"
        " WHERE t.hash = ?"
    )
    row = store.row(question, _hash(token))
    if row is None or row["ended_at"] is not None:
        raise TokenRefused(_("The access token is not, or no longer, good."))
    if row["expires_at"] <= stamp(at):
        raise TokenRefused(_("The access token has expired."))
    return Permitted(accounts.by_id(store, row["account"]), frozenset(row["scopes"].split()))


def connected(store: Store, account: Account) -> list[dict[str, object]]:
    """The programs that may act for this account now: id of the permission, name, scopes, since when."""
    question = (
        "SELECT p.id, g.name, p.scopes, p.at FROM permission p JOIN program g ON g.id = p.program"
        " WHERE p.account = ? AND p.ended_at IS NULL ORDER BY p.id"
    )
    return [dict(row) for row in store.rows(question, account.id)]


def _tokens(store: Store, permission: int, scopes: str, refresh: str, *, seconds: int, at: datetime) -> Tokens:
    access = secrets.token_urlsafe(32)
    expires_at = stamp(at + timedelta(seconds=seconds))
    store.insert("token", hash=_hash(access), permission=permission, expires_at=expires_at)
    return Tokens(access, refresh, seconds, scopes)


def _is_return_address(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.fragment and len(uri) <= 500


def _known_scopes(scope: str) -> str:
    asked = scope.split()
    if not asked or not set(asked) <= set(SCOPES):
        raise GrantRefused("invalid_scope", _("The scopes here are read, write, moderate and profile."))
    return " ".join(name for name in SCOPES if name in asked)


def _challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

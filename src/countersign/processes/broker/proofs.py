"""Is this delivery signed? Everything read from the database is a claim; what counts is in our own file.

`require_signed` is given the request rebuilt from what is about to be sent. It believes a statement only where a key of
our own roster signed it, and a digest only where it is the digest of that rebuilt request.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.content.posts.manifest import Request
from countersign.review import roster as rosters
from countersign.review.countersigning import subject
from countersign.review.roster import Roster
from countersign.review.statement import RELEASE, challenge, moment
from countersign.review.verifying import Assertion, RelyingParty, require_good

_PARTS = {
    "v": int, "act": str, "signer": str, "authors": list, "post": str, "revision": int, "signatures": int,
    "findings": str, "requests": list, "nonce": str, "signed_at": str, "expires_at": str,
}
_CLOCKS_DIFFER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Claim:
    """What the database claims somebody signed."""

    statement: Any
    assertion: Assertion


@dataclass(frozen=True, slots=True)
class Proof:
    """Who stands behind a delivery: the signers whose signatures were verified, the authors they signed for."""

    signers: frozenset[str]
    authors: frozenset[str]


def require_signed(
    request: Request, claims: Iterable[Claim], *, roster: Roster, party: RelyingParty, at: datetime
) -> Proof:
    """The proof that enough second persons signed exactly this request; Refused otherwise.

    One claim that does not hold refuses the whole: an honest database has none.
    """
    signed = {"account": request.account.uid, "delivery": request.delivery, "digest": request.digest.hex}
    found = [_verified(signed, claim, roster=roster, party=party, at=at) for claim in claims]
    if not found:
        raise Refused(_("Nobody has countersigned this."))
    if len(found) > 1 and len({subject(statement) for statement in found}) != 1:
        raise Refused(_("The signatures are over different things."))
    signers = {str(statement["signer"]) for statement in found}
    wanted = max(1, found[0]["signatures"], roster.signatures_for(request.account.uid))
    if len(signers) < wanted:
        raise Refused(_("This takes {wanted} signatures and has {count}."), wanted=wanted, count=len(signers))
    return Proof(frozenset(signers), frozenset(found[0]["authors"]))


def _verified(
    signed: dict[str, str], claim: Claim, *, roster: Roster, party: RelyingParty, at: datetime
) -> dict[str, Any]:
    statement, asked = _shaped(claim.statement)
    _require_current(statement, at)
    if not statement["authors"] or statement["signer"] in statement["authors"]:
        raise Refused(_("Nobody countersigns their own."))
    _require_over(statement, signed)
    since = min(at, moment(statement["signed_at"]))
    signer = roster.signer(claim.assertion.credential_id, role=rosters.REVIEWER, at=since)
    if signer.person != statement["signer"]:
        raise Refused(_("That passkey is another person's."))
    _require_good(claim.assertion, asked, signer.public_key, party)
    return statement


def _shaped(content: Any) -> tuple[dict[str, Any], bytes]:
    """The statement, and what a passkey is asked for it."""
    fits = isinstance(content, dict) and set(content) == set(_PARTS)
    if not fits or any(type(content[name]) is not kind for name, kind in _PARTS.items()):
        raise Refused(_("That is no statement of ours."))
    if content["v"] != 1 or content["act"] != RELEASE:
        raise Refused(_("That statement lets nothing go out."))
    if not all(map(_is_person, [content["signer"], *content["authors"]])):
        raise Refused(_("That is no statement of ours."))
    try:
        return dict(content), challenge(content)
    except ValueError as error:  # it has no canonical form, so nobody signed it
        raise Refused(_("That is no statement of ours.")) from error


def _is_person(name: object) -> bool:
    """Whether this names a person in the one spelling there is: in another, an author would not be known as the signer."""
    try:
        return isinstance(name, str) and str(UUID(name)) == name
    except ValueError:
        return False


def _require_current(statement: dict[str, Any], at: datetime) -> None:
    try:
        signed_at, expires_at = moment(statement["signed_at"]), moment(statement["expires_at"])
    except ValueError as error:
        raise Refused(_("That is no statement of ours.")) from error
    if signed_at > at + _CLOCKS_DIFFER:
        raise Refused(_("That was signed in the future."))
    if at > expires_at:
        raise Refused(_("What was signed has expired."), remedy=_("Submit it again."))


@lru_cache(maxsize=2048)
def _require_good(assertion: Assertion, asked: bytes, public_key: bytes, party: RelyingParty) -> None:
    """As `require_good`, once for the same bytes: right before the write everything is judged anew, but a signature that was
    good over these bytes with this key is good over them. A refusal is not kept."""
    require_good(assertion, challenge=asked, public_key=public_key, party=party)


def _require_over(statement: dict[str, Any], signed: dict[str, str]) -> None:
    if signed not in statement["requests"]:
        raise Refused(_("This is not what was countersigned."), remedy=_("Submit it again."))

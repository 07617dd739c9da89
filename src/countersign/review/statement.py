"""What a signer signs: plain JSON, and the challenge their passkey is asked to answer.

The WebAuthn challenge is SHA-256 over a domain prefix and the statement in canonical form (RFC 8785). Whoever holds the
statement, the assertion and the public key can verify the signature offline, years later.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from countersign.base.values import Digest

STATEMENT = "countersign/statement/v1"
ROSTER_ENTRY = "countersign/roster/v1"
ROSTER_ALONE = "countersign/roster-alone/v1"
REASON = "countersign/reason/v1"
RELEASE = "post.release"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What one account will receive, by digest; `delivery` is the UUID of its way there."""

    account: str
    delivery: str
    digest: str


def release(
    *,
    signer: str,
    authors: Sequence[str],
    post: str,
    revision: int,
    signatures: int,
    findings: str,
    requests: Sequence[SignedRequest],
    nonce: str,
    at: datetime,
    expires_at: datetime,
) -> dict[str, Any]:
    """The statement *I let this revision go out as these requests*; `findings` is the digest of what checks showed."""
    return {
        "v": 1,
        "act": RELEASE,
        "signer": signer,
        "authors": sorted(authors),
        "post": post,
        "revision": revision,
        "signatures": signatures,
        "findings": findings,
        "requests": [{"account": r.account, "delivery": r.delivery, "digest": r.digest} for r in requests],
        "nonce": nonce,
        "signed_at": iso(at),
        "expires_at": iso(expires_at),
    }


def consent(
    *,
    act: str,
    signer: str,
    proposed_by: str,
    proposal: str,
    matter: str,
    account: str,
    content: dict[str, Any],
    reason: str,
    nonce: str,
    at: datetime,
    expires_at: datetime,
) -> dict[str, Any]:
    """The statement *I agree that this is done*; `reason` is the proposer's words, of which the digest is signed."""
    return {
        "v": 1,
        "act": act,
        "signer": signer,
        "proposed_by": proposed_by,
        "proposal": proposal,
        "matter": matter,
        "account": account,
        "content": content,
        "reason": Digest.of(REASON, {"words": reason}).hex,
        "nonce": nonce,
        "signed_at": iso(at),
        "expires_at": iso(expires_at),
    }


def alone(*, act: str, head: str, at: str) -> dict[str, Any]:
    """The statement about an entry of the roster that one officer asks for alone: `ask`, `enter` or `veto` it.

    An officer's signature under an entry, given for a second officer to complete, is none of these.
    """
    return {"v": 1, "act": act, "head": head, "signed_at": at}


def challenge(statement: dict[str, Any], *, domain: str = STATEMENT) -> bytes:
    """The 32 bytes a passkey signs for this statement."""
    return Digest.of(domain, statement).bytes


def iso(moment: datetime) -> str:
    """A moment in UTC, to the microsecond, in one spelling only."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be signed.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The moment that `iso` wrote; ValueError on what is no moment, or has no time zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("A moment without a time zone was never signed.")
    return found

"""DKIM (RFC 6376), stricter than it asks: what must be signed, by which kind of key, and when.

The arithmetic stands in `arithmetic.py`. The rules are stricter than the standard's, because a signature that holds is worth what
it covers: RFC 6376 lets a signer leave out the subject, or all of the text after a length. The keys' records come from a function, so nothing here asks the net.
"""
from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign.inspection.mails import arithmetic
from countersign.inspection.mails.arithmetic import Field, Letter, ShortKey, Unreadable
from countersign.inspection.mails.headers import Head
from countersign.inspection.mails.reasons import Reason

type Lookup = Callable[[str], list[str]]

MOST_SIGNATURES = 6
SHORTEST_KEY = 1024  # bits; what mail servers still use. Shorter ones have been broken in public
CLOCKS_DIFFER = timedelta(hours=1)
_MUST_BE_SIGNED = {b"from", b"subject", b"date", b"to"}
_STRUCTURE = (b"content-type", b"content-transfer-encoding")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
# From what says least about a mail to what says most: of several signatures that fail, the last of these is told.
_TELLING = (
    Reason.SIGNATURE_MISSING, Reason.SIGNED_BY_OTHERS, Reason.SIGNATURE_BROKEN, Reason.KEY_MISSING, Reason.ALGORITHM_WEAK, Reason.KEY_REVOKED,
    Reason.KEY_WEAK, Reason.HEADERS_UNSIGNED, Reason.LENGTH_LIMITED, Reason.SIGNATURE_EXPIRED, Reason.SIGNATURE_IN_FUTURE, Reason.KEY_UNREAD,
)  # fmt: skip


class NotLookedUp(Exception):
    """The name servers could not be asked; they may have the record."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the signatures of a mail come to: the domain whose signature holds, or why none does; and what is in doubt."""

    signed_by: str
    failure: Reason | None
    doubts: tuple[Reason, ...] = ()


def verify(raw: bytes, head: Head, *, accepted: Callable[[str], bool], at: datetime, lookup: Lookup) -> Signature:
    """The first signature by an accepted domain that holds, as of when the mail arrived (`at`).

    Only keys of accepted domains are looked up, so that nobody learns from their name server that a mail was read. `lookup` gives
    the TXT records of a name, none when there is no such name, and raises NotLookedUp.
    """
    failures = list[Reason]()
    count = len(head.all("dkim-signature"))
    for number in range(min(count, MOST_SIGNATURES)):
        found = _verify_one(raw, number, accepted=accepted, at=at, lookup=lookup)
        if isinstance(found, Signature):
            return found
        failures.append(found)
    return Signature("", max(failures, key=_TELLING.index, default=Reason.SIGNATURE_MISSING))


def _verify_one(
    raw: bytes, number: int, *, accepted: Callable[[str], bool], at: datetime, lookup: Lookup
) -> Signature | Reason:
    try:
        letter = arithmetic.opened(raw)
        own = [field for field in letter.fields if field[0].strip().lower() == b"dkim-signature"][number]
        tags = arithmetic.tags_of(own[1])
        domain, selector = tags[b"d"].decode("ascii").lower(), tags[b"s"].decode("ascii").lower()
    except (LookupError, ValueError):
        return Reason.SIGNATURE_BROKEN
    if not accepted(domain):
        return Reason.SIGNED_BY_OTHERS
    signed = [name.strip().lower() for name in tags.get(b"h", b"").split(b":")]
    if refused := _refused(tags, signed, at) or _name_refused(domain, selector):
        return refused
    key = _key(f"{selector}._domainkey.{domain}", tags, domain, lookup)
    if isinstance(key, Reason):
        return key
    return _holds(letter, own, tags, key) or Signature(domain, None, _doubts(letter, signed))


def _refused(tags: dict[bytes, bytes], signed: list[bytes], at: datetime) -> Reason | None:
    """What makes a signature worthless before any arithmetic."""
    if tags.get(b"a") != b"rsa-sha256":
        return Reason.ALGORITHM_WEAK
    if b"l" in tags:
        return Reason.LENGTH_LIMITED
    if not set(signed) >= _MUST_BE_SIGNED:
        return Reason.HEADERS_UNSIGNED
    made, ends = _seconds(tags.get(b"t")), _seconds(tags.get(b"x"))
    if made is not None and made > (at + CLOCKS_DIFFER).timestamp():
        return Reason.SIGNATURE_IN_FUTURE
    if ends is not None and (ends < at.timestamp() or (made is not None and ends < made)):
        return Reason.SIGNATURE_EXPIRED
    return None


def _seconds(value: bytes | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(rb"[0-9]{1,12}", value) else None


def _name_refused(domain: str, selector: str) -> Reason | None:
    right = all(_NAME.fullmatch(name) and len(name) <= 180 for name in (domain, selector))
    return None if right else Reason.SIGNATURE_BROKEN


def _key(name: str, tags: dict[bytes, bytes], domain: str, lookup: Lookup) -> bytes | Reason:
    """The key (DER), when its record lets it sign this. A key in testing (`t=y`) counts as none, as RFC 6376 3.6.1 has it."""
    try:
        records = lookup(name)
    except NotLookedUp:
        return Reason.KEY_UNREAD
    if len(records) != 1:
        return Reason.KEY_MISSING
    try:
        record = arithmetic.tags_of(records[0].encode("ascii"))
        key = base64.b64decode(re.sub(rb"\s", b"", record[b"p"]), validate=True)
    except (Unreadable, KeyError, UnicodeEncodeError, binascii.Error):
        return Reason.KEY_MISSING
    flags = record.get(b"t", b"").replace(b" ", b"").split(b":")
    uses, hashes = (record.get(tag, b"").replace(b" ", b"").split(b":") for tag in (b"s", b"h"))
    identity = tags.get(b"i", b"@" + domain.encode()).lower().rpartition(b"@")[2]
    if record.get(b"v", b"DKIM1") != b"DKIM1" or record.get(b"k", b"rsa") != b"rsa":
        return Reason.KEY_MISSING
    is_for_this = b"y" not in flags and (b"s" not in flags or identity == domain.encode())
    is_for_mail = b"s" not in record or bool({b"*", b"email"} & set(uses))
    if not key or not is_for_this or not is_for_mail or (b"h" in record and b"sha256" not in hashes):
        return Reason.KEY_REVOKED
    return key


def _holds(letter: Letter, own: Field, tags: dict[bytes, bytes], der: bytes) -> Reason | None:
    """None when the arithmetic is right."""
    try:
        arithmetic.require_whole(tags)
        key = arithmetic.key_of(der, least=SHORTEST_KEY)
    except ShortKey:
        return Reason.KEY_WEAK
    except Unreadable:
        return Reason.SIGNATURE_BROKEN
    try:
        return None if arithmetic.holds(letter, own, tags, key) else Reason.SIGNATURE_BROKEN
    except Unreadable:
        return Reason.SIGNATURE_BROKEN


def _doubts(letter: Letter, signed: list[bytes]) -> tuple[Reason, ...]:
    present = {name.strip().lower() for name, _value in letter.fields}
    return (Reason.STRUCTURE_UNSIGNED,) if any(name in present and name not in signed for name in _STRUCTURE) else ()

"""Software officers for the tests of the roster's own rules: keys, entries of both versions, signatures."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from countersign.review import alone, roster
from countersign.review import statement as statements
from countersign.review.roster import OFFICER, REVIEWER, Roster
from countersign.review.statement import ROSTER_ALONE, ROSTER_ENTRY, challenge, iso
from countersign.review.verifying import Assertion, RelyingParty, b64
from tests.soft_authenticator import SoftAuthenticator

PARTY = RelyingParty("localhost", "http://localhost:8765")
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = START + timedelta(days=3)  # after the set-up
V2 = ("device", "kind", "owner", "is_backed_up", "wait")


def key() -> SoftAuthenticator:
    return SoftAuthenticator(PARTY.rp_id, PARTY.origin)


KIM, TOM, BEN, LEO = key(), key(), key(), key()


def signed(by: SoftAuthenticator, entry: dict[str, Any]) -> Assertion:
    return Assertion.of(by.sign(challenge(entry, domain=ROSTER_ENTRY)))


def entry(known: Roster, act: str, who: str, whose: SoftAuthenticator, *roles: str, at: datetime, **more: Any) -> dict[str, Any]:
    parts = {"person": who, "credential": whose.credential_id_text, "public_key": b64(whose.public_key_cose)}
    return roster.entry(before=known.head, number=known.length + 1, act=act, at=iso(at), roles=roles, **{**parts, **more})


def v1(content: dict[str, Any]) -> dict[str, Any]:
    """The same entry as the first version wrote it."""
    return {name: value for name, value in content.items() if name not in V2} | {"v": 1}


def removal(known: Roster, whose: SoftAuthenticator, *, at: datetime) -> dict[str, Any]:
    return entry(known, "remove", "", whose, at=at, public_key="")


def begun(**more: Any) -> Roster:
    first = entry(Roster(), "begin", "kim", KIM, OFFICER, REVIEWER, at=START, **more)
    return roster.begin(first, signed(KIM, first), at=START, party=PARTY)


def begun_v1() -> Roster:
    first = v1(entry(Roster(), "begin", "kim", KIM, OFFICER, REVIEWER, at=START))
    return roster.begin(first, signed(KIM, first), at=START, party=PARTY)


def extended(known: Roster, content: dict[str, Any], *by: SoftAuthenticator, at: datetime) -> Roster:
    return roster.extend(known, content, [signed(officer, content) for officer in by], at=at, party=PARTY)


def with_two(known: Roster) -> Roster:
    return extended(known, entry(known, "add", "tom", TOM, OFFICER, REVIEWER, at=START), KIM, at=START)


def said(by: SoftAuthenticator, act: str, head: str, *, at: datetime) -> dict[str, Any]:
    """An officer's answer about an entry that is asked for alone, as the functions of `alone` take it."""
    asked = challenge(statements.alone(act=act, head=head, at=iso(at)), domain=ROSTER_ALONE)
    return {"assertion": Assertion.of(by.sign(asked)), "signed_at": iso(at)}


def asks(known: Roster, content: dict[str, Any], by: SoftAuthenticator, *, at: datetime, **forged: Any) -> Roster:
    parts = {**said(by, alone.ASK, roster.head_of(content), at=at), **forged}
    return alone.asked(known, content, at=at, party=PARTY, **parts)


def enters(known: Roster, head: str, by: SoftAuthenticator, *, at: datetime, **forged: Any) -> Roster:
    return alone.entered(known, head, at=at, party=PARTY, **{**said(by, alone.ENTER, head, at=at), **forged})


def says_no(known: Roster, head: str, by: SoftAuthenticator, *, at: datetime) -> Roster:
    return alone.vetoed(known, head, party=PARTY, **said(by, alone.VETO, head, at=at))

"""The lines of the broker's file that make the roster: what each says, and the roster after it.

A line is verified in the same way before it is written and whenever the file is read again, by the time it was written at.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.processes.broker.journal import Journal, Line
from countersign.review import alone, roster
from countersign.review.roster import Roster
from countersign.review.statement import iso, moment
from countersign.review.verifying import Assertion, RelyingParty

ENTRY = "roster"  # an entry, with the passkeys' answers that let it in
ALONE = "roster_alone"  # an entry that one officer asks for alone, which waits
VETO = "roster_veto"  # an officer's no to what waits
_KINDS = (ENTRY, ALONE, VETO)


def read(journal: Journal, *, party: RelyingParty) -> Roster:
    """The roster as the file has it, every signature verified again; Refused when one does not hold."""
    known = Roster()
    for line in lines(journal):
        known = after(known, line.kind, line.body, party=party)
    return known


def lines(journal: Journal) -> Iterable[Line]:
    """Every line about the roster, in order."""
    return sorted((line for kind in _KINDS for line in journal.lines(kind)), key=lambda line: line.number)


def now() -> str:
    """The moment of a line that is written now: by the broker's clock, whatever a caller says."""
    return iso(datetime.now(UTC))


def after(known: Roster, kind: str, body: dict[str, Any], *, party: RelyingParty) -> Roster:
    """The roster after one line."""
    at = moment(body["at"])
    if kind == ALONE:
        answer = Assertion.of(body["assertion"])
        return alone.asked(known, body["entry"], answer, signed_at=body["signed_at"], at=at, party=party)
    if kind == VETO:
        return alone.vetoed(known, body["head"], Assertion.of(body["assertion"]), signed_at=body["signed_at"], party=party)
    answers = [Assertion.of(parts) for parts in body["assertions"]]
    if "alone_signed_at" in body:
        head = roster.head_of(body["entry"])
        return alone.entered(known, head, answers[0], signed_at=body["alone_signed_at"], at=at, party=party)
    if known.length == 0:
        if len(answers) != 1:
            raise Refused(_("A roster begins with one signature."))
        return roster.begin(body["entry"], answers[0], at=at, party=party)
    return roster.extend(known, body["entry"], answers, at=at, party=party)

"""What one officer alone may do to the roster, after a wait in the open, if no other officer says no. Plain Python.

Two officers, one of whom lost every passkey, could never change the roster again. So a chain may declare a wait: one
officer then asks alone that *another* person's passkey become an officer's, everybody is told, and once the wait is over
the same officer signs a second time and it is entered. Nothing else can be done alone. Any officer ends it by a signature
at any time, and so does every entry that two officers sign meanwhile. The new officer cools off for a day on top.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.review import entries, roster
from countersign.review import statement as statements
from countersign.review.roster import OFFICER, Roster, Signer, Waiting
from countersign.review.statement import ROSTER_ALONE
from countersign.review.verifying import Assertion, RelyingParty, require_good

ASK, ENTER, VETO = "ask", "enter", "veto"
SIGNED_WITHIN = timedelta(hours=1)  # an older signature may have been kept for a bad moment
STAYS = timedelta(days=7)  # how long it may be entered once the wait is over


def asked(
    known: Roster, content: Mapping[str, Any], assertion: Assertion, *, signed_at: str, at: datetime, party: RelyingParty
) -> Roster:
    """The roster with an entry that waits because one officer asked for it alone.

    Refused where the chain has declared no wait, for any entry but another person's passkey as officer, for a signature
    that does not count now, and for what an officer vetoed. Conflict while another one waits.
    """
    _require_wait(known)
    head = entries.head_of(content)
    if head in known.vetoed:
        raise Refused(_("Another officer has said no to this."))
    if known.waiting is not None and at < known.waiting.ends_at:
        raise Conflict(_("Something waits already that one officer asked for alone."), remedy=_("End that first."))
    roster.require_next(known, content, at)
    officer = known.signer(assertion.credential_id, role=OFFICER, at=at)
    _require_narrow(content, officer)
    _require_signed(assertion, ASK, head, signed_at, officer=officer, at=at, party=party)
    roster.applied(known, content, at)
    ripe_at = at + timedelta(hours=known.wait_hours or 0)
    return replace(known, waiting=Waiting(content, head, officer.person, at, ripe_at, ripe_at + STAYS))


def entered(
    known: Roster, head: str, assertion: Assertion, *, signed_at: str, at: datetime, party: RelyingParty
) -> Roster:
    """The roster with what waited as its newest entry. Conflict before the wait is over; Refused but for who asked."""
    waiting = _waiting(known, head)
    if at < waiting.ripe_at:
        raise Conflict(_("The wait is not over: it may be entered from {when}."), when=f"{waiting.ripe_at:%d-%m %H:%M} UTC")
    if at >= waiting.ends_at:
        raise Refused(_("This was asked too long ago."), remedy=_("Ask again."))
    officer = known.signer(assertion.credential_id, role=OFFICER, at=at)
    if officer.person != waiting.person:
        raise Refused(_("Only the officer who asked for it alone can enter it."))
    _require_signed(assertion, ENTER, head, signed_at, officer=officer, at=at, party=party)
    return roster.applied(known, waiting.content, at)


def vetoed(known: Roster, head: str, assertion: Assertion, *, signed_at: str, party: RelyingParty) -> Roster:
    """The roster without what waited. Any officer on it may say no, also a new one who cools off, also who asked."""
    _waiting(known, head)
    officer = known.signers.get(assertion.credential_id)
    if officer is None or OFFICER not in officer.roles:
        raise Refused(_("Only an officer's passkey can say no to this."))
    statement = statements.alone(act=VETO, head=head, at=signed_at)
    asked_for = statements.challenge(statement, domain=ROSTER_ALONE)
    require_good(assertion, challenge=asked_for, public_key=officer.public_key, party=party)
    return replace(known, waiting=None, vetoed=known.vetoed | {head})


def _require_wait(known: Roster) -> None:
    if known.threshold < 2:
        raise Refused(_("This roster takes one officer."), remedy=_("Sign the entry itself."))
    if not known.wait_hours:
        raise Refused(_("On this roster every entry takes two officers, for ever."))


def _require_narrow(content: Mapping[str, Any], officer: Signer) -> None:
    if content["act"] != "add" or OFFICER not in content["roles"]:
        raise Refused(_("One officer alone can only ask for another officer; everything else takes two."))
    if content["person"] == officer.person:
        raise Refused(_("Nobody asks alone for a passkey of their own."))


def _waiting(known: Roster, head: str) -> Waiting:
    if known.waiting is None or known.waiting.head != head:
        raise Conflict(_("This does not wait any more."), remedy=_("Look how the roster stands."))
    return known.waiting


def _require_signed(
    assertion: Assertion, act: str, head: str, signed_at: str, *, officer: Signer, at: datetime, party: RelyingParty
) -> None:
    try:
        moment = statements.moment(signed_at)
    except ValueError as error:
        raise Refused(_("That is no statement of ours.")) from error
    if not at - SIGNED_WITHIN <= moment <= at + timedelta(minutes=5):
        raise Refused(_("That signature is not from now."), remedy=_("Sign again."))
    asked_for = statements.challenge(statements.alone(act=act, head=head, at=signed_at), domain=ROSTER_ALONE)
    require_good(assertion, challenge=asked_for, public_key=officer.public_key, party=party)

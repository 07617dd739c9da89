"""Calls about the roster."""
from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.calls import messages
from countersign.processes.broker import chain
from countersign.processes.broker.office import Office
from countersign.review import plain, roster
from countersign.review.roster import Roster
from countersign.review.statement import iso
from countersign.review.verifying import Assertion


def read(office: Office, _call: messages.ReadRoster) -> messages.Roster:
    """The roster as the broker's own file has it."""
    with office.guard:
        known, kept = office.roster, office.journal.lines(chain.ENTRY)
    entries = [
        {
            "entry": line.body["entry"],
            "signed_by": [parts["credential_id"] for parts in line.body["assertions"]],
            "at": line.body["at"],
            "is_alone": "alone_signed_at" in line.body,
        }
        for line in kept
    ]
    ends = known.set_up_ends_at
    return messages.Roster(known.head, entries, known.threshold, iso(ends) if ends else "", plain.parts(known))


def begin(office: Office, call: messages.BeginRoster) -> messages.Roster:
    """Pin the first officer, with the token whose hash `./start` left in our file; once in a life."""
    with office.guard:
        if office.roster.length:
            raise Conflict(_("This installation has its first officer already."))
        wanted = [line.body["sha256"] for line in office.journal.lines("genesis_token")]
        given = hashlib.sha256(call.token.encode()).hexdigest()
        if not any(hmac.compare_digest(given, one) for one in wanted):
            raise Refused(_("That is not the link that was printed at the start."), remedy=_("Use the printed link."))
        office.grow_roster(chain.ENTRY, {"entry": call.entry, "assertions": [_clean(call.assertion)]})
    return read(office, messages.ReadRoster())


def append(office: Office, call: messages.AppendRoster) -> messages.Roster:
    """Append an entry that enough officers signed."""
    with office.guard:
        _require_sensible(office, call.entry)
        office.grow_roster(chain.ENTRY, {"entry": call.entry, "assertions": [_clean(one) for one in call.assertions]})
    return read(office, messages.ReadRoster())


def ask_alone(office: Office, call: messages.AskAlone) -> messages.Roster:
    """Let an entry wait that one officer asks for alone; its time begins now, by our clock."""
    with office.guard:
        _require_sensible(office, call.entry)
        body = {"entry": call.entry, "signed_at": call.signed_at, "assertion": _clean(call.assertion)}
        office.grow_roster(chain.ALONE, body)
    return read(office, messages.ReadRoster())


def enter_alone(office: Office, call: messages.EnterAlone) -> messages.Roster:
    """Append what waited. The entry is the one in our file: the caller names it only by its head."""
    with office.guard:
        waiting = office.roster.waiting
        if waiting is None or waiting.head != call.head:
            raise Conflict(_("This does not wait any more."), remedy=_("Look how the roster stands."))
        body = {"entry": dict(waiting.content), "assertions": [_clean(call.assertion)], "alone_signed_at": call.signed_at}
        office.grow_roster(chain.ENTRY, body)
    return read(office, messages.ReadRoster())


def veto_alone(office: Office, call: messages.VetoAlone) -> messages.Roster:
    """End what waits, by an officer's no."""
    with office.guard:
        body = {"head": call.head, "signed_at": call.signed_at, "assertion": _clean(call.assertion)}
        office.grow_roster(chain.VETO, body)
    return read(office, messages.ReadRoster())


def _clean(answer: dict[str, str]) -> dict[str, str]:
    """A passkey's answer, and nothing a caller may have put beside it."""
    return Assertion.of(answer).parts()


def _require_sensible(office: Office, entry: dict[str, object]) -> None:
    known: Roster = office.roster
    if not known.length:
        raise Refused(_("This installation has no first officer yet."), remedy=_("Use the printed link."))
    roster.require_sensible(known, entry, at=datetime.now(UTC))

"""Calls about the roster."""
from __future__ import annotations

import hashlib
import hmac

from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.calls import messages
from countersign.processes.broker.office import Office
from countersign.review.statement import iso
from countersign.review.verifying import Assertion


def read(office: Office, _call: messages.ReadRoster) -> messages.Roster:
    """The roster as the broker's own file has it."""
    entries = [
        {
            "entry": line.body["entry"],
            "signed_by": [parts["credential_id"] for parts in line.body["assertions"]],
            "at": line.body["at"],
        }
        for line in office.journal.lines("roster")
    ]
    ends = office.roster.set_up_ends_at
    return messages.Roster(office.roster.head, entries, office.roster.threshold, iso(ends) if ends else "")


def begin(office: Office, call: messages.BeginRoster) -> messages.Roster:
    """Pin the first officer, with the token whose hash `./start` left in our file; once in a life."""
    with office.guard:
        if office.roster.length:
            raise Conflict(_("This installation has its first officer already."))
        wanted = [line.body["sha256"] for line in office.journal.lines("genesis_token")]
        given = hashlib.sha256(call.token.encode()).hexdigest()
        if not any(hmac.compare_digest(given, one) for one in wanted):
            raise Refused(_("That is not the link that was printed at the start."), remedy=_("Use the printed link."))
        office.grow_roster(call.entry, [Assertion.of(call.assertion)])
    return read(office, messages.ReadRoster())


def append(office: Office, call: messages.AppendRoster) -> messages.Roster:
    """Append an entry that enough officers signed."""
    with office.guard:
        if not office.roster.length:
            raise Refused(_("This installation has no first officer yet."), remedy=_("Use the printed link."))
        office.grow_roster(call.entry, [Assertion.of(parts) for parts in call.assertions])
    return read(office, messages.ReadRoster())

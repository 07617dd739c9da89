"""One officer alone: asks that somebody else become an officer, waits in the open, enters it; or another one says no.

The way out when only one of the officers can still sign. The broker holds the entry, the time and the noes
(`review.alone`); everybody here is told of it as long as it waits, by mail and on every page.
"""
from __future__ import annotations

from datetime import datetime
from typing import Any

from countersign.access.grants import gate
from countersign.access.grants.following import follow, note
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.review import alone
from countersign.review.countersigning import require_own
from countersign.review.models import RosterProposal
from countersign.review.statement import ROSTER_ALONE
from countersign.review.verifying import Assertion


def ask(
    actor: PersonActor, proposal: RosterProposal, statement: dict[str, Any], assertion: Assertion, *, at: datetime
) -> None:
    """Ask alone for a proposed entry: its wait begins. Refused as `alone.asked` says."""
    call = messages.AskAlone(proposal.content, statement["signed_at"], assertion.parts())
    _do(actor, proposal, statement, assertion, alone.ASK, call, event="roster.entry_asked", at=at)


def enter(
    actor: PersonActor, proposal: RosterProposal, statement: dict[str, Any], assertion: Assertion, *, at: datetime
) -> None:
    """Enter what one asked for alone, once its wait is over. Conflict before that."""
    call = messages.EnterAlone(proposal.head, statement["signed_at"], assertion.parts())
    _do(actor, proposal, statement, assertion, alone.ENTER, call, event="roster.entry_added_alone", at=at)


def say_no(
    actor: PersonActor, proposal: RosterProposal, statement: dict[str, Any], assertion: Assertion, *, at: datetime
) -> None:
    """End what another officer asked for alone, or oneself."""
    call = messages.VetoAlone(proposal.head, statement["signed_at"], assertion.parts())
    _do(actor, proposal, statement, assertion, alone.VETO, call, event="roster.entry_vetoed", at=at)


def _do(
    actor: PersonActor,
    proposal: RosterProposal,
    statement: dict[str, Any],
    assertion: Assertion,
    act: str,
    call: messages.Call,
    *,
    event: str,
    at: datetime,
) -> None:
    matter = f"roster:{proposal.head}"
    with refusals_recorded(actor, at=at, matter=matter):
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        if (statement["act"], statement["head"]) != (act, proposal.head):
            raise Refused(_("That was signed for something else."), remedy=_("Press the button again."))
        require_own(actor, assertion, statement, domain=ROSTER_ALONE)
        told = client.ask(call)
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        follow(record, told, at=at)
        note(record, event, proposal)

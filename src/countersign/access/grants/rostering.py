"""The roster: officers put passkeys in and take them out, two of them for each entry once there are two.

The broker decides and keeps the chain; what it decided we write down by `following`. What takes one officer alone, and
a wait, is in `asking_alone`.
"""
from __future__ import annotations

from datetime import datetime
from typing import Any

from countersign.access.grants import gate, officers
from countersign.access.grants.following import follow, note
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Credential, Person
from countersign.review import plain, roster
from countersign.review.countersigning import require_own
from countersign.review.models import RosterProposal, RosterSignature
from countersign.review.roster import Roster
from countersign.review.statement import ROSTER_ENTRY, iso
from countersign.review.states import EntryState
from countersign.review.verifying import Assertion, b64

WAIT = 72  # hours that one officer alone waits, unless the first officer chooses otherwise: a long weekend is noticed
_PLACE = frozenset({"v", "number", "before", "at"})  # of an entry: what a proposal made again says anew


def first_entry(actor: PersonActor, *, wait: int = WAIT, at: datetime) -> dict[str, Any]:
    """The entry that pins the first officer: their newest passkey, as officer and reviewer; and the wait of `review.alone`."""
    credential = Credential.objects.filter(person__uid=actor.uid, retired_at__isnull=True).order_by("-pk").first()
    if credential is None:
        raise Refused(_("The first officer needs a passkey."), remedy=_("Add one on your security page."))
    return roster.entry(
        before=roster.START, number=1, act="begin", at=iso(at), roles=[roster.OFFICER, roster.REVIEWER], wait=wait,
        **_passkey(credential),
    )


def begin(actor: PersonActor, entry: dict[str, Any], assertion: Assertion, *, token: str, at: datetime) -> None:
    """Have the broker pin the first officer, with the one-time token that `./start` printed."""
    with refusals_recorded(actor, at=at, matter="roster"):
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        require_own(actor, assertion, entry, domain=ROSTER_ENTRY)
    told = client.ask(messages.BeginRoster(token, entry, assertion.parts()))
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        follow(record, told, at=at)
        record("roster.started", "roster", head=told.head)


# --- proposing ---------------------------------------------------------------------------------------------------------


def propose_adding(actor: PersonActor, credential: Credential, roles: list[str], *, at: datetime) -> RosterProposal:
    """Propose that a passkey may sign, as reviewer or officer or both; one that is there already, that this changes."""
    return _propose(actor, at=at, act="add", roles=sorted(roles), **_passkey(credential))


def propose_removing(actor: PersonActor, credential_id: str, *, at: datetime) -> RosterProposal:
    """Propose that a passkey no longer signs anything; at once, when the entry is there."""
    return _propose(actor, at=at, act="remove", credential=credential_id)


def propose_requiring(actor: PersonActor, account: Account, signatures: int, *, at: datetime) -> RosterProposal:
    """Propose how many second persons must sign for an account."""
    return _propose(actor, at=at, act="require", account=str(account.uid), signatures=signatures)


def propose_waiting(actor: PersonActor, hours: int, *, at: datetime) -> RosterProposal:
    """Propose that one officer alone waits longer, or for ever (0). Refused for anything shorter."""
    return _propose(actor, at=at, act="wait", wait=hours)


def propose_again(actor: PersonActor, proposal: RosterProposal, *, at: datetime) -> RosterProposal:
    """Propose on the newest head what came too late. It needs every signature anew: each names the entry before it."""
    parts = {name: value for name, value in proposal.content.items() if name not in _PLACE}
    return _propose(actor, at=at, instead_of=proposal, **parts)


def withdraw(actor: PersonActor, proposal: RosterProposal, *, at: datetime) -> None:
    """Take a proposal back, or let one go that came too late; its proposer or any officer.

    Conflict for what one officer asked for alone: the broker has it, and takes only a signature for a no.
    """
    with recorded(actor, at=at, matter=_label(proposal)) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        proposal.refresh_from_db()
        if proposal.enters_from is not None and proposal.state == EntryState.WAITING:
            raise Conflict(_("One officer asked for this alone."), remedy=_("Say no to it with your passkey."))
        proposal.move(EntryState.WITHDRAWN, at=at)
        record("roster.entry_withdrawn", _label(proposal), act=proposal.content["act"])


def _propose(
    actor: PersonActor, *, at: datetime, instead_of: RosterProposal | None = None, **parts: Any
) -> RosterProposal:
    with refusals_recorded(actor, at=at, matter="roster"):
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        told = client.ask(messages.ReadRoster())
        known = plain.of(told.standing)
        content = roster.entry(before=known.head, number=known.length + 1, at=iso(at), **parts)
        roster.require_sensible(known, content, at=at)
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        follow(record, told, at=at)
        if instead_of is not None:
            instead_of.refresh_from_db()
            instead_of.move(EntryState.RENEWED, at=at)
        proposal = RosterProposal.objects.create(
            content=content, head=roster.head_of(content), proposed_by=Person.objects.get(uid=actor.uid), proposed_at=at,
            state=EntryState.WAITING, state_since=at,
        )
        before = instead_of.head if instead_of else ""
        record("roster.entry_proposed", _label(proposal), act=content["act"], instead_of=before)
        return proposal


def _passkey(credential: Credential) -> dict[str, Any]:
    """What an entry says of a passkey, and of the device that holds it where that is known."""
    device = getattr(credential, "device", None)
    return {
        "person": str(credential.person.uid), "credential": credential.credential_id,
        "public_key": b64(bytes(credential.public_key)), "device": str(device.uid) if device else "",
        "kind": device.kind if device else "", "owner": device.owner if device else "",
        "is_backed_up": credential.is_backup_eligible,
    }


# --- signing -----------------------------------------------------------------------------------------------------------


def sign(actor: PersonActor, proposal: RosterProposal, assertion: Assertion, *, at: datetime) -> bool:
    """Sign a proposal as an officer; True when it had enough signatures and the broker took it.

    Only what counts is kept: Refused for a passkey that is new, or not an officer's. A signature that counted when it was
    given and does not by now (its officer was suspended or locked) is left out, and another officer's is waited for.
    """
    with refusals_recorded(actor, at=at, matter=_label(proposal)):
        gate.require(actor, Right.ROSTER_SIGN, on=None)
    told = client.ask(messages.ReadRoster())
    _require_waiting(actor, proposal, told, at)
    known = plain.of(told.standing)
    _keep_signature(actor, proposal, known, assertion, at)
    signed = [s.assertion for s in officers.signatures(proposal, known, at=at)]
    if len(signed) < known.threshold:
        return False
    told = _append(proposal, signed)
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        follow(record, told, at=at)
        note(record, "roster.entry_added", proposal)
    return True


def _append(proposal: RosterProposal, signed: list[dict[str, str]]) -> messages.Roster:
    try:
        told: messages.Roster = client.ask(messages.AppendRoster(proposal.content, signed))
    except Conflict:  # two officers signed at the same moment, and the other one's request had it entered
        told = client.ask(messages.ReadRoster())
        if proposal.head not in {roster.head_of(line["entry"]) for line in told.entries}:
            raise
    return told


def _require_waiting(actor: PersonActor, proposal: RosterProposal, told: messages.Roster, at: datetime) -> None:
    """Conflict unless it still waits; what came too late is written down as such first."""
    if proposal.content["before"] != told.head and proposal.state == EntryState.WAITING:
        with recorded(actor, at=at) as record:
            gate.require(actor, Right.ROSTER_SIGN, on=None)
            follow(record, told, at=at)
    proposal.refresh_from_db()
    if proposal.state != EntryState.WAITING:
        raise Conflict(_("This does not wait any more."), remedy=_("Look how the roster stands."))


def _keep_signature(
    actor: PersonActor, proposal: RosterProposal, known: Roster, assertion: Assertion, at: datetime
) -> None:
    with recorded(actor, at=at, matter=_label(proposal)) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        credential = require_own(actor, assertion, proposal.content, domain=ROSTER_ENTRY)
        signer = known.signer(assertion.credential_id, role=roster.OFFICER, at=at)
        if signer.person != actor.uid or signer.public_key != bytes(credential.public_key):
            raise Refused(_("The roster knows that passkey otherwise than our tables do."), remedy=_("Look into it."))
        RosterSignature.objects.update_or_create(
            proposal=proposal, officer=credential.person, defaults={"assertion": assertion.parts(), "signed_at": at}
        )
        record("roster.entry_signed", _label(proposal))


def _label(proposal: RosterProposal) -> str:
    return f"roster:{proposal.head}"

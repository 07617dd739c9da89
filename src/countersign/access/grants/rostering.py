"""The roster: officers put passkeys in and take them out, two of them for each entry once there are two."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from countersign.access.grants import gate
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Right, Role
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import DutyActor, PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Credential, Person
from countersign.review import roster
from countersign.review.countersigning import require_own
from countersign.review.models import RosterEntry, RosterProposal, RosterSignature
from countersign.review.statement import ROSTER_ENTRY, iso
from countersign.review.verifying import Assertion, b64


def first_entry(actor: PersonActor, *, at: datetime) -> dict[str, Any]:
    """The entry that pins the first officer: their newest passkey, as officer and reviewer."""
    credential = Credential.objects.filter(person__uid=actor.uid, retired_at__isnull=True).order_by("-pk").first()
    if credential is None:
        raise Refused(_("The first officer needs a passkey."), remedy=_("Add one on your security page."))
    return roster.entry(
        before=roster.START, number=1, act="begin", at=iso(at), person=actor.uid, credential=credential.credential_id,
        public_key=b64(bytes(credential.public_key)), roles=[roster.OFFICER, roster.REVIEWER],
    )


def begin(actor: PersonActor, entry: dict[str, Any], assertion: Assertion, *, token: str, at: datetime) -> None:
    """Have the broker pin the first officer, with the one-time token that `./start` printed."""
    with refusals_recorded(actor, at=at, matter="roster"):
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        require_own(actor, assertion, entry, domain=ROSTER_ENTRY)
    known = client.ask(messages.BeginRoster(token, entry, assertion.parts()))
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        copy_roster(known)
        record("roster.started", "roster", head=known.head)


def propose_adding(actor: PersonActor, credential: Credential, roles: list[str], *, at: datetime) -> RosterProposal:
    """Propose that a passkey may sign, as reviewer or officer or both."""
    return _propose(
        actor, at=at, act="add", person=str(credential.person.uid), credential=credential.credential_id,
        public_key=b64(bytes(credential.public_key)), roles=sorted(roles),
    )


def propose_removing(actor: PersonActor, credential_id: str, *, at: datetime) -> RosterProposal:
    """Propose that a passkey no longer signs anything."""
    return _propose(actor, at=at, act="remove", credential=credential_id)


def propose_requiring(actor: PersonActor, account: Account, signatures: int, *, at: datetime) -> RosterProposal:
    """Propose how many second persons must sign for an account."""
    return _propose(actor, at=at, act="require", account=str(account.uid), signatures=signatures)


def _propose(actor: PersonActor, *, at: datetime, **parts: Any) -> RosterProposal:
    with refusals_recorded(actor, at=at, matter="roster"):
        gate.require(actor, Right.ROSTER_SIGN, on=None)
    known = client.ask(messages.ReadRoster())
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        content = roster.entry(before=known.head, number=len(known.entries) + 1, at=iso(at), **parts)
        RosterProposal.objects.filter(closed_at__isnull=True).exclude(content__before=known.head).update(closed_at=at)
        proposal = RosterProposal.objects.create(
            content=content, head=roster.head_of(content), proposed_by=Person.objects.get(uid=actor.uid), proposed_at=at
        )
        record("roster.entry_proposed", f"roster:{proposal.head}", act=content["act"])
        return proposal


def sign(actor: PersonActor, proposal: RosterProposal, assertion: Assertion, *, at: datetime) -> bool:
    """Sign a proposal as an officer; True when it had enough signatures and the broker took it."""
    _keep_signature(actor, proposal, assertion, at)
    known = client.ask(messages.ReadRoster())
    signatures = list(proposal.signatures.select_related("officer"))
    if len(signatures) < known.threshold:
        return False
    known = client.ask(messages.AppendRoster(proposal.content, [s.assertion for s in signatures]))
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        copy_roster(known)
        RosterProposal.objects.filter(pk=proposal.pk).update(closed_at=at)
        record("roster.entry_added", f"roster:{proposal.head}", act=proposal.content["act"])
    return True


def _keep_signature(actor: PersonActor, proposal: RosterProposal, assertion: Assertion, at: datetime) -> None:
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_SIGN, on=None)
        if proposal.closed_at is not None:
            raise Conflict(_("This proposal is closed."), remedy=_("Propose it again."))
        require_own(actor, assertion, proposal.content, domain=ROSTER_ENTRY)
        person = Person.objects.get(uid=actor.uid)
        RosterSignature.objects.update_or_create(
            proposal=proposal, officer=person, defaults={"assertion": assertion.parts(), "signed_at": at}
        )
        record("roster.entry_signed", f"roster:{proposal.head}")


def _follow(content: dict[str, Any]) -> None:
    """Let our own tables say what the roster now says: an account's demand, an officer's role."""
    if content["act"] == "require":
        Account.objects.filter(uid=content["account"]).update(signatures=content["signatures"])
    if content["act"] == "add" and roster.OFFICER in content["roles"]:
        person = Person.objects.get(uid=content["person"])
        Grant.objects.get_or_create(
            person=person, account=None, role=Role.OFFICER, defaults={"given_at": person.state_since}
        )


def copy_roster(known: messages.Roster) -> None:
    """Make our own copy of the broker's roster agree with it, and follow what its new entries say."""
    there = set(RosterEntry.objects.values_list("number", flat=True))
    for line in known.entries:
        if line["entry"]["number"] not in there:
            RosterEntry.objects.create(
                number=line["entry"]["number"], head=roster.head_of(line["entry"]), content=line["entry"],
                signed_by=line["signed_by"], appended_at=line["at"],
            )
            _follow(line["entry"])


def agree(actor: DutyActor, *, at: datetime) -> bool:
    """Copy what the broker's roster has and ours has not, as after a crash between its answer and our writing it down."""
    with refusals_recorded(actor, at=at, matter="roster"):
        gate.require(actor, Right.ROSTER_COPY, on=None)
    known = client.ask(messages.ReadRoster())
    if RosterEntry.objects.count() >= len(known.entries):
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ROSTER_COPY, on=None)
        copy_roster(known)
        record("roster.entry_added", f"roster:{known.head}", act="copied")
    return True

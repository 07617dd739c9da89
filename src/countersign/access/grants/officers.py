"""Which officers' passkeys and signatures count now: read from the broker's roster, and from the gate."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.base.errors import Refused
from countersign.people.models import Person
from countersign.review import roster
from countersign.review.countersigning import party
from countersign.review.models import RosterProposal, RosterSignature
from countersign.review.roster import OFFICER, Roster, Signer


def keys(known: Roster, uid: str, *, at: datetime) -> frozenset[str]:
    """The passkeys of a person whose signature under an entry counts now."""
    return frozenset(one.credential for one in known.signers.values() if one.person == uid and _counts(known, one, at))


def keys_for_a_no(known: Roster, uid: str) -> frozenset[str]:
    """The passkeys with which a person may say no: an officer's, also a new one."""
    return frozenset(one.credential for one in known.signers.values() if one.person == uid and OFFICER in one.roles)


def signatures(proposal: RosterProposal, known: Roster, *, at: datetime) -> list[RosterSignature]:
    """The signatures under a proposal that count now: good, by an officer's passkey, of somebody who may still sign."""
    found = proposal.signatures.select_related("officer").order_by("signed_at")
    return [one for one in found if _holds(one, proposal, known, at)]


def may_sign(person: Person, signer: Signer) -> bool:
    """Whether the gate lets a person sign entries, in whose device the passkey lies."""
    return gate.may(person.as_actor(device=signer.device), Right.ROSTER_SIGN, on=None).allowed


def _holds(one: RosterSignature, proposal: RosterProposal, known: Roster, at: datetime) -> bool:
    signer = roster.officer_behind(known, proposal.content, one.assertion, at=at, party=party())
    return signer is not None and signer.person == str(one.officer.uid) and may_sign(one.officer, signer)


def _counts(known: Roster, signer: Signer, at: datetime) -> bool:
    try:
        known.signer(signer.credential, role=OFFICER, at=at)
    except Refused:
        return False
    return True

"""Proposing what takes two people, signing it, refusing it. The act itself is the business of whoever registered it."""
from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.words import _
from countersign.people.models import Person
from countersign.review import acts, rules
from countersign.review import statement as statements
from countersign.review.countersigning import require_own
from countersign.review.models import Proposal, ProposalSignature
from countersign.review.states import ProposalState
from countersign.review.verifying import Assertion

SIGNING_TAKES = timedelta(minutes=10)


def propose(
    actor: PersonActor, act: str, *, matter: str, content: dict[str, Any], reason: str, account: str = "", at: datetime
) -> Proposal:
    """Propose an act that takes a second person. Refused as the act says; Invalid without a reason."""
    kind = acts.known(act)
    with recorded(actor, at=at, matter=matter, account=account) as record:
        proposal = Proposal(
            act=act, matter=matter, account=account or None, content=content, reason=reason.strip()[:400],
            proposed_by=Person.objects.get(uid=actor.uid), proposed_at=at, expires_at=at + kind.lives,
            state=ProposalState.WAITING, state_since=at,
        )
        kind.require_may_propose(actor, proposal)
        if not proposal.reason:
            raise Invalid(_("Say why."), field="reason")
        proposal.save()
        record("proposal.made", label(proposal), account=account, act=act, personal={"reason": proposal.reason})
        return proposal


def statement_for(actor: PersonActor, proposal: Proposal, *, at: datetime) -> dict[str, Any]:
    """The statement this person would sign. Refused to whoever may not; changes nothing."""
    with refusals_recorded(actor, at=at, matter=label(proposal)):
        require_may_sign(actor, proposal, at=at)
    return _statement(actor.uid, proposal, nonce=secrets.token_urlsafe(16), at=at)


def sign(actor: PersonActor, proposal: Proposal, statement: dict[str, Any], assertion: Assertion, *, at: datetime) -> bool:
    """Sign a proposal; True when it had all its signatures, and the act was carried out or granted."""
    with recorded(actor, at=at, matter=label(proposal), account=str(proposal.account or "")) as record:
        held = _held(proposal)
        require_may_sign(actor, held, at=at)
        signed_at = statements.moment(str(statement["signed_at"]))
        expected = _statement(actor.uid, held, nonce=str(statement["nonce"]), at=signed_at)
        if statement != expected or not timedelta() <= at - signed_at <= SIGNING_TAKES:
            raise Conflict(_("That is not what is proposed now."), remedy=_("Read it again, then sign."))
        credential = require_own(actor, assertion, statement, domain=statements.STATEMENT)
        if ProposalSignature.objects.filter(proposal=held, person=credential.person).exists():
            raise Conflict(_("You have signed this already."))
        ProposalSignature.objects.create(
            proposal=held, person=credential.person, statement=statement, credential_id=assertion.credential_id,
            public_key=bytes(credential.public_key), authenticator_data=assertion.authenticator_data,
            client_data_json=assertion.client_data_json, signature=assertion.signature, signed_at=at,
        )
        record("proposal.signed", label(held), account=held.account, act=held.act)
        if not is_complete(held):
            return False
        held.move(ProposalState.GRANTED, at=at, settled_by=credential.person)
        record("proposal.granted", label(held), account=held.account, act=held.act)
        if (carry_out := acts.known(held.act).carry_out) is not None:
            carry_out(actor, held, at)
            held.move(ProposalState.USED, at=at)
        return True


def refuse(actor: PersonActor, proposal: Proposal, words: str, *, at: datetime) -> None:
    """Say no to a proposal, with words for whoever made it."""
    with recorded(actor, at=at, matter=label(proposal)) as record:
        held = _held(proposal)
        require_may_sign(actor, held, at=at)
        if not words.strip():
            raise Invalid(_("Say why."), field="words")
        person = Person.objects.get(uid=actor.uid)
        held.move(ProposalState.REFUSED, at=at, settled_by=person, words=words.strip()[:400])
        record("proposal.refused", label(held), account=held.account, act=held.act, personal={"words": held.words})


def withdraw(actor: PersonActor, proposal: Proposal, *, at: datetime) -> None:
    """Take back one's own proposal."""
    with recorded(actor, at=at, matter=label(proposal)) as record:
        held = _held(proposal)
        if str(held.proposed_by.uid) != actor.uid:
            raise Refused(_("Only who proposed it can take it back."))
        held.move(ProposalState.WITHDRAWN, at=at)
        record("proposal.withdrawn", label(held), account=held.account, act=held.act)


def use(actor: PersonActor, proposal: Proposal, *, at: datetime) -> Proposal:
    """Take what was granted, once, inside a recorded change of the act's own package. Only its proposer may, in time."""
    held = _held(proposal)
    if str(held.proposed_by.uid) != actor.uid:
        raise Refused(_("This was granted to somebody else."))
    if held.state != ProposalState.GRANTED or at >= held.expires_at:
        raise Conflict(_("This is not granted, was used already, or is too old."), remedy=_("Propose it again."))
    held.move(ProposalState.USED, at=at)
    return held


def is_complete(proposal: Proposal) -> bool:
    """Whether a second person has signed, and the first one too where the act asks it."""
    signed = set(proposal.signatures.values_list("person_id", flat=True))
    has_second = bool(signed - {proposal.proposed_by_id})
    return has_second and (proposal.proposed_by_id in signed or not acts.known(proposal.act).is_signed_by_both)


def label(proposal: Proposal) -> str:
    """How the log names a proposal."""
    return f"proposal:{proposal.uid}"


def _held(proposal: Proposal) -> Proposal:
    """The row as it is now, held until the change ends: of two last signatures at once, the second counts the first."""
    return Proposal.objects.select_for_update(of=("self",)).select_related("proposed_by").get(pk=proposal.pk)


def require_may_sign(actor: PersonActor, proposal: Proposal, *, at: datetime) -> None:
    """Raise Refused unless this person may sign this, Conflict when it waits no longer. Records nothing by itself."""
    act = acts.known(proposal.act)
    is_own = str(proposal.proposed_by.uid) == actor.uid
    if not (is_own and act.is_signed_by_both):
        rules.require_second_person(authors={str(proposal.proposed_by.uid)}, signer=actor.uid)
    (act.require_may_propose if is_own else act.require_may_sign)(actor, proposal)
    if proposal.state != ProposalState.WAITING or at >= proposal.expires_at:
        raise Conflict(_("This no longer waits for a signature."), remedy=_("Propose it again."))


def _statement(signer: str, proposal: Proposal, *, nonce: str, at: datetime) -> dict[str, Any]:
    return statements.consent(
        act=proposal.act, signer=signer, proposed_by=str(proposal.proposed_by.uid), proposal=str(proposal.uid),
        matter=proposal.matter, account=str(proposal.account or ""), content=dict(proposal.content),
        reason=proposal.reason, nonce=nonce, at=at, expires_at=proposal.expires_at,
    )

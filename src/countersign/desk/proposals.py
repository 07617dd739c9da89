"""What takes two people: the list, and the page on which a second person signs."""
from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import gate
from countersign.access.grants.queries import shown
from countersign.access.grants.rights import Right
from countersign.access.grants.rules import Verdict
from countersign.base.actor import PersonActor
from countersign.base.errors import CountersignError, Refused
from countersign.base.values import Digest
from countersign.base.words import _
from countersign.review import acts, proposing
from countersign.review.models import Proposal
from countersign.review.states import ProposalState
from countersign.web import values

LATELY = 30
FINGERPRINT = "countersign/proposal/v1"


def may_see(actor: PersonActor, proposal: Proposal) -> bool:
    """Whether this person proposed it, may sign it, or reads the log."""
    is_own = str(proposal.proposed_by.uid) == actor.uid
    return is_own or _may_sign(actor, proposal) or gate.may(actor, Right.LOG_READ, on=None).allowed


def waits_for(actor: PersonActor, *, at: datetime) -> list[Proposal]:
    """The proposals that wait for this very person's signature, oldest first."""
    rows = Proposal.objects.open(at).select_related("proposed_by").order_by("proposed_at")
    return [row for row in rows if _verdict(actor, row, at).allowed]


def waiting_rows(actor: PersonActor, *, at: datetime) -> tuple[values.ProposalRow, ...]:
    """The same, as lines of *my work*."""
    return tuple(_row(actor, row, at) for row in waits_for(actor, at=at))


def listed(actor: PersonActor, *, at: datetime) -> values.Proposals:
    """`desk/proposals.html`."""
    rows = [row for row in Proposal.objects.select_related("proposed_by").order_by("-proposed_at")[:200] if may_see(actor, row)]
    waiting = [row for row in rows if row.state == ProposalState.WAITING and at < row.expires_at]
    settled = [row for row in rows if row not in waiting][:LATELY]
    return values.Proposals(
        tuple(_row(actor, row, at) for row in reversed(waiting)), tuple(_row(actor, row, at) for row in settled)
    )


def page(actor: PersonActor, proposal: Proposal, *, at: datetime) -> values.ProposalPage:
    """`desk/proposal.html`."""
    act = acts.known(proposal.act)
    is_own = str(proposal.proposed_by.uid) == actor.uid
    is_open = proposal.state == ProposalState.WAITING and at < proposal.expires_at
    verdict = _verdict(actor, proposal, at)
    signed = proposal.signatures.select_related("person").order_by("signed_at")
    take_back = values.Action(gettext("Take it back"), reverse("proposal-withdraw", args=[proposal.uid]), tone="ghost")
    return values.ProposalPage(
        gettext(act.title), _state(proposal, at), values.Who(proposal.proposed_by.name), proposal.proposed_at,
        proposal.expires_at, proposal.reason,
        tuple(values.ProposalSaid(label, text) for label, text in act.lines(proposal)),
        Digest.of(FINGERPRINT, {"uid": str(proposal.uid), "content": proposal.content}).hex[:16],
        list_url=reverse("proposals"), next_url=act.next_url(proposal),
        signed=tuple((values.Who(one.person.name), one.signed_at) for one in signed), words=proposal.words,
        may_sign=shown(verdict), options_url=reverse("proposal-options", args=[proposal.uid]),
        submit_url=reverse("proposal-sign", args=[proposal.uid]),
        refuse_url=reverse("proposal-refuse", args=[proposal.uid]) if verdict.allowed and not is_own else "",
        withdraw=take_back if is_own and is_open else None,
    )


def _row(actor: PersonActor, proposal: Proposal, at: datetime) -> values.ProposalRow:
    lines = acts.known(proposal.act).lines(proposal)
    return values.ProposalRow(
        reverse("proposal", args=[proposal.uid]), gettext(acts.known(proposal.act).title), lines[0][1] if lines else "",
        values.Who(proposal.proposed_by.name), proposal.proposed_at, proposal.expires_at, _state(proposal, at),
        is_mine=_verdict(actor, proposal, at).allowed,
    )


def _state(proposal: Proposal, at: datetime) -> str:
    is_over = proposal.state in {ProposalState.WAITING, ProposalState.GRANTED} and at >= proposal.expires_at
    return "expired" if is_over else proposal.state


def _may_sign(actor: PersonActor, proposal: Proposal) -> bool:
    try:
        acts.known(proposal.act).require_may_sign(actor, proposal)
    except CountersignError:
        return False
    return True


def _verdict(actor: PersonActor, proposal: Proposal, at: datetime) -> Verdict:
    if proposal.signatures.filter(person__uid=actor.uid).exists():
        return Verdict(False, _("You have signed this already."))
    try:
        proposing.require_may_sign(actor, proposal, at=at)
    except CountersignError as error:
        why = error.what if isinstance(error, Refused) else _("This no longer waits for a signature.")
        return Verdict(False, why, error.remedy)
    return Verdict(True)

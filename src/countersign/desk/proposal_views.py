"""The pages of proposals: acts that take two people."""
from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from countersign.audit.recording import refusals_recorded
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.desk import proposals
from countersign.people.requests import ActingRequest, json_of, person_actor
from countersign.review import acts, countersigning, proposing
from countersign.review.models import Proposal

STATEMENT = "proposal_statement"  # where the session keeps what the passkey was asked


@require_GET
def listed(request: ActingRequest) -> HttpResponse:
    """Everything that takes two people and that this person may see."""
    page = proposals.listed(person_actor(request), at=timezone.now())
    return render(request, "desk/proposals.html", {"page": page})


@require_GET
def shown(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One proposal, as it is signed."""
    actor, at, proposal = person_actor(request), timezone.now(), _found(uid)
    with refusals_recorded(actor, at=at, matter=proposing.label(proposal)):
        if not proposals.may_see(actor, proposal):
            raise Refused(_("This is between others."))
    return render(request, "desk/proposal.html", {"page": proposals.page(actor, proposal, at=at)})


@require_POST
def options(request: ActingRequest, uid: UUID) -> JsonResponse:
    """The question for a signer's passkey: exactly this proposal."""
    actor = person_actor(request)
    statement = proposing.statement_for(actor, _found(uid), at=timezone.now())
    request.session[STATEMENT] = statement
    return JsonResponse(countersigning.question(actor, statement))


@require_POST
def sign(request: ActingRequest, uid: UUID) -> JsonResponse:
    """Take a signer's answer; with the last signature it is done, or granted."""
    actor, at, proposal = person_actor(request), timezone.now(), _found(uid)
    with refusals_recorded(actor, at=at, matter=proposing.label(proposal)):
        proposing.require_may_sign(actor, proposal, at=at)
    statement = request.session.pop(STATEMENT, None)
    if statement is None or statement["proposal"] != str(proposal.uid):
        raise Conflict(_("No signature is under way."), remedy=_("Press the button again."))
    is_complete = proposing.sign(actor, proposal, statement, countersigning.answered(json_of(request)), at=timezone.now())
    words = gettext("Signed. It is done.") if is_complete else gettext("Signed. Another signature is needed.")
    to = acts.known(proposal.act).next_url(proposal) if is_complete else reverse("proposal", args=[uid])
    return JsonResponse({"ok": True, "say": words, "next": to})


@require_POST
def refuse(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Say no, with words."""
    proposing.refuse(person_actor(request), _found(uid), request.POST.get("words", ""), at=timezone.now())
    return redirect("proposals")


@require_POST
def withdraw(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Take back one's own proposal."""
    proposing.withdraw(person_actor(request), _found(uid), at=timezone.now())
    return redirect("proposals")


def _found(uid: UUID) -> Proposal:
    return get_object_or_404(Proposal.objects.select_related("proposed_by"), uid=uid)

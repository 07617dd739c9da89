"""The pages of the roster: who may sign, what waits for officers, what one officer asked for alone."""
from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from countersign.access.grants import asking_alone, gate, officers, roster_queries, rostering
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.grants.views import named
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Credential
from countersign.people.requests import ActingRequest, json_of, person_actor
from countersign.review import alone, countersigning, plain, roster
from countersign.review import statement as statements
from countersign.review.models import RosterProposal
from countersign.review.roster import Roster
from countersign.review.statement import ROSTER_ALONE, ROSTER_ENTRY, iso

GENESIS = "countersign-genesis"  # the cookie that carries the printed link's token from enrolment to the roster


# --- the beginning -----------------------------------------------------------------------------------------------------


@require_GET
def begin(request: ActingRequest, token: str) -> HttpResponse:
    """The printed link: keep its token for the roster, and go on to enrolment."""
    response = redirect("enrol", token=token)
    response.set_cookie(
        GENESIS, token, max_age=3 * 24 * 3600, path=reverse("grants:roster-begin"), secure=settings.SESSION_COOKIE_SECURE,
        httponly=True, samesite="Strict",
    )
    return response


@require_POST
def begin_options(request: ActingRequest) -> JsonResponse:
    """The question for the first officer's passkey: the entry that pins it, and the wait that they chose."""
    actor = person_actor(request)
    gate.require(actor, Right.ROSTER_SIGN, on=None)
    wait = _hours(json_of(request).get("wait", str(rostering.WAIT)) if request.body else str(rostering.WAIT))
    entry = rostering.first_entry(actor, wait=wait, at=timezone.now())
    request.session["first_entry"] = entry
    among = frozenset({entry["credential"]})
    return JsonResponse(countersigning.question(actor, entry, domain=ROSTER_ENTRY, among=among))


@require_POST
def begin_sign(request: ActingRequest) -> JsonResponse:
    """Pin the first officer."""
    gate.require(person_actor(request), Right.ROSTER_SIGN, on=None)
    entry, token = request.session.pop("first_entry", None), request.COOKIES.get(GENESIS, "")
    if entry is None:
        raise _nothing_under_way()
    assertion = countersigning.answered(json_of(request))
    rostering.begin(person_actor(request), entry, assertion, token=token, at=timezone.now())
    response = JsonResponse({"ok": True, "next": reverse("grants:roster")})
    response.delete_cookie(GENESIS, path=reverse("grants:roster-begin"))
    return response


# --- the page, and what one proposes on it -----------------------------------------------------------------------------


@require_GET
def roster_page(request: ActingRequest) -> HttpResponse:
    """Who may sign, what cannot be promised yet, and what waits for officers."""
    gate.require(person_actor(request), Right.PERSON_READ, on=None)
    told = client.ask(messages.ReadRoster())
    page = roster_queries.roster_page(person_actor(request), told, at=timezone.now())
    return render(request, "grants/roster.html", {"page": page, "begin": not told.entries})


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("grants:roster"))


@require_POST
def roster_add(request: ActingRequest) -> HttpResponse:
    """Propose that a passkey may sign, or may sign as something else."""
    if not request.POST.get("person"):
        raise Invalid(_("Choose a passkey."), field="person")
    credential = named(Credential, request.POST.get("person", ""), retired_at__isnull=True)
    roles = [roster.REVIEWER, roster.OFFICER] if request.POST.get("role") == "officer" else [roster.REVIEWER]
    rostering.propose_adding(person_actor(request), credential, roles, at=timezone.now())
    return _back()


@require_POST
def roster_remove(request: ActingRequest) -> HttpResponse:
    """Propose that a passkey no longer signs."""
    rostering.propose_removing(person_actor(request), request.POST.get("credential", ""), at=timezone.now())
    return _back()


@require_POST
def roster_wait(request: ActingRequest) -> HttpResponse:
    """Propose that one officer alone waits longer."""
    rostering.propose_waiting(person_actor(request), _hours(request.POST.get("hours", "")), at=timezone.now())
    return _back()


@require_POST
def require_signatures(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Propose how many signatures an account takes."""
    account, wanted = get_object_or_404(Account, uid=uid), request.POST.get("needed", "")
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 5:
        raise Invalid(_("An account asks for one to five signatures."), field="needed")
    rostering.propose_requiring(person_actor(request), account, int(wanted), at=timezone.now())
    return _back()


@require_POST
def roster_again(request: ActingRequest, head: str) -> HttpResponse:
    """Propose again what came too late."""
    rostering.propose_again(person_actor(request), get_object_or_404(RosterProposal, head=head), at=timezone.now())
    return _back()


@require_POST
def roster_withdraw(request: ActingRequest, head: str) -> HttpResponse:
    """Take a proposal back, or let one go that came too late."""
    rostering.withdraw(person_actor(request), get_object_or_404(RosterProposal, head=head), at=timezone.now())
    return _back()


# --- signing -----------------------------------------------------------------------------------------------------------


@require_POST
def roster_options(request: ActingRequest, head: str) -> JsonResponse:
    """The question for an officer's passkey that counts now: exactly the proposed entry."""
    actor = person_actor(request)
    gate.require(actor, Right.ROSTER_SIGN, on=None)
    proposal = get_object_or_404(RosterProposal.objects.waiting(), head=head)
    return JsonResponse(countersigning.question(actor, proposal.content, domain=ROSTER_ENTRY, among=_counting(actor)))


@require_POST
def roster_sign(request: ActingRequest, head: str) -> JsonResponse:
    """Take an officer's answer; with enough of them the entry is on the roster."""
    proposal = get_object_or_404(RosterProposal, head=head)
    assertion = countersigning.answered(json_of(request))
    is_complete = rostering.sign(person_actor(request), proposal, assertion, at=timezone.now())
    words = gettext("It is on the roster.") if is_complete else gettext("Signed. Another officer's signature is needed.")
    return JsonResponse({"ok": True, "say": words, "next": reverse("grants:roster")})


@require_POST
def alone_options(request: ActingRequest, head: str, act: str) -> JsonResponse:
    """The question for an officer's passkey about what one asks for alone: to ask it, to enter it, or to say no."""
    actor = person_actor(request)
    gate.require(actor, Right.ROSTER_SIGN, on=None)
    proposal = get_object_or_404(RosterProposal.objects.waiting(), head=head)
    statement = statements.alone(act=act, head=proposal.head, at=iso(timezone.now()))
    among = officers.keys_for_a_no(_known(), actor.uid) if act == alone.VETO else _counting(actor)
    question = countersigning.question(actor, statement, domain=ROSTER_ALONE, among=among)
    request.session[_kept(act)] = statement
    return JsonResponse(question)


@require_POST
def alone_sign(request: ActingRequest, head: str, act: str) -> JsonResponse:
    """Take an officer's answer to that question."""
    actor, proposal = person_actor(request), get_object_or_404(RosterProposal, head=head)
    gate.require(actor, Right.ROSTER_SIGN, on=None)
    statement = request.session.pop(_kept(act), None)
    if statement is None:
        raise _nothing_under_way()
    do = {alone.ASK: asking_alone.ask, alone.ENTER: asking_alone.enter, alone.VETO: asking_alone.say_no}[act]
    do(actor, proposal, statement, countersigning.answered(json_of(request)), at=timezone.now())
    return JsonResponse({"ok": True, "next": reverse("grants:roster")})


def _known() -> Roster:
    return plain.of(client.ask(messages.ReadRoster()).standing)


def _counting(actor: PersonActor) -> frozenset[str]:
    """The actor's passkeys that count as an officer's now; Refused with the reason when none does."""
    told, at = client.ask(messages.ReadRoster()), timezone.now()
    verdict = roster_queries.may_sign_with_passkey(roster_queries.Book.of(actor, told, at=at))
    if not verdict:
        raise Refused(verdict.why, remedy=verdict.remedy)
    return officers.keys(plain.of(told.standing), actor.uid, at=at)


def _hours(text: object) -> int:
    if not isinstance(text, str) or text not in {str(hours) for hours in roster_queries.WAITS}:
        raise Invalid(_("Choose how long one officer alone waits."), field="hours")
    return int(text)


def _kept(act: str) -> str:
    return f"roster_{act}"


def _nothing_under_way() -> Conflict:
    return Conflict(_("No signature is under way."), remedy=_("Press the button again."))

"""The pages of accounts, people and the roster."""
from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from countersign.access.grants import gate, inviting, queries, rostering
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Right, Role
from countersign.base.errors import Conflict, CountersignError, Invalid, Refused
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people import rules as people_rules
from countersign.people.models import Credential, Person
from countersign.people.requests import ActingRequest, person_actor
from countersign.people.states import Purpose
from countersign.review import countersigning, roster
from countersign.review.models import RosterProposal
from countersign.review.statement import ROSTER_ENTRY
from countersign.web.errors import said
from countersign.web.values import Notice

GENESIS = "countersign-genesis"  # the cookie that carries the printed link's token from enrolment to the roster


def _show(request: ActingRequest, template: str, page: object, status: int = 200) -> HttpResponse:
    return render(request, template, {"page": page}, status=status)


def _sentence(error: CountersignError) -> str:
    return f"{said(error.template, error.facts)} {said(error.remedy_template, error.facts)}".strip()


@require_GET
def accounts(request: ActingRequest) -> HttpResponse:
    """The accounts this person may see."""
    gate.require_anywhere(person_actor(request), Right.ACCOUNT_READ)
    return _show(request, "grants/accounts.html", queries.accounts_page(person_actor(request)))


# --- people ------------------------------------------------------------------------------------------------------------


@require_GET
def people(request: ActingRequest) -> HttpResponse:
    """Everybody who works here."""
    gate.require(person_actor(request), Right.PERSON_READ, on=None)
    known = client.ask(messages.ReadRoster())
    notice = None
    if known.threshold < 2:
        text = gettext("One officer alone can put any passkey on the roster. Enrol a second one: from then on it takes two.")
        notice = Notice("warn", gettext("There is one security officer"), text, reverse("grants:roster"), gettext("The roster"))
    return _show(request, "grants/people.html", queries.people_page(person_actor(request), notice=notice))


@require_GET
def person(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One person, their roles and factors."""
    gate.require(person_actor(request), Right.PERSON_READ, on=None)
    return _show(request, "grants/person.html", queries.person_page(person_actor(request), get_object_or_404(Person, uid=uid)))


@require_http_methods(["GET", "POST"])
def invite(request: ActingRequest) -> HttpResponse:
    """Invite somebody; the single-use link is shown once."""
    actor, at = person_actor(request), timezone.now()
    gate.require(actor, Right.PERSON_INVITE, on=None)
    if request.method == "GET":
        return _show(request, "grants/invite.html", queries.invite_page())
    try:
        uids = request.POST.getlist("account") or [""]
        chosen = [_named(Account, uid) if uid else None for uid in uids]
        grants = [(_role(role), account) for role in request.POST.getlist("role") for account in chosen]
        name, email = request.POST.get("name", "").strip(), request.POST.get("email", "").strip()
        if not name or "@" not in email:
            raise Invalid(_("Give a name and a mail address."), field="email" if name else "name")
        invited, token = inviting.invite(
            actor, email=email, name=name, grants=grants, language=request.POST.get("language", "en"), at=at
        )
    except Invalid as mistake:
        page = queries.invite_page(request.POST, _sentence(mistake), mistake.field)
        return _show(request, "grants/invite.html", page, 422)
    return _with_link(request, invited, token)


def _with_link(request: ActingRequest, person: Person, token: str) -> HttpResponse:
    ends_at = timezone.now() + people_rules.LINK_LASTS[Purpose.INVITATION]
    page = dataclasses.replace(
        queries.invite_page(), name=person.name, email=person.email, ends_at=ends_at,
        link=request.build_absolute_uri(reverse("enrol", args=[token])),
    )
    return _show(request, "grants/invite.html", page)


@require_POST
def invite_again(request: ActingRequest, uid: UUID) -> HttpResponse:
    """A fresh link for somebody who has not come yet."""
    invited = get_object_or_404(Person, uid=uid)
    return _with_link(request, invited, inviting.invite_again(person_actor(request), invited, at=timezone.now()))


@require_POST
def give(request: ActingRequest, to: UUID | None = None, on: UUID | None = None) -> HttpResponse:
    """Give a role, from a person's page or from an account's."""
    person = _named(Person, to or request.POST.get("person", ""))
    account_uid = on or request.POST.get("account") or None
    account = _named(Account, account_uid) if account_uid else None
    inviting.give(person_actor(request), person, _role(request.POST.get("role", "")), on=account, at=timezone.now())
    return redirect("grants:person", uid=to) if to else redirect("grants:account", uid=on)


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as error:
        raise Invalid(_("Choose a role."), field="role") from error


def _named[M: Model](kind: type[M], uid: UUID | str, **more: object) -> M:
    """The row a form names; 404 for a UUID that is none as for one that names nothing."""
    found = known_uuids([str(uid)])
    return get_object_or_404(kind, uid=found[0] if found else None, **more)


@require_POST
def take(request: ActingRequest, pk: int) -> HttpResponse:
    """Take a role away."""
    grant = get_object_or_404(Grant.objects.select_related("person", "account"), pk=pk)
    uid = grant.person.uid
    inviting.take(person_actor(request), grant, at=timezone.now())
    return redirect("grants:person", uid=uid)


@require_POST
def suspend(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Suspend a person."""
    inviting.suspend(person_actor(request), get_object_or_404(Person, uid=uid), at=timezone.now())
    return redirect("grants:person", uid=uid)


@require_POST
def resume(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Let a suspended person work again."""
    inviting.resume(person_actor(request), get_object_or_404(Person, uid=uid), at=timezone.now())
    return redirect("grants:person", uid=uid)


# --- the roster --------------------------------------------------------------------------------------------------------


@require_GET
def begin(request: ActingRequest, token: str) -> HttpResponse:
    """The printed link: keep its token for the roster, and go on to enrolment."""
    response = redirect("enrol", token=token)
    response.set_cookie(
        GENESIS, token, max_age=3 * 24 * 3600, path=reverse("grants:roster-begin"), secure=settings.SESSION_COOKIE_SECURE,
        httponly=True, samesite="Strict",
    )
    return response


@require_GET
def roster_page(request: ActingRequest) -> HttpResponse:
    """Who may sign, and what waits for officers."""
    gate.require(person_actor(request), Right.PERSON_READ, on=None)
    known = client.ask(messages.ReadRoster())
    page = queries.roster_page(person_actor(request), known, at=timezone.now())
    context = {"page": page, "begin": not known.entries}
    return render(request, "grants/roster.html", context)


@require_POST
def begin_options(request: ActingRequest) -> JsonResponse:
    """The question for the first officer's passkey: the entry that pins it."""
    actor = person_actor(request)
    gate.require(actor, Right.ROSTER_SIGN, on=None)
    entry = rostering.first_entry(actor, at=timezone.now())
    request.session["first_entry"] = entry
    return JsonResponse(countersigning.question(actor, entry, domain=ROSTER_ENTRY))


@require_POST
def begin_sign(request: ActingRequest) -> JsonResponse:
    """Pin the first officer."""
    gate.require(person_actor(request), Right.ROSTER_SIGN, on=None)
    entry, token = request.session.pop("first_entry", None), request.COOKIES.get(GENESIS, "")
    if entry is None:
        raise Conflict(_("No signature is under way."), remedy=_("Press the button again."))
    assertion = countersigning.answered(_json(request))
    rostering.begin(person_actor(request), entry, assertion, token=token, at=timezone.now())
    response = JsonResponse({"ok": True, "next": reverse("grants:roster")})
    response.delete_cookie(GENESIS, path=reverse("grants:roster-begin"))
    return response


def _proposing(request: ActingRequest, propose: Callable[[], RosterProposal]) -> HttpResponseRedirect:
    propose()
    return HttpResponseRedirect(reverse("grants:roster"))


@require_POST
def roster_add(request: ActingRequest) -> HttpResponse:
    """Propose that a passkey may sign."""
    credential = _named(Credential, request.POST.get("person", ""), retired_at__isnull=True)
    roles = [roster.REVIEWER, roster.OFFICER] if request.POST.get("role") == "officer" else [roster.REVIEWER]
    actor, at = person_actor(request), timezone.now()
    return _proposing(request, lambda: rostering.propose_adding(actor, credential, roles, at=at))


@require_POST
def roster_remove(request: ActingRequest) -> HttpResponse:
    """Propose that a passkey no longer signs."""
    credential, actor, at = request.POST.get("credential", ""), person_actor(request), timezone.now()
    return _proposing(request, lambda: rostering.propose_removing(actor, credential, at=at))


@require_POST
def require_signatures(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Propose how many signatures an account takes."""
    account, wanted = get_object_or_404(Account, uid=uid), request.POST.get("needed", "")
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 5:
        raise Invalid(_("An account asks for one to five signatures."), field="needed")
    actor, at = person_actor(request), timezone.now()
    return _proposing(request, lambda: rostering.propose_requiring(actor, account, int(wanted), at=at))


@require_POST
def roster_options(request: ActingRequest, head: str) -> JsonResponse:
    """The question for an officer's passkey: exactly the proposed entry."""
    actor = person_actor(request)
    gate.require(actor, Right.ROSTER_SIGN, on=None)
    proposal = get_object_or_404(RosterProposal, head=head, closed_at__isnull=True)
    return JsonResponse(countersigning.question(actor, proposal.content, domain=ROSTER_ENTRY))


@require_POST
def roster_sign(request: ActingRequest, head: str) -> JsonResponse:
    """Take an officer's answer; with enough of them the entry is on the roster."""
    proposal = get_object_or_404(RosterProposal, head=head)
    assertion = countersigning.answered(_json(request))
    is_complete = rostering.sign(person_actor(request), proposal, assertion, at=timezone.now())
    words = gettext("It is on the roster.") if is_complete else gettext("Signed. Another officer's signature is needed.")
    return JsonResponse({"ok": True, "say": words, "next": reverse("grants:roster")})


def _json(request: ActingRequest) -> dict[str, Any]:
    try:
        content = json.loads(request.body)
    except ValueError as error:
        raise Refused(_("That is no answer of a passkey.")) from error
    return content if isinstance(content, dict) else {}

"""The pages of accounts and people. Those of the roster are in `roster_views`."""
from __future__ import annotations

import dataclasses
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from countersign.access.grants import gate, inviting, queries
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Right, Role
from countersign.base.errors import CountersignError, Invalid
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people import rules as people_rules
from countersign.people.models import Person
from countersign.people.requests import ActingRequest, person_actor
from countersign.people.states import Purpose
from countersign.web.errors import said
from countersign.web.values import Notice


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
        chosen = _accounts(request)
        grants = [(_role(role), account) for role in request.POST.getlist("role") for account in chosen]
        name, email = request.POST.get("name", "").strip(), request.POST.get("email", "").strip()
        if not name or "@" not in email:
            raise Invalid(_("Give a name and a mail address."), field="email" if name else "name")
        invited, token = inviting.invite(
            actor, email=email, name=name, grants=grants, language=request.POST.get("language", "en"),
            ends_at=_last_day(request.POST.get("ends", "")), at=at,
        )
    except Invalid as mistake:
        page = queries.invite_page(request.POST, _sentence(mistake), mistake.field)
        return _show(request, "grants/invite.html", page, 422)
    return _with_link(request, invited, token)


def _last_day(text: str) -> datetime | None:
    """When a guest's last day is over, in the house's time zone; None without one. Invalid for what is no day."""
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text) + timedelta(days=1), time()))
    except ValueError as error:
        raise Invalid(_("That is no day."), field="ends") from error


def _accounts(request: ActingRequest) -> list[Account | None]:
    """The accounts an invitation is for, None standing for every one; Invalid when it is not clear which are meant."""
    uids = request.POST.getlist("account")
    if not uids:
        raise Invalid(_("Choose on which accounts."), field="account")
    if "" in uids and len(uids) > 1:
        raise Invalid(_("Choose either every account, or single ones."), field="account")
    return [named(Account, uid) if uid else None for uid in uids]


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
    person = named(Person, to or request.POST.get("person", ""))
    account_uid = on or request.POST.get("account") or None
    account = named(Account, account_uid) if account_uid else None
    inviting.give(person_actor(request), person, _role(request.POST.get("role", "")), on=account, at=timezone.now())
    return redirect("grants:person", uid=to) if to else redirect("grants:account", uid=on)


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as error:
        raise Invalid(_("Choose a role."), field="role") from error


def named[M: Model](kind: type[M], uid: UUID | str, **more: object) -> M:
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

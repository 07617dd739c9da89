"""Recovery, account by account: contacts, what is decided, announcements, drills."""
from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.recovery import announcing, comparing, describing, drilling, queries
from countersign.access.recovery.models import Contact, Drill
from countersign.access.recovery.views import words_of
from countersign.base.errors import Invalid
from countersign.base.values import known_uuids
from countersign.people.models import Person
from countersign.people.requests import ActingRequest, person_actor


@require_safe
def listed(request: ActingRequest) -> HttpResponse:
    """Every account: by what it can be had back, how good that is, and when it was last rehearsed."""
    gate.require(person_actor(request), Right.RECOVERY_READ, on=None)
    return render(request, "recovery/list.html", {"page": queries.list_page(person_actor(request), at=timezone.now())})


@require_safe
def account(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One account."""
    gate.require(person_actor(request), Right.RECOVERY_READ, on=None)
    return _show(request, _account(uid))


def _show(request: ActingRequest, found: Account, *, mistake: Invalid | None = None, field: str = "") -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("value", "why", "kind")} if mistake else {}
    mistakes = {mistake.field or field: words_of(mistake)} if mistake else {}
    page = queries.account_page(person_actor(request), found, at=timezone.now(), mistakes=mistakes, **given)
    return render(request, "recovery/account.html", {"page": page}, status=422 if mistake else 200)


@require_POST
def add(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Write a contact down."""
    found = _account(uid)
    try:
        describing.add(
            person_actor(request), found, request.POST.get("kind", ""), request.POST.get("value", ""),
            receivers=_persons(request), at=timezone.now(),
        )
    except Invalid as mistake:
        return _show(request, found, mistake=mistake, field="value")
    return redirect("recovery:account", uid=uid)


@require_POST
def contact_end(request: ActingRequest, uid: UUID) -> HttpResponse:
    """It no longer stands at the network."""
    found = _contact(uid)
    describing.end(person_actor(request), found, at=timezone.now())
    return redirect("recovery:account", uid=found.account.uid)


@require_POST
def receivers(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Who receives what arrives there."""
    found = _contact(uid)
    describing.name_receivers(person_actor(request), found, _persons(request), at=timezone.now())
    return redirect("recovery:account", uid=found.account.uid)


@require_POST
def second_factor(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Say that the mailbox itself asks for a second factor."""
    found = _contact(uid)
    describing.state_second_factor(person_actor(request), found, at=timezone.now())
    return redirect("recovery:account", uid=found.account.uid)


@require_POST
def decide(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Decide whether what nothing explains locks this account, and whose mails are its server's."""
    found = _account(uid)
    domains = request.POST.get("domains", "").replace(",", " ").split()
    try:
        describing.decide(
            person_actor(request), found, freezes=request.POST.get("freezes") == "yes", sender_domains=domains, at=timezone.now()
        )
    except Invalid as mistake:
        return _show(request, found, mistake=mistake, field="domain")
    return redirect("recovery:account", uid=uid)


@require_POST
def announce(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Say what will be changed at the network."""
    found = _account(uid)
    try:
        announcing.announce(
            person_actor(request), found, request.POST.get("kind", ""), request.POST.get("why", ""), at=timezone.now()
        )
    except Invalid as mistake:
        return _show(request, found, mistake=mistake, field="why")
    return redirect("recovery:account", uid=uid)


@require_POST
def compare(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Ask the network's API now."""
    event = comparing.compare(person_actor(request), _account(uid), at=timezone.now())
    return redirect("recovery:event", uid=event.uid) if event else redirect("recovery:account", uid=uid)


@require_POST
def drill_announce(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Announce a reset drill."""
    made = drilling.announce(person_actor(request), _account(uid), at=timezone.now())
    return redirect("recovery:drill", uid=made.uid)


@never_cache
@require_safe
def drill(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One drill: what to press and where, and how it went. While it waits, the page asks for the middle of itself again."""
    gate.require(person_actor(request), Right.RECOVERY_READ, on=None)
    template = "recovery/drill_body.html" if request.headers.get("HX-Request") else "recovery/drill.html"
    return render(request, template, {"page": queries.drill_page(person_actor(request), _drill(uid))})


@require_POST
def drill_cancel(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Call a drill off."""
    drilling.cancel(person_actor(request), _drill(uid), at=timezone.now())
    return redirect("recovery:drill", uid=uid)


def _account(uid: UUID) -> Account:
    return get_object_or_404(Account, uid=uid)


def _contact(uid: UUID) -> Contact:
    return get_object_or_404(Contact.objects.select_related("account"), uid=uid)


def _drill(uid: UUID) -> Drill:
    return get_object_or_404(Drill.objects.select_related("account", "announced_by", "mail__account"), uid=uid)


def _persons(request: ActingRequest) -> list[Person]:
    return list(Person.objects.filter(uid__in=known_uuids(request.POST.getlist("person"))).order_by("pk"))

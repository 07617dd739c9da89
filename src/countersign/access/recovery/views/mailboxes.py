"""Role mailboxes and the company's domains."""
from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.recovery import listing, opening, queries
from countersign.access.recovery.models import Domain, Mailbox
from countersign.access.recovery.views import words_of
from countersign.base.errors import Invalid, NetworkError
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.people.requests import ActingRequest, person_actor


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: ActingRequest) -> HttpResponse:
    """The mailboxes that are read, and connecting another."""
    actor = person_actor(request)
    if request.method != "POST":
        gate.require(actor, Right.RECOVERY_READ, on=None)
        return render(request, "recovery/mailboxes.html", {"page": queries.mailboxes_page(actor)})
    given = {name: request.POST.get(name, "") for name in ("address", "host", "port", "security", "user", "way")}
    port = int(given["port"]) if given["port"].isdecimal() and len(given["port"]) < 6 else 0
    place = opening.Place(given["address"], given["host"], port, given["security"], given["user"], given["way"])
    try:
        made = opening.open_mailbox(actor, place, Secret(request.POST.get("text", "")), at=timezone.now())
    except (Invalid, NetworkError) as mistake:
        page = queries.mailboxes_page(actor, given=given, mistakes={mistake.field or "form": words_of(mistake)})
        return render(request, "recovery/mailboxes.html", {"page": page}, status=422)
    return redirect("recovery:mailbox", uid=made.uid)


@never_cache
@require_safe
def mailbox(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One mailbox: whether it is read, and what networks wrote to it."""
    gate.require(person_actor(request), Right.RECOVERY_READ, on=None)
    page = queries.mailbox_page(person_actor(request), _mailbox(uid))
    return render(request, "recovery/mailbox.html", {"page": page})


@require_POST
def again(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Give it another password or token."""
    found = _mailbox(uid)
    try:
        opening.open_again(person_actor(request), found, Secret(request.POST.get("text", "")), at=timezone.now())
    except (Invalid, NetworkError) as mistake:
        page = queries.mailbox_page(person_actor(request), found, mistakes={"text": words_of(mistake)})
        return render(request, "recovery/mailbox.html", {"page": page}, status=422)
    return redirect("recovery:mailbox", uid=uid)


@require_POST
def end(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Read it no longer."""
    opening.end(person_actor(request), _mailbox(uid), at=timezone.now())
    return redirect("recovery:mailboxes")


@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: ActingRequest) -> HttpResponse:
    """The company's own domains."""
    actor, at = person_actor(request), timezone.now()
    if request.method != "POST":
        gate.require(actor, Right.RECOVERY_READ, on=None)
        return render(request, "recovery/domains.html", {"page": queries.domains_page(actor, at=at)})
    name, until = request.POST.get("domain", ""), request.POST.get("until", "")
    try:
        listing.add(actor, name, registered_until=_day(until) if until else None, at=at)
    except Invalid as mistake:
        page = queries.domains_page(actor, at=at, domain=name, until=until, mistakes={mistake.field or "domain": words_of(mistake)})
        return render(request, "recovery/domains.html", {"page": page}, status=422)
    return redirect("recovery:domains")


@require_POST
def domain_until(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Enter until when a domain is registered."""
    actor, at = person_actor(request), timezone.now()
    gate.require(actor, Right.RECOVERY_KEEP, on=None)
    try:
        listing.register(actor, _domain(uid), _day(request.POST.get("until", "")), at=at)
    except Invalid as mistake:
        page = queries.domains_page(actor, at=at, mistakes={"until": words_of(mistake)})
        return render(request, "recovery/domains.html", {"page": page}, status=422)
    return redirect("recovery:domains")


@require_POST
def domain_look(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Look a domain up now."""
    listing.look_up(person_actor(request), _domain(uid), at=timezone.now())
    return redirect("recovery:domains")


@require_POST
def domain_end(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Take a domain off the list."""
    listing.end(person_actor(request), _domain(uid), at=timezone.now())
    return redirect("recovery:domains")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("Give a day."), field="until") from error


def _mailbox(uid: UUID) -> Mailbox:
    return get_object_or_404(Mailbox.objects.select_related("opened_by"), uid=uid)


def _domain(uid: UUID) -> Domain:
    return get_object_or_404(Domain, uid=uid)

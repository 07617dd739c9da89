"""Unexplained events: the list, one of them, and the two answers."""
from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.recovery import answering, queries
from countersign.access.recovery.models import Event
from countersign.access.recovery.views import words_of
from countersign.base.errors import Invalid
from countersign.people.requests import ActingRequest, person_actor


@never_cache
@require_safe
def listed(request: ActingRequest) -> HttpResponse:
    """What nothing explained, open ones first."""
    gate.require(person_actor(request), Right.RECOVERY_READ, on=None)
    return render(request, "recovery/events.html", {"page": queries.events_page()})


@never_cache
@require_safe
def event(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One event, with the mail that told of it."""
    gate.require(person_actor(request), Right.RECOVERY_READ, on=None)
    return render(request, "recovery/event.html", {"page": queries.event_page(person_actor(request), _found(uid), at=timezone.now())})


@require_POST
def ours(request: ActingRequest, uid: UUID) -> HttpResponse:
    """It was one of us. Where that lifts a lock, another officer signs on the page of what takes two."""
    try:
        proposal = answering.that_was_us(person_actor(request), _found(uid), request.POST.get("words", ""), at=timezone.now())
    except Invalid as mistake:
        return _mistaken(request, uid, "ours", mistake)
    return redirect("proposal", uid=proposal.uid) if proposal else redirect("recovery:event", uid=uid)


@require_POST
def not_ours(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Nobody here did it."""
    try:
        answering.not_us(person_actor(request), _found(uid), request.POST.get("words", ""), at=timezone.now())
    except Invalid as mistake:
        return _mistaken(request, uid, "not_ours", mistake)
    return redirect("recovery:event", uid=uid)


def _mistaken(request: ActingRequest, uid: UUID, which: str, mistake: Invalid) -> HttpResponse:
    page = queries.event_page(person_actor(request), _found(uid), at=timezone.now(), mistakes={which: words_of(mistake)})
    return render(request, "recovery/event.html", {"page": page}, status=422)


def _found(uid: UUID) -> Event:
    return get_object_or_404(Event.objects.select_related("account", "case", "mail__account", "answered_by"), uid=uid)

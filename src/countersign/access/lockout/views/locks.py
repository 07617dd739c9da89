"""Locks for security officers: the list, one form for one case, the case with its clock, lifting, drills."""
from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout import answering, drilling, lifting, locking, queries
from countersign.access.lockout.models import Case, SignOut
from countersign.base.errors import CountersignError, Invalid
from countersign.base.words import _
from countersign.people.requests import ActingRequest, person_actor, safe_next
from countersign.web.errors import said


def words_of(error: CountersignError) -> str:
    """What went wrong and what to do, in the reader's language."""
    return f"{said(error.template, error.facts)} {said(error.remedy_template, error.facts)}".strip()


@never_cache
@require_safe
def listed(request: ActingRequest) -> HttpResponse:
    """What is locked now, and what was."""
    gate.require(person_actor(request), Right.LOCK_READ, on=None)
    return render(request, "lockout/list.html", {"page": queries.locks_page(person_actor(request), at=timezone.now())})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    """Lock several things at once, now or at a time."""
    actor, at = person_actor(request), timezone.now()
    gate.require(actor, Right.LOCK_SET, on=None)
    if request.method != "POST":
        return render(request, "lockout/new.html", {"page": queries.new_page(chosen=request.GET.getlist("target"))})
    chosen, reason = request.POST.getlist("target"), request.POST.get("reason", "")
    day, hour = request.POST.get("day", ""), request.POST.get("hour", "")
    try:
        targets = queries.targets_of(chosen)
        case = locking.lock(actor, targets, reason=reason, since=_moment(day, hour), at=at)
    except Invalid as mistake:
        mistakes = {mistake.field or "reason": words_of(mistake)}
        page = queries.new_page(chosen=chosen, reason=reason, day=day, hour=hour, mistakes=mistakes)
        return render(request, "lockout/new.html", {"page": page}, status=422)
    answering.answer(case)
    if str(case.opener.uid if case.opener else "") in {t.uid for t in targets} or any(t.kind == "everything" for t in targets):
        return HttpResponseRedirect(reverse("lockout:lost-case", args=[queries.ticket(case)]))  # one's own session is over
    return redirect("lockout:case", uid=case.uid)


def _moment(day: str, hour: str) -> datetime | None:
    """The moment a form names, in the house's time zone; None for *now*. Invalid for half of one."""
    if not day and not hour:
        return None
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(day), time.fromisoformat(hour)))
    except ValueError as error:
        raise Invalid(_("Give a day and an hour, or neither."), field="since") from error


@never_cache
@require_safe
def case(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One case: what, who, why, the clock, and lifting."""
    gate.require(person_actor(request), Right.LOCK_READ, on=None)
    return _show(request, _found(uid))


def _found(uid: UUID) -> Case:
    return get_object_or_404(Case.objects.select_related("opener"), uid=uid)


def _show(request: ActingRequest, found: Case, *, mistake: str = "", status: int = 200) -> HttpResponse:
    page = queries.case_page(person_actor(request), found, at=timezone.now(), mistake=mistake)
    return render(request, "lockout/case.html", {"page": page, "clock": page.clock}, status=status)


@never_cache
@require_safe
def clock(request: ActingRequest, uid: UUID) -> HttpResponse:
    """The clock of a case alone, asked every second while it ticks."""
    gate.require(person_actor(request), Right.LOCK_READ, on=None)
    found = _found(uid)
    shown = queries.clock_of(found, reverse("lockout:clock", args=[uid]), at=timezone.now())
    return render(request, "lockout/clock.html", {"clock": shown})


@require_POST
def lift(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Ask a second officer to lift the locks of a case."""
    found = _found(uid)
    try:
        proposal = lifting.ask(person_actor(request), found, reason=request.POST.get("reason", ""), at=timezone.now())
    except Invalid as mistake:
        return _show(request, found, mistake=words_of(mistake), status=422)
    return redirect("proposal", uid=proposal.uid)


@require_POST
def unplan(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Take back a lock that has not begun."""
    locking.unplan(person_actor(request), _found(uid), at=timezone.now())
    return redirect("lockout:locks")


@require_POST
def sign_out(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Tick that an app was signed out everywhere."""
    task = get_object_or_404(SignOut.objects.select_related("case", "app"), uid=uid)
    answering.tick_app(person_actor(request), task, at=timezone.now())
    return redirect(safe_next(request, reverse("lockout:case", args=[task.case.uid])))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def drills(request: ActingRequest) -> HttpResponse:
    """Rehearsals: their figures, when the next is due, and holding one."""
    actor, at = person_actor(request), timezone.now()
    if request.method != "POST":
        gate.require(actor, Right.LOCK_READ, on=None)
        return render(request, "lockout/drills.html", {"page": queries.drills_page(actor, at=at)})
    gate.require(actor, Right.LOCK_FOLLOW, on=None)
    try:
        targets = queries.targets_of([request.POST.get("target", "")])
        if not targets:
            raise Invalid(_("Choose a test person or a test device."), field="target")
        held = drilling.drill(actor, targets[0], reason=request.POST.get("reason", "") or _("A drill."), at=at)
    except Invalid as mistake:
        page = queries.drills_page(actor, at=at, mistakes={mistake.field or "target": words_of(mistake)})
        return render(request, "lockout/drills.html", {"page": page}, status=422)
    return redirect("lockout:case", uid=held.case.uid)

"""Departures for security officers: the list, planning, one departure worked off, a file from personnel, the certificate."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countersign.access.departures import answering, closing, departing, personnel, queries, replanning
from countersign.access.departures.models import Departure, Task
from countersign.access.departures.states import DepartureState, Way
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.base.errors import Conflict, CountersignError, Invalid
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.people.models import Credential, Person
from countersign.people.requests import ActingRequest, person_actor
from countersign.web.errors import said

_ROWS = Departure.objects.select_related("person", "heir", "planner", "lock")
_BY_FILE = _("Leaves, says a file from personnel.")


def _words(error: CountersignError) -> str:
    return f"{said(error.template, error.facts)} {said(error.remedy_template, error.facts)}".strip()


def _found(uid: UUID) -> Departure:
    return get_object_or_404(_ROWS, uid=uid)


def _person(uid: str) -> Person | None:
    return Person.objects.filter(uid__in=known_uuids([uid])).first()


def _moment(form: Mapping[str, str]) -> datetime | None:
    """The moment a form names, in the house's time zone; None for *now*. Invalid for half of one."""
    day, hour = form.get("day", ""), form.get("hour", "")
    if not day and not hour:
        return None
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(day), time.fromisoformat(hour)))
    except ValueError as error:
        raise Invalid(_("Give a day and an hour, or neither."), field="day") from error


@never_cache
@require_safe
def listed(request: ActingRequest) -> HttpResponse:
    """Who leaves, who is leaving, who has left."""
    actor = person_actor(request)
    gate.require(actor, Right.DEPARTURE_READ, on=None)
    return render(request, "departures/list.html", {"page": queries.list_page(actor, at=timezone.now())})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    """Have somebody leave, now or at a minute."""
    actor, at = person_actor(request), timezone.now()
    gate.require(actor, Right.DEPARTURE_PLAN, on=None)
    if request.method != "POST":
        if known := queries.under_way(request.GET.get("person", "")):
            return redirect("departures:departure", uid=known.uid)
        return render(request, "departures/new.html", {"page": queries.plan_page(actor, request.GET.dict())})
    try:
        person = _person(request.POST.get("person", ""))
        if person is None:
            raise Invalid(_("Choose who leaves."), field="person")
        departure = departing.depart(
            actor, person, why=request.POST.get("why", ""), heir=_person(request.POST.get("heir", "")),
            starts_at=_moment(request.POST.dict()), at=at,
        )
    except Invalid as mistake:
        page = queries.plan_page(actor, request.POST.dict(), mistakes={mistake.field or "why": _words(mistake)})
        return render(request, "departures/new.html", {"page": page}, status=422)
    return redirect("departures:departure", uid=departure.uid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: ActingRequest) -> HttpResponse:
    """A file from personnel: first what it comes to, then, pressed again, that it is done."""
    actor, at = person_actor(request), timezone.now()
    gate.require(actor, Right.DEPARTURE_PLAN, on=None)
    if request.method != "POST":
        return render(request, "departures/file.html", {"page": queries.file_page()})
    try:
        upload = request.FILES.get("file")
        raw = upload.read(personnel.MOST_BYTES + 1) if upload else request.POST.get("text", "").encode()
        text = personnel.text_of(raw)
        rows, leaving = queries.of_file(actor, text, at=at)
    except Invalid as mistake:
        page = queries.file_page(mistakes={"file": _words(mistake)})
        return render(request, "departures/file.html", {"page": page}, status=422)
    if "go" not in request.POST or not leaving:
        return render(request, "departures/file.html", {"page": queries.file_page(text, rows)})
    departing.depart_all(actor, leaving, why=_BY_FILE, way=Way.FILE, at=at)
    return redirect("departures:list")


@never_cache
@require_safe
def departure(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One departure: what is left, what was worked off, the clock."""
    gate.require(person_actor(request), Right.DEPARTURE_READ, on=None)
    return _show(request, _found(uid))


def _show(request: ActingRequest, found: Departure, mistake: Invalid | None = None) -> HttpResponse:
    mistakes = {mistake.field: _words(mistake)} if mistake else {}
    page = queries.departure_page(person_actor(request), found, at=timezone.now(), mistakes=mistakes)
    return render(request, "departures/departure.html", {"page": page, "clock": page.clock}, status=422 if mistake else 200)


@require_POST
def begin(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Begin now what was planned for later."""
    departing.begin_now(person_actor(request), _found(uid), at=timezone.now())
    return redirect("departures:departure", uid=uid)


@require_POST
def cancel(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Take back what has not begun."""
    replanning.cancel(person_actor(request), _found(uid), at=timezone.now())
    return redirect("departures:list")


@require_POST
def move(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Give a planned departure another minute."""
    actor, found = person_actor(request), _found(uid)
    gate.require(actor, Right.DEPARTURE_PLAN, on=None)
    try:
        starts_at = _moment(request.POST.dict())
        if starts_at is None:
            raise Invalid(_("Give a day and an hour."), field="day")
        replanning.change_time(actor, found, starts_at, at=timezone.now())
    except Invalid as mistake:
        return _show(request, found, mistake)
    return redirect("departures:departure", uid=uid)


@require_POST
def heir(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Say who takes over."""
    actor, found = person_actor(request), _found(uid)
    gate.require(actor, Right.DEPARTURE_PLAN, on=None)
    try:
        taker = _person(request.POST.get("heir", ""))
        if taker is None:
            raise Invalid(_("Choose who takes over."), field="heir")
        replanning.name_heir(actor, found, taker, at=timezone.now())
    except Invalid as mistake:
        return _show(request, found, mistake)
    return redirect("departures:departure", uid=uid)


@require_POST
def answer(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Answer what was looked for by hand."""
    task = get_object_or_404(Task.objects.select_related("departure__person", "account", "device"), uid=uid)
    answering.answer(person_actor(request), task, request.POST.get("answer", ""), at=timezone.now())
    return redirect("departures:departure", uid=task.departure.uid)


@require_POST
def roster(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Ask that a passkey of theirs comes off the roster."""
    actor, found = person_actor(request), _found(uid)
    gate.require(actor, Right.DEPARTURE_FOLLOW, on=None)
    key = Credential.objects.filter(uid__in=known_uuids([request.POST.get("credential", "")]), person=found.person).first()
    if key is None:
        raise Conflict(_("That passkey is not there."))
    answering.ask_off(actor, found, key, at=timezone.now())
    return redirect("departures:departure", uid=uid)


@require_POST
def close(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Close what has nothing left; on to its certificate."""
    closing.close(person_actor(request), _found(uid), at=timezone.now())
    return redirect("departures:certificate", uid=uid)


@never_cache
@require_safe
def certificate(request: ActingRequest, uid: UUID) -> HttpResponse:
    """The certificate, to be printed."""
    gate.require(person_actor(request), Right.DEPARTURE_READ, on=None)
    return render(request, "departures/certificate.html", {"page": queries.certificate_page(_closed(uid))})


@never_cache
@require_safe
def certificate_json(request: ActingRequest, uid: UUID) -> HttpResponse:
    """The certificate with its proof, for an auditor's own tools."""
    gate.require(person_actor(request), Right.DEPARTURE_READ, on=None)
    response = JsonResponse(queries.certificate_json(_closed(uid)), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="departure-{uid}.json"'
    return response


def _closed(uid: UUID) -> Departure:
    return get_object_or_404(_ROWS, uid=uid, state=DepartureState.CLOSED)

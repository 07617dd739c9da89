"""*I lost my phone*: from any browser, without JavaScript, in four languages."""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countersign.access.lockout import answering, guessing, locking, queries, recognition
from countersign.access.lockout.models import Case
from countersign.audit.recording import refusals_recorded
from countersign.base.actor import Visitor
from countersign.base.errors import Conflict, CountersignError, Invalid, Refused
from countersign.base.words import _
from countersign.people import passkeys
from countersign.people.requests import ActingRequest, address_of, person_actor
from countersign.people.views.scripted import credential_of, go_on
from countersign.web.errors import said

LOST = "lost"
_STATUS: dict[type[CountersignError], int] = {Refused: 403, Invalid: 422, Conflict: 409}


def _language(request: HttpRequest) -> str:
    """The language chosen on the page itself, else what the browser asks for."""
    chosen = request.POST.get("language") or request.GET.get("language") or ""
    known = dict(settings.LANGUAGES)
    return chosen if chosen in known else (translation.get_language() or "en").split("-")[0]


def _in_chosen_language[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    @wraps(view)
    def speaking(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = args[0]
        if not isinstance(request, HttpRequest):
            raise TypeError("A view takes a request.")
        with translation.override(_language(request)):
            return view(*args, **kwargs)

    return speaking


@login_not_required
@never_cache
@require_safe
@_in_chosen_language
def lost(request: ActingRequest) -> HttpResponse:
    """The page: a code from a card, one factor, or a colleague who speaks up."""
    return _show(request)


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_POST
@_in_chosen_language
def by_card(request: ActingRequest) -> HttpResponse:
    """Lock the owner of a printed code."""
    code = request.POST.get("code", "")
    try:
        case = locking.lock_by_card(Visitor(), code[:80], where=address_of(request), at=timezone.now())
    except Invalid as mistake:
        status = 429 if mistake.template == guessing.TOO_MANY else 422
        return _show(request, mistake, way="card", status=status)
    return _locked(request, case)


@login_not_required
@never_cache
@sensitive_post_parameters("secret")
@require_POST
@_in_chosen_language
def by_owner(request: ActingRequest) -> HttpResponse:
    """Lock somebody who shows one factor: their password, a code from their app, or a recovery code."""
    at = timezone.now()
    try:
        person = recognition.by_secret(
            Visitor(), request.POST.get("email", ""), request.POST.get("secret", ""), where=address_of(request), at=at
        )
        case = locking.lock_shown(Visitor(), person, reason=_("The owner lost their phone."), at=at)
    except (Refused, Invalid) as mistake:
        return _show(request, mistake, way="owner")
    return _locked(request, case)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
@_in_chosen_language
def by_passkey(request: ActingRequest) -> HttpResponse:
    """Lock whoever a passkey belongs to; a GET asks for whichever the browser knows."""
    if request.method == "GET":
        return JsonResponse({"request_options": passkeys.ask(request.session, None, purpose=LOST)})
    at = timezone.now()
    person = recognition.by_passkey(Visitor(), request.session, credential_of(request), where=address_of(request), at=at)
    case = locking.lock_shown(Visitor(), person, reason=_("The owner lost their phone."), at=at)
    answering.answer(case)
    return go_on(_case_url(case, _language(request)))


@never_cache
@require_POST
@_in_chosen_language
def own(request: ActingRequest) -> HttpResponse:
    """Lock one's own devices, or oneself, when signed in."""
    devices = [uid for uid in request.POST.getlist("device") if uid]
    reason = request.POST.get("reason", "").strip() or _("The owner lost it.")
    try:
        case = locking.lock_own(person_actor(request), devices, reason=reason, at=timezone.now())
    except Invalid as mistake:
        return _show(request, mistake, way="own")
    return _locked(request, case)


@never_cache
@require_POST
@_in_chosen_language
def for_colleague(request: ActingRequest) -> HttpResponse:
    """Lock a colleague, with a reason."""
    actor, at = person_actor(request), timezone.now()
    try:
        found = queries.colleague(request.POST.get("colleague", ""))
        if len(found) != 1:
            why = _("There are several people of that name.") if found else _("Nobody here has that name or mail address.")
            raise Invalid(why, remedy=_("Type the mail address."), field="colleague")
        case = locking.lock_colleague(actor, found[0], reason=request.POST.get("reason", ""), at=at)
    except Invalid as mistake:
        return _show(request, mistake, way="colleague")
    return _locked(request, case)


@login_not_required
@never_cache
@require_safe
@_in_chosen_language
def case(request: ActingRequest, ticket: str) -> HttpResponse:
    """How far it is, for whoever has just locked. The last part of the address is all it takes, for two hours."""
    at = timezone.now()
    with refusals_recorded(Visitor(), at=at, matter="lost"):  # whoever is signed in: the address alone opens this
        found = queries.case_of(ticket)
    page = queries.lost_case_page(found, ticket, _language(request), at=at)
    template = "lockout/clock.html" if request.headers.get("HX-Request") == "true" else "lockout/lost_case.html"
    context = {"clock": page.clock} if template.endswith("clock.html") else {"page": page, "clock": page.clock}
    return render(request, template, context)


def _locked(request: ActingRequest, case: Case) -> HttpResponse:
    """It is locked, and nothing begins any more: on to the clock."""
    answering.answer(case)
    return HttpResponseRedirect(_case_url(case, _language(request)))


def _case_url(case: Case, language: str) -> str:
    return f"{reverse('lockout:lost-case', args=[queries.ticket(case)])}?language={language}"


def _show(request: ActingRequest, mistake: CountersignError | None = None, *, way: str = "", status: int = 0) -> HttpResponse:
    mistakes, typed = {}, {}
    if mistake is not None:
        words = f"{said(mistake.template, mistake.facts)} {said(mistake.remedy_template, mistake.facts)}".strip()
        mistakes[mistake.field or way] = words
        typed = {name: request.POST.get(name, "") for name in ("email", "colleague", "reason")}
        status = status or next(code for kind, code in _STATUS.items() if isinstance(mistake, kind))
    page = queries.lost_page(request.actor, _language(request), typed=typed, mistakes=mistakes, way=way)
    return render(request, "lockout/lost.html", {"page": page}, status=status or 200)



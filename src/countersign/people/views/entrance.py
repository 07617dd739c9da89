"""Coming in: by passkey, or by password and then a second factor; and showing a second factor again."""
from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.stages import AuthenticateStage
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from countersign.audit.recording import refusals_recorded
from countersign.base.actor import Visitor
from countersign.base.errors import Conflict, CountersignError, Invalid, Refused
from countersign.people import cookies, entering, passkeys, proving, queries, rules
from countersign.people.forms import SecondFactorForm
from countersign.people.models import Credential, Person
from countersign.people.requests import ActingRequest, address_of, safe_next
from countersign.people.views.scripted import credential_of, go_on
from countersign.web.errors import said, wants_json

SIGN_IN, SECOND, VERIFY = "sign-in", "second", "verify"  # what a passkey is asked for


def stage_required(view: Callable[[ActingRequest], HttpResponse]) -> Callable[[ActingRequest], HttpResponse]:
    """Let in whoever gave the password and owes the second factor; everybody else goes to the sign-in page."""
    wrap = login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
    return cast("Callable[[ActingRequest], HttpResponse]", wrap(view))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def passkey_sign_in(request: ActingRequest) -> HttpResponse:
    """Sign in with a passkey alone: it is something one has, and it has checked who holds it.

    A GET asks whichever passkey the browser knows for this product.
    """
    if request.method == "GET":
        return JsonResponse({"request_options": passkeys.ask(request.session, None, purpose=SIGN_IN)})
    passkey = _passkey_shown(request, None, SIGN_IN)
    person = passkey.person
    record_authentication(request, person, "mfa", type="webauthn", passwordless=True, passkey=str(passkey.uid))
    login = Login(user=person, redirect_url=safe_next(request, "/"))
    response: HttpResponseRedirect = perform_login(request, login)
    return go_on(response.url) if wants_json(request) else response


@stage_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: ActingRequest) -> HttpResponse:
    """The step after the password: six digits, a recovery code, or a passkey."""
    person: Person = request._login_stage.login.user  # type: ignore[attr-defined]  # allauth's
    form = SecondFactorForm(request.POST or None)
    if shown := _shown(request, person, form, SECOND):
        record_authentication(request, person, "mfa", type=shown.kind, passkey=shown.passkey)
        response: HttpResponse = request._login_stage.exit()  # type: ignore[attr-defined]  # allauth's
        return response
    return _ask(request, person, form, SECOND, "mfa/authenticate.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: ActingRequest) -> HttpResponse:
    """Show a second factor again, before changing how one signs in."""
    form = SecondFactorForm(request.POST or None)
    if shown := _shown(request, request.user, form, VERIFY):
        person, session = request.user, request.session
        actor = person.as_actor(session=session.uid, verified_at=session.verified_at, device=session.device)
        device = queries.device_shown(
            person, passkey=shown.passkey, cookie_hash=cookies.hashed(cookies.of(request), person), is_code=shown.kind == "totp"
        )
        entering.verify(actor, session, by=shown.kind, device=str(device.uid) if device else "", at=timezone.now())
        return HttpResponseRedirect(safe_next(request, reverse("security")))
    return _ask(request, request.user, form, VERIFY, "people/verify.html")


class _Shown(NamedTuple):
    kind: str
    passkey: str = ""


def _shown(request: ActingRequest, person: Person, form: SecondFactorForm, purpose: str) -> _Shown | None:
    """Spend what was posted, a passkey's answer or a code; what it was, or None, with the reason on the form."""
    try:
        if "credential" in request.POST:
            return _Shown("webauthn", str(_passkey_shown(request, person, purpose).uid))
        return _Shown(_code_shown(request, person, form.cleaned_data["code"])) if form.is_valid() else None
    except (Refused, Invalid, Conflict) as error:
        form.is_valid()  # makes room for the reason
        form.add_error("code" if error.field else None, _words(error))
        return None


def _passkey_shown(request: ActingRequest, person: Person | None, purpose: str) -> Credential:
    at, where = timezone.now(), address_of(request)
    kind, who = (entering.FACTOR, str(person.uid)) if person else (entering.PASSKEY, "")
    _require_few(kind, who, where)
    try:
        with refusals_recorded(Visitor(), at=at, matter=person.label if person else "sign-in"):
            proof = passkeys.accept(request.session, credential_of(request), person, purpose=purpose)
    except (Refused, Invalid):
        entering.fail(kind=kind, who=who, where=where, at=at)
        raise
    proving.use_passkey(proof.credential.person.as_actor(), proof, at=at)
    return proof.credential


def _code_shown(request: ActingRequest, person: Person, code: str) -> str:
    at, where = timezone.now(), address_of(request)
    _require_few(entering.FACTOR, str(person.uid), where)
    try:
        return proving.use_code(person.as_actor(), person, code, at=at)
    except Invalid:
        entering.fail(kind=entering.FACTOR, who=str(person.uid), where=where, at=at)
        raise


def _require_few(kind: str, who: str, where: str) -> None:
    by_whom, from_where = queries.failures(kind, who=who, where=where, at=timezone.now())
    rules.require_few_failures(by_whom=by_whom, from_where=from_where)


def _ask(request: ActingRequest, person: Person, form: SecondFactorForm, purpose: str, template: str) -> HttpResponse:
    context: dict[str, object] = {
        "form": form, "has_totp": queries.totp_of(person) is not None, "next": safe_next(request, ""),
    }  # fmt: skip
    if queries.passkeys_of(person):
        context["js_data"] = {"request_options": passkeys.ask(request.session, person, purpose=purpose)}
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def _words(error: CountersignError) -> str:
    return f"{said(error.template, error.facts)} {said(error.remedy_template, error.facts)}".strip()

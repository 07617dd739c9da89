"""Taking up a sign-in by a link: a passkey, or a password with a code generator."""
from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from countersign.audit.recording import refusals_recorded
from countersign.base.actor import Visitor
from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.people import browsers, cookies, enrolling, hooks, passkeys, totp
from countersign.people.choosing import kind_choices, owner_choices
from countersign.people.forms import DeviceForm, EnrolForm, NameForm
from countersign.people.models import Credential, Enrolment, Person
from countersign.people.requests import ActingRequest, described_of
from countersign.people.states import Owner, Purpose
from countersign.people.views.scripted import content_of, fields_of, go_on
from countersign.web.errors import said
from countersign.web.values import Enrol

PURPOSE = "enrol"


@login_not_required
@never_cache
@require_safe
def enrol(request: ActingRequest, token: str) -> HttpResponse:
    """Who is invited, by which organisation, and the two ways of taking it up."""
    enrolment = _usable(token)
    return _page(request, token, enrolment, totp.offer(enrolment.person), {})


@login_not_required
@never_cache
@require_POST
def enrol_passkey_options(request: ActingRequest, token: str) -> HttpResponse:
    """Ask the browser to make a passkey for the invited person."""
    enrolment = _usable(token)
    return JsonResponse(passkeys.ask_new(request.session, enrolment.person, purpose=f"{PURPOSE}:{enrolment.uid}"))


@login_not_required
@never_cache
@require_POST
def enrol_passkey(request: ActingRequest, token: str) -> HttpResponse:
    """Use the link with the passkey that was made, and sign in."""
    enrolment, content, at = _usable(token), content_of(request), timezone.now()
    with refusals_recorded(Visitor(), at=at, matter=enrolment.person.label):
        passkey = passkeys.accept_new(request.session, content, purpose=f"{PURPOSE}:{enrolment.uid}")
    form, about = NameForm(fields_of(content)), DeviceForm(fields_of(content))
    if not (form.is_valid() and about.is_valid()):
        raise Invalid(_("The name or the e-mail address cannot be used."), remedy=_("Correct it and try again."))
    device = described_of(request, about.cleaned_data)
    person = enrolling.accept_with_passkey(
        enrolment, passkey, passkey_name=device.name, device=device, at=at, **form.cleaned_data
    )
    _come_in(request, person, "webauthn", passkey=str(Credential.objects.get(credential_id=passkey.credential_id).uid))
    return go_on(reverse("recovery_codes"))


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_POST
def enrol_password(request: ActingRequest, token: str) -> HttpResponse:
    """Use the link with a password and the first code of a code generator, and sign in."""
    enrolment = _usable(token)
    form = EnrolForm(request.POST, person=enrolment.person)
    if not form.is_valid():
        return _again(request, token, enrolment, {name: str(found[0]) for name, found in form.errors.items()})
    given = form.cleaned_data
    try:
        generator = totp.confirm(enrolment.person, given["ticket"], given["code"])
    except Invalid as error:
        words = f"{said(error.template, error.facts)} {said(error.remedy_template, error.facts)}"
        return _again(request, token, enrolment, {"code": words})
    cookie = cookies.of_or_new(request)
    person = enrolling.accept_with_password(
        enrolment, given["password"], generator, cookie_hash=cookies.hashed(cookie, enrolment.person),
        device=described_of(request, given), name=given["name"], email=given["email"], at=timezone.now(),
    )
    request.COOKIES[settings.DEVICE_COOKIE_NAME] = cookie
    _come_in(request, person, "totp")
    response = HttpResponseRedirect(reverse("recovery_codes"))
    cookies.put(response, cookie)
    return response


def _usable(token: str) -> Enrolment:
    at = timezone.now()
    with refusals_recorded(Visitor(), at=at, matter="enrolment"):
        return enrolling.require_usable(token, at=at)


def _come_in(request: ActingRequest, person: Person, kind: str, *, passkey: str = "") -> None:
    # Whoever was signed in here before is not: the browser belongs to the person of the link from now on.
    request.session.flush()
    person.refresh_from_db()
    record_authentication(request, person, "mfa", type=kind, passwordless=kind == "webauthn", passkey=passkey)
    get_adapter().login(request, person)


def _again(request: ActingRequest, token: str, enrolment: Enrolment, mistakes: dict[str, str]) -> HttpResponse:
    offer = totp.offer_again(enrolment.person, request.POST.get("ticket", ""))
    return _page(request, token, enrolment, offer, mistakes)


def _page(
    request: ActingRequest, token: str, enrolment: Enrolment, offer: totp.Offer, mistakes: dict[str, str]
) -> HttpResponse:
    agent, is_first = request.headers.get("User-Agent", ""), enrolment.purpose == Purpose.FIRST_OFFICER
    page = Enrol(
        organisation=settings.ORGANISATION,
        invited_by=enrolment.issued_by.name if enrolment.issued_by else settings.ORGANISATION,
        email=request.POST.get("email") or ("" if is_first else enrolment.person.email),
        name=request.POST.get("name") or ("" if is_first else enrolment.person.name),
        roles=hooks.roles_of(enrolment.person),
        options_url=reverse("enrol_passkey_options", args=[token]),
        submit_url=reverse("enrol_passkey", args=[token]),
        password_url=reverse("enrol_password", args=[token]),
        totp_qr_url=offer.picture,
        totp_secret=offer.spelled,
        totp_ticket=offer.hidden,
        device=request.POST.get("device") or browsers.name_of(agent),
        kinds=kind_choices(request.POST.get("kind") or browsers.kind_of(agent)),
        owners=owner_choices(request.POST.get("owner") or Owner.COMPANY),
        is_first_officer=is_first,
        mistakes=mistakes,
    )
    return render(request, "people/enrol.html", {"page": page}, status=422 if mistakes else 200)

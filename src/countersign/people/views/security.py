"""One's own ways to sign in, and one's own sessions."""
from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countersign.audit.recording import refusals_recorded
from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.people import browsers, entering, equipping, passkeys, queries, totp
from countersign.people.choosing import kind_choices, owner_choices
from countersign.people.forms import DeviceForm, PasswordForm, TotpForm
from countersign.people.freshness import fresh_required, is_fresh
from countersign.people.models import Device, Session
from countersign.people.requests import ActingRequest, described_of, person_actor
from countersign.people.states import DeviceState
from countersign.people.views.scripted import content_of, fields_of, go_on
from countersign.web.errors import said
from countersign.web.values import ALLOWED, OwnDevice, RecoveryCodes, Security, SessionRow, Sessions, Verdict

ADD = "add"


@never_cache
@require_safe
def security(request: ActingRequest) -> HttpResponse:
    """One's own passkeys, code generator, recovery codes and password."""
    person, fresh = request.user, _fresh_verdict(request)
    others = queries.factor_count(person)
    may_remove = fresh if others > 1 else _last_verdict()
    devices = queries.devices_of(person)
    page = Security(
        devices=tuple(_device_row(one, request.session.device, others, fresh) for one in devices),
        kinds=kind_choices(browsers.kind_of(request.headers.get("User-Agent", ""))),
        owners=owner_choices(),
        lacks_passkey=any(str(one.uid) == request.session.device and one.credential is None for one in devices),
        add_options_url=reverse("passkey_add_options"),
        add_submit_url=reverse("passkey_add"),
        has_totp=queries.totp_of(person) is not None,
        totp_url=reverse("totp"),
        totp_remove_url=reverse("totp_remove"),
        codes_left=len(queries.unused_codes(person)),
        codes_url=reverse("recovery_codes"),
        password_url=reverse("password"),
        sessions_url=reverse("sessions"),
        may_remove_totp=may_remove,
        may_add=fresh,
        confirm_url="" if fresh else f"{reverse('verify')}?next={reverse('security')}",
    )
    return render(request, "people/security.html", {"page": page})


@never_cache
@require_POST
@fresh_required
def passkey_add_options(request: ActingRequest) -> HttpResponse:
    """Ask the browser to make another passkey."""
    return JsonResponse(passkeys.ask_new(request.session, request.user, purpose=ADD))


@never_cache
@require_POST
@fresh_required
def passkey_add(request: ActingRequest) -> HttpResponse:
    """Keep the passkey that was made: as a device that is asked for, or (`this`) as the one this browser lacks."""
    at, content, actor = timezone.now(), content_of(request), person_actor(request)
    with refusals_recorded(actor, at=at, matter=actor.label):
        passkey = passkeys.accept_new(request.session, content, purpose=ADD)
    fields = fields_of(content)
    if fields.get("this"):
        equipping.give_own_passkey(actor, passkey, at=at)
        return go_on(reverse("security"))
    form = DeviceForm(fields)
    if not form.is_valid():
        raise Invalid(_("Say what the device is called, what it is and whose."), field="device")
    equipping.add_passkey(actor, passkey, device=described_of(request, form.cleaned_data), at=at)
    return go_on(reverse("security"))


@never_cache
@require_POST
@fresh_required
def passkey_remove(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Remove one of one's own passkeys."""
    equipping.remove_passkey(person_actor(request), str(uid), at=timezone.now())
    return HttpResponseRedirect(reverse("security"))


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_required
def totp_page(request: ActingRequest) -> HttpResponse:
    """Set up a code generator: scan, type the first code."""
    form = TotpForm(request.POST or None)
    if form.is_valid():
        try:
            generator = totp.confirm(request.user, form.cleaned_data["ticket"], form.cleaned_data["code"])
            equipping.add_totp(person_actor(request), generator, at=timezone.now())
            return HttpResponseRedirect(reverse("security"))
        except Invalid as error:
            form.add_error("code", f"{said(error.template, error.facts)} {said(error.remedy_template, error.facts)}")
    offer = totp.offer_again(request.user, request.POST.get("ticket", ""))
    context = {"form": form, "offer": offer, "url": reverse("totp"), "back_url": reverse("security")}
    return render(request, "people/totp.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_required
def totp_remove(request: ActingRequest) -> HttpResponse:
    """Remove one's own code generator; a GET asks whether it is meant."""
    if request.method != "POST":
        context = {"url": reverse("totp_remove"), "back_url": reverse("security")}
        return render(request, "people/totp_remove.html", context)
    equipping.remove_totp(person_actor(request), at=timezone.now())
    return HttpResponseRedirect(reverse("security"))


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_required
def recovery_codes(request: ActingRequest) -> HttpResponse:
    """Make ten fresh recovery codes and show them this once; a GET only says what they are for.

    A recovery code stands for the second factor, so whoever has no password chooses one with them.
    """
    person, actor, at = request.user, person_actor(request), timezone.now()
    needs_password = not person.has_usable_password()
    form = PasswordForm(request.POST or None, person=person) if needs_password else None
    if request.method == "POST" and (form is None or form.is_valid()):
        if form:
            update_session_auth_hash(request, equipping.change_password(actor, form.cleaned_data["password"], at=at))
        made = equipping.make_recovery_codes(actor, at=at)
        return render(request, "people/recovery_codes.html", {"page": RecoveryCodes(tuple(made), next_url="/")})
    context = {
        "left": len(queries.unused_codes(person)), "url": reverse("recovery_codes"), "next_url": "/", "form": form,
    }  # fmt: skip
    return render(request, "people/recovery_codes_ask.html", context, status=422 if form and form.errors else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_required
def password(request: ActingRequest) -> HttpResponse:
    """Set one's own password; other sessions end."""
    form = PasswordForm(request.POST or None, person=request.user)
    if form.is_valid():
        person = equipping.change_password(person_actor(request), form.cleaned_data["password"], at=timezone.now())
        update_session_auth_hash(request, person)
        messages.info(request, gettext("Your password was set. Your other sessions have ended."))
        return HttpResponseRedirect(reverse("security"))
    context = {"form": form, "url": reverse("password"), "back_url": reverse("security")}
    return render(request, "people/password.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def sessions(request: ActingRequest) -> HttpResponse:
    """Where one is signed in."""
    rows = queries.sessions_of(request.user, at=timezone.now())
    page = Sessions(
        rows=tuple(_session_row(one, request.session.uid) for one in rows),
        end_others_url=reverse("sessions_end_others"),
        idle_minutes=request.session.idle_seconds // 60,
        absolute_hours=settings.SESSION_COOKIE_AGE // 3600,
    )
    return render(request, "people/sessions.html", {"page": page})


@never_cache
@require_POST
def session_end(request: ActingRequest, uid: UUID) -> HttpResponse:
    """End one of one's own sessions; this one is signed out of."""
    actor = person_actor(request)
    if str(uid) == actor.session:
        return HttpResponseRedirect(reverse("account_logout"))
    entering.end_session(actor, str(uid), at=timezone.now())
    return HttpResponseRedirect(reverse("sessions"))


@never_cache
@require_POST
def sessions_end_others(request: ActingRequest) -> HttpResponse:
    """End every session of one's own but this one."""
    entering.end_others(person_actor(request), at=timezone.now())
    return HttpResponseRedirect(reverse("sessions"))


def _fresh_verdict(request: ActingRequest) -> Verdict:
    if is_fresh(request):
        return ALLOWED
    return Verdict(False, gettext("This needs your second factor again."), gettext("Confirm it first."))


def _last_verdict() -> Verdict:
    return Verdict(
        False,
        gettext("This is your last second factor; without one you could not sign in."),
        gettext("Add another first, then remove this one."),
    )


def _device_row(device: Device, current: str, count: int, fresh: Verdict) -> OwnDevice:
    passkey = device.credential
    is_last = passkey is not None and device.state == DeviceState.ENROLLED and count < 2
    url = reverse("passkey_remove", args=[passkey.uid]) if passkey else reverse("device-leave", args=[device.uid])
    return OwnDevice(
        name=device.name or gettext("A browser with a code"),
        kind=str(device.kind),
        owner=str(device.owner),
        state=device.state,
        added_at=device.asked_at,
        seen_at=device.last_seen_at,
        remove_url=url,
        is_this=str(device.uid) == current,
        has_passkey=passkey is not None,
        is_synced=passkey is not None and passkey.is_backup_eligible,
        may_remove=_last_verdict() if is_last else fresh,
    )


def _session_row(row: Session, current: str) -> SessionRow:
    is_phone = any(word in row.browser for word in ("iPhone", "Android"))
    return SessionRow(
        device=row.browser or gettext("An unknown browser"),
        place=row.address,
        started_at=row.created_at,
        seen_at=row.last_seen_at,
        end_url=reverse("session_end", args=[row.uid]),
        is_this=str(row.uid) == current,
        icon="smartphone" if is_phone else "laptop",
    )

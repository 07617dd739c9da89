"""The pages of devices."""
from __future__ import annotations

from uuid import UUID

from django.contrib import messages as told
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from countersign.access.devices import approving, asking, excepting, posturing, queries, retiring
from countersign.access.devices.forms import typed
from countersign.access.devices.models import PostureKey
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.people import cookies
from countersign.people import queries as people
from countersign.people.forms import DeviceForm
from countersign.people.freshness import fresh_required
from countersign.people.models import Device
from countersign.people.requests import ActingRequest, described_of, person_actor
from countersign.web.errors import said as in_words


@never_cache
@require_safe
def unknown(request: ActingRequest) -> HttpResponse:
    """Why nothing can be done in this browser, and how to ask for it. In an enrolled one it leads on."""
    if request.session.is_in_enrolled_device:
        return redirect("home")
    return _unknown(request, {})


@never_cache
@require_POST
def ask(request: ActingRequest) -> HttpResponse:
    """Ask for this browser to be enrolled; it is given its cookie."""
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return _unknown(request, {name: str(found[0]) for name, found in form.errors.items()}, 422)
    cookie = cookies.of_or_new(request)
    asking.ask(
        person_actor(request), request.session, described_of(request, form.cleaned_data),
        cookie_hash=cookies.hashed(cookie, request.user), at=timezone.now(),
    )
    response = redirect("device")
    cookies.put(response, cookie)
    return response


def _unknown(request: ActingRequest, mistakes: dict[str, str], status: int = 200) -> HttpResponse:
    device = people.device_named(request.session.device).filter(person=request.user).first()
    page = queries.unknown_page(
        request.user, device, user_agent=request.headers.get("User-Agent", ""), given=request.POST.dict(), mistakes=mistakes
    )
    return render(request, "devices/unknown.html", {"page": page}, status=status)


@never_cache
@require_POST
@fresh_required
def leave(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Retire one's own browser, or take back that it was asked for."""
    device = get_object_or_404(Device.objects.select_related("person", "credential"), uid=uid)
    retiring.leave(person_actor(request), device, at=timezone.now())
    return redirect("security")


# --- for officers ------------------------------------------------------------------------------------------------------


@require_GET
def register(request: ActingRequest) -> HttpResponse:
    """Every device, by person."""
    gate.require(person_actor(request), Right.DEVICE_READ, on=None)
    return render(request, "devices/register.html", {"page": queries.register(person_actor(request), at=timezone.now())})


@require_GET
def device(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One device: who, what, from where, since when; what can be decided about it."""
    gate.require(person_actor(request), Right.DEVICE_READ, on=None)
    page = queries.page(person_actor(request), _found(uid), at=timezone.now())
    return render(request, "devices/device.html", {"page": page})


@require_POST
def approve(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Enrol a device that was asked for."""
    approving.approve(person_actor(request), _found(uid), at=timezone.now())
    return redirect("devices:device", uid=uid)


@require_POST
def refuse(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Say no to a device that was asked for."""
    approving.refuse(person_actor(request), _found(uid), typed(request.POST)["words"], at=timezone.now())
    return redirect("devices:device", uid=uid)


@require_POST
def retire(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Retire a device; its removal from the roster is proposed with it."""
    is_proposed = retiring.retire(person_actor(request), _found(uid), typed(request.POST)["words"], at=timezone.now())
    if is_proposed:
        told.info(request, gettext("Its removal from the roster is proposed: sign it there."))
    return redirect("devices:device", uid=uid)


@require_POST
def describe(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Correct what is said of a device."""
    form = DeviceForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Say what the device is called, what it is and whose."), field="device")
    described = described_of(request, form.cleaned_data)
    tag = typed(request.POST)["tag"]
    approving.describe(person_actor(request), _found(uid), described, tag=tag, at=timezone.now())
    return redirect("devices:device", uid=uid)


@require_POST
def accept(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Propose that a passkey which its maker copies may sign for a while."""
    said = typed(request.POST)
    proposal = excepting.propose(
        person_actor(request), _found(uid), days=said["days"], reason=said["reason"], at=timezone.now()
    )
    return HttpResponseRedirect(reverse("proposal", args=[proposal.uid]))


@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def posture(request: ActingRequest) -> HttpResponse:
    """The keys of device management; a new one shows its secret once."""
    actor = person_actor(request)
    gate.require(actor, Right.POSTURE_MANAGE, on=None)
    if request.method == "GET":
        return render(request, "devices/posture.html", {"page": queries.posture_page(actor)})
    try:
        key, secret = posturing.make_key(actor, typed(request.POST)["name"], at=timezone.now())
    except Invalid as mistake:
        page = queries.posture_page(actor, mistake=in_words(mistake.template, mistake.facts))
        return render(request, "devices/posture.html", {"page": page}, status=422)
    page = queries.posture_page(actor, secret=secret.reveal(), made=str(key.uid))
    return render(request, "devices/posture.html", {"page": page})


@require_POST
def posture_end(request: ActingRequest, uid: UUID) -> HttpResponse:
    """End a key of device management."""
    posturing.end_key(person_actor(request), get_object_or_404(PostureKey, uid=uid), at=timezone.now())
    return redirect("devices:posture")


def _found(uid: UUID) -> Device:
    return get_object_or_404(Device.objects.select_related("person", "credential", "approved_by"), uid=uid)

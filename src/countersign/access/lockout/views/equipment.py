"""Printed cards, the networks' own apps on a device, keys of programs, and the door for such a program."""
from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.lockout import answering, keeping_keys, locking, making_cards, queries, recording_apps
from countersign.access.lockout.models import App
from countersign.access.lockout.rules import Target
from countersign.access.lockout.standing import require_at_work
from countersign.access.lockout.states import KEY_LOCKS
from countersign.access.lockout.views.locks import words_of
from countersign.base.errors import CountersignError, Invalid
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.people.freshness import fresh_required
from countersign.people.models import ApiKey, Device, Person
from countersign.people.requests import ActingRequest, person_actor
from countersign.people.states import LockKind
from countersign.web.errors import STATUS


@never_cache
@require_safe
def live(request: ActingRequest) -> HttpResponse:
    """That the session still stands, as one server-sent event. `lockout.live` answers before this where it serves."""
    return HttpResponse("retry: 2000\nevent: here\ndata: {}\n\n", content_type="text/event-stream")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_required
def card(request: ActingRequest) -> HttpResponse:
    """Make and print a lock-only card; its code is shown this once."""
    code = ""
    if request.method == "POST":
        code = making_cards.make_card(person_actor(request), at=timezone.now()).reveal()
    return render(request, "lockout/card.html", {"page": queries.card_page(request.user, code=code)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apps(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Which networks' own apps are signed in on a device."""
    actor = person_actor(request)
    device = get_object_or_404(Device.objects.select_related("person"), uid=uid)
    if request.method != "POST":
        require_at_work(actor) if str(device.person.uid) == actor.uid else gate.require(actor, Right.LOCK_READ, on=None)
        return render(request, "lockout/apps.html", {"page": queries.apps_page(device)})
    account = Account.objects.filter(uid__in=known_uuids([request.POST.get("account", "")])).first()
    try:
        recording_apps.record_app(
            actor, device, network=request.POST.get("network", ""), account=account, handle=request.POST.get("handle", ""),
            at=timezone.now(),
        )
    except Invalid as mistake:
        page = queries.apps_page(device, mistakes={mistake.field: words_of(mistake)})
        return render(request, "lockout/apps.html", {"page": page}, status=422)
    return redirect("lockout:apps", uid=uid)


@require_POST
def app_end(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Note that an app is signed out."""
    app = get_object_or_404(App.objects.select_related("device__person"), uid=uid)
    recording_apps.forget_app(person_actor(request), app, at=timezone.now())
    return redirect("lockout:apps", uid=app.device.uid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: ActingRequest) -> HttpResponse:
    """The keys of the company's own programs; a new one is shown this once."""
    actor, at = person_actor(request), timezone.now()
    gate.require(actor, Right.API_KEY_MAKE, on=None)
    if request.method != "POST":
        return render(request, "lockout/keys.html", {"page": queries.keys_page(at=at)})
    days = request.POST.get("days", "")
    try:
        key, text = keeping_keys.make_key(
            actor, name=request.POST.get("name", ""), purpose=request.POST.get("purpose", ""),
            days=int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0, at=at,
        )
    except Invalid as mistake:
        page = queries.keys_page(at=at, mistakes={mistake.field: words_of(mistake)})
        return render(request, "lockout/keys.html", {"page": page}, status=422)
    return render(request, "lockout/keys.html", {"page": queries.keys_page(at=at, text=text.reveal(), name=key.name)})


@require_POST
def key_end(request: ActingRequest, uid: UUID) -> HttpResponse:
    """End a key."""
    keeping_keys.end_key(person_actor(request), get_object_or_404(ApiKey, uid=uid), at=timezone.now())
    return redirect("lockout:keys")


# --- for a program ----------------------------------------------------------------------------------------------------


@csrf_exempt  # no cookie is read: the key in the header is all, and another site cannot send it
@login_not_required
@never_cache
@require_POST
def api(request: HttpRequest) -> HttpResponse:
    """Lock by a security desk's program: JSON with `targets`, `reason` and, if it is not now, `since`.

    A target is `person:<uid>`, `person:<mail address>`, `device:<uid>`, `session:<uid>`, `account:<uid>`, `network:<name>` or
    `everything`. Answers 201 once nothing begins any more.
    """
    at = timezone.now()
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    try:
        program = keeping_keys.shown(text.strip() if scheme.lower() == "bearer" else "", purpose=KEY_LOCKS, at=at)
    except CountersignError as error:
        response = _trouble(error, 401 if isinstance(error, Invalid) else 403)
        response["WWW-Authenticate"] = "Bearer"
        return response
    try:
        content = _content(request)
        case = locking.lock_by_program(
            program, content["targets"], reason=content["reason"], since=content["since"], at=at
        )
    except CountersignError as error:
        return _trouble(error, next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422))
    answering.answer(case)
    url = reverse("lockout:case", args=[case.uid])
    told = {"ok": True, "case": str(case.uid), "begun_at": _iso(case.begun_at), "answered_at": _iso(case.answered_at), "url": url}
    return JsonResponse(told, status=201)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _trouble(error: CountersignError, status: int) -> JsonResponse:
    return JsonResponse({"ok": False, "what": error.what, "remedy": error.remedy, "field": error.field}, status=status)


def _content(request: HttpRequest) -> dict[str, Any]:
    """What the program asks; Invalid at the field that is not understood, so that nothing is left unlocked in silence."""
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("That is no JSON.")) from error
    if not isinstance(content, dict) or not isinstance(content.get("targets"), list):
        raise Invalid(_("Say what to lock, as a list."), field="targets")
    if not isinstance(content.get("reason"), str):
        raise Invalid(_("Say why."), field="reason")
    return {
        "targets": [_target(one) for one in content["targets"][:200]], "reason": content["reason"], "since": _since(content.get("since")),
    }  # fmt: skip


def _target(text: object) -> Target:
    named = str(text)
    if named.startswith(f"{LockKind.PERSON}:") and "@" in named:
        person = Person.objects.filter(email__iexact=named.partition(":")[2]).first()
        named = f"person:{person.uid}" if person else named
    found = queries.targets_of([named])
    if not isinstance(text, str) or not found:
        raise Invalid(_("One of the targets is not understood, so nothing was locked."), field="targets")
    return found[0]


def _since(text: object) -> datetime | None:
    if text is None or text == "":
        return None
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise Invalid(_("That is no moment: give it as 2026-11-24T13:00:00+01:00."), field="since") from error
    if found.tzinfo is None:
        raise Invalid(_("Give the moment with its time zone."), field="since")
    return found

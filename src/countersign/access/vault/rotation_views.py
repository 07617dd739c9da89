"""The pages of rotations: what is replaced, step by step."""
from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.vault import pages, rotating, stating
from countersign.access.vault.models import Rotation
from countersign.access.vault.states import RotationState
from countersign.base.errors import Invalid
from countersign.base.values import Secret as Text
from countersign.base.words import _
from countersign.people.requests import ActingRequest, person_actor
from countersign.web.errors import said


@require_GET
def rotation(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One rotation and its steps."""
    found = _found(uid)
    gate.require(person_actor(request), Right.SECRET_READ, on=found.account)
    page = pages.rotation_page(person_actor(request), found, at=timezone.now(), tried=request.GET.get("tried", ""))
    return render(request, "vault/rotation.html", {"page": page})


@require_POST
def begin(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Begin, go on, or give the code that the network mailed."""
    actor, found, at = person_actor(request), _found(uid), timezone.now()
    code = request.POST.get("code", "").strip()
    try:
        if found.state == RotationState.DUE:
            rotating.begin(actor, found, at=at)
        else:
            rotating.carry_on(actor, found, code=Text(code) if code else None, at=at)
    except Invalid as mistake:
        words = f"{said(mistake.template, mistake.facts)} {said(mistake.remedy_template, mistake.facts)}".strip()
        page = pages.rotation_page(actor, _found(uid), at=at, mistakes={"code": words})
        return render(request, "vault/rotation.html", {"page": page}, status=422)
    return redirect("grants:rotation", uid=uid)


@require_POST
def done(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Say that it was changed there by hand."""
    rotating.done_by_hand(person_actor(request), _found(uid), at=timezone.now())
    return redirect("grants:rotation", uid=uid)


@require_POST
def prove(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Try the new one and the old one, and say what came of it."""
    found = _found(uid)
    before = found.evidence.get("at")
    proven = rotating.prove(person_actor(request), found, at=timezone.now())
    tried = pages.TOLD if proven.evidence.get("at") != before else pages.SILENT
    return redirect(f"{reverse('grants:rotation', args=[uid])}?tried={tried}")


@require_POST
def state(request: ActingRequest, uid: UUID) -> HttpResponse:
    """State that the old one is dead; a second person signs it."""
    proposal = stating.propose(person_actor(request), _found(uid), request.POST.get("words", ""), at=timezone.now())
    return redirect("proposal", uid=proposal.uid)


@require_POST
def replace_tokens(request: ActingRequest, uid: UUID) -> HttpResponse:
    """End our own key of an account and get another."""
    account = get_object_or_404(Account, uid=uid)
    made = rotating.replace_tokens(person_actor(request), account, _("An officer decided so."), at=timezone.now())
    return redirect("grants:rotation", uid=made.uid)


def _found(uid: UUID) -> Rotation:
    return get_object_or_404(Rotation.objects.select_related("account", "secret__account", "old__secret", "new__secret"), uid=uid)

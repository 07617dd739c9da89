"""The pages of an account's secrets. What is shown once is put into its answer here and nowhere else."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.vault import checking_out, entering, pages, rotating
from countersign.access.vault.models import Secret
from countersign.base.errors import Invalid, NetworkError
from countersign.base.values import Secret as Text
from countersign.base.words import _
from countersign.people.freshness import fresh_required
from countersign.people.models import Person
from countersign.people.requests import ActingRequest, person_actor
from countersign.review.models import Proposal
from countersign.review.states import ProposalState
from countersign.web import values
from countersign.web.errors import said


def kept_nowhere[**P](
    view: Callable[Concatenate[ActingRequest, P], HttpResponse],
) -> Callable[Concatenate[ActingRequest, P], HttpResponse]:
    """No cache and no history may keep what this view answers."""

    @wraps(view)
    def answering(request: ActingRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private, max-age=0"
        response["Pragma"] = "no-cache"
        return response

    return answering


@require_GET
def secrets(request: ActingRequest, uid: UUID) -> HttpResponse:
    """The secrets of an account: that they are there, how old, who has seen them."""
    account = get_object_or_404(Account, uid=uid)
    gate.require(person_actor(request), Right.SECRET_READ, on=account)
    page = pages.secrets_page(person_actor(request), account, at=timezone.now())
    return render(request, "vault/secrets.html", {"page": page})


@require_GET
def secret(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One secret: its history and its exposures."""
    found = _found(uid)
    gate.require(person_actor(request), Right.SECRET_READ, on=found.account)
    return render(request, "vault/secret.html", {"page": pages.secret_page(person_actor(request), found, at=timezone.now())})


@kept_nowhere
@require_http_methods(["GET", "POST"])
def enter(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Enter a secret of an account."""
    actor, account = person_actor(request), get_object_or_404(Account, uid=uid)
    gate.require(actor, Right.SECRET_KEEP, on=account)
    kind, label = request.POST.get("kind", ""), request.POST.get("label", "")
    if request.method == "GET":
        return render(request, "vault/enter.html", {"page": pages.entry_page(account, kind=request.GET.get("kind", ""))})
    try:
        value = Text(request.POST.get("value", ""))
        made = entering.enter(
            actor, account, kind, value, label=label, is_critical=request.POST.get("critical", "yes") == "yes", at=timezone.now()
        )
    except (Invalid, NetworkError) as mistake:
        page = pages.entry_page(account, kind=kind, label=label, mistakes=_mistakes(mistake, "value"))
        return render(request, "vault/enter.html", {"page": page}, status=422)
    return redirect("grants:secret", uid=made.uid)


@kept_nowhere
@require_http_methods(["GET", "POST"])
def renew(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Enter a new version of a secret."""
    actor, found = person_actor(request), _found(uid)
    gate.require(actor, Right.SECRET_KEEP, on=found.account)
    if request.method == "GET":
        return render(request, "vault/enter.html", {"page": pages.entry_page(found.account, found)})
    try:
        value = Text(request.POST.get("value", ""))
        entering.enter(actor, found.account, found.kind, value, label=found.label, at=timezone.now())
    except (Invalid, NetworkError) as mistake:
        page = pages.entry_page(found.account, found, mistakes=_mistakes(mistake, "value"))
        return render(request, "vault/enter.html", {"page": page}, status=422)
    return redirect("grants:secret", uid=uid)


@require_POST
def retire(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Put a secret away."""
    found = _found(uid)
    entering.retire(person_actor(request), found, at=timezone.now())
    return redirect("grants:secrets", uid=found.account.uid)


@kept_nowhere
@fresh_required
@require_http_methods(["GET", "POST"])
def code(request: ActingRequest, uid: UUID) -> HttpResponse:
    """A code of thirty seconds, for a purpose."""
    actor, found = person_actor(request), _found(uid)
    gate.require(actor, Right.SECRET_USE_CODE, on=found.account)
    if request.method == "GET":
        return render(request, "vault/code.html", {"page": pages.code_page(found)})
    purpose = request.POST.get("purpose", "")
    try:
        given = checking_out.give_code(actor, found, purpose, at=timezone.now())
    except (Invalid, NetworkError) as mistake:
        page = pages.code_page(found, purpose=purpose, mistakes=_mistakes(mistake, "purpose"))
        return render(request, "vault/code.html", {"page": page}, status=422)
    empty = pages.code_page(found, purpose=purpose)
    page = values.CodePage(
        empty.what, empty.account, empty.url, empty.back_url, given.code, datetime.fromisoformat(given.ends_at), purpose
    )
    return render(request, "vault/code.html", {"page": page})


@require_http_methods(["GET", "POST"])
def check_out(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Ask for a check-out; then both sign on the page of what takes two."""
    actor, found = person_actor(request), _found(uid)
    gate.require(actor, Right.SECRET_CHECK_OUT, on=found.account)
    if request.method == "GET":
        return render(request, "vault/check_out.html", {"page": pages.check_out_page(actor, found)})
    reason, minutes = request.POST.get("reason", ""), request.POST.get("minutes", "")
    try:
        asked = int(minutes) if minutes.isdecimal() else 0
        proposal = checking_out.propose(actor, found, reason, minutes=asked, at=timezone.now())
    except Invalid as mistake:
        page = pages.check_out_page(actor, found, reason=reason, mistakes=_mistakes(mistake, "reason"))
        return render(request, "vault/check_out.html", {"page": page}, status=422)
    return redirect("proposal", uid=proposal.uid)


@kept_nowhere
@fresh_required
@require_http_methods(["GET", "POST"])
def show(request: ActingRequest, uid: UUID, proposal: UUID) -> HttpResponse:
    """Show what was checked out, once. A GET shows the button; what comes back to a POST is kept nowhere."""
    actor, found, at = person_actor(request), _found(uid), timezone.now()
    gate.require(actor, Right.SECRET_CHECK_OUT, on=found.account)
    granted = get_object_or_404(Proposal, uid=proposal, act=checking_out.CHECK_OUT, content__secret=str(uid))
    if request.method == "GET":
        return render(request, "vault/show.html", {"page": pages.show_page(found, proposal, _may_show(request, granted))})
    texts = [(number, text.reveal()) for number, text in checking_out.take(actor, granted, at=at)]
    before = pages.show_page(found, proposal, values.ALLOWED)
    rotation = found.rotations.open().first()
    page = values.ShowPage(
        before.what, before.account, before.url, before.back_url, texts=pages.shown_texts(found, texts),
        rotation_url=pages.line(rotation, at).url if rotation else "", due_at=rotation.due_at if rotation else None,
    )
    return render(request, "vault/show.html", {"page": page})


def _may_show(request: ActingRequest, granted: Proposal) -> values.Verdict:
    again = gettext("Ask for another check-out.")
    if str(granted.proposed_by.uid) != person_actor(request).uid:
        return values.Verdict(False, gettext("It is shown to who asked for it alone."))
    if granted.state == ProposalState.USED:
        return values.Verdict(False, gettext("It was shown once already."), again)
    if granted.state != ProposalState.GRANTED or timezone.now() >= granted.expires_at:
        return values.Verdict(False, gettext("It is not signed by both, or too old."), again)
    return values.ALLOWED


@require_POST
def rotate(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Decide that a secret must be replaced."""
    found, at = _found(uid), timezone.now()
    why = request.POST.get("why", "").strip() or _("An officer decided so.")
    until = pages.DUES.get(request.POST.get("due", ""))
    rotation = rotating.open(person_actor(request), found, why, due_at=at + until if until else None, at=at)
    return redirect("grants:rotation", uid=rotation.uid)


@require_GET
def exposures(request: ActingRequest, uid: UUID) -> HttpResponse:
    """What one person has ever seen, on the accounts the reader may look at."""
    actor = person_actor(request)
    gate.require(actor, Right.PERSON_READ, on=None)
    found = get_object_or_404(Person, uid=uid)
    page = pages.exposures_page(found, gate.accounts(actor, Right.SECRET_READ), at=timezone.now())
    return render(request, "vault/exposures.html", {"page": page})


def _found(uid: UUID) -> Secret:
    return get_object_or_404(Secret.objects.select_related("account"), uid=uid)


def _mistakes(mistake: Invalid | NetworkError, otherwise: str) -> dict[str, str]:
    words = f"{said(mistake.template, mistake.facts)} {said(mistake.remedy_template, mistake.facts)}".strip()
    return {mistake.field or otherwise: words}



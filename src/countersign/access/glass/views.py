"""The pages of break-glass. What is shown once is put into its answer here and nowhere else."""
from __future__ import annotations

import json
from uuid import UUID, uuid4

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from countersign.access.glass import breaking, queries, rules
from countersign.access.glass.models import Glass
from countersign.access.grants import gate
from countersign.access.grants.queries import face
from countersign.access.grants.rights import Right
from countersign.access.vault import pages as vault
from countersign.access.vault.models import Secret
from countersign.access.vault.secret_views import kept_nowhere
from countersign.access.vault.words import kind_words
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.people.requests import ActingRequest, json_of, person_actor
from countersign.review import countersigning
from countersign.review.verifying import Assertion
from countersign.web import values


@require_GET
def new(request: ActingRequest, uid: UUID) -> HttpResponse:
    """What asking alone means, and the button for it."""
    found = _secret(uid)
    gate.require(person_actor(request), Right.SECRET_CHECK_OUT, on=found.account)
    return render(request, "glass/new.html", {"page": queries.new_page(person_actor(request), found)})


@require_POST
def ask_options(request: ActingRequest, uid: UUID) -> JsonResponse:
    """The question for a passkey: exactly this secret, with this reason."""
    actor, reason = person_actor(request), str(json_of(request).get("reason", ""))
    statement = breaking.statement_for(actor, _secret(uid), case=uuid4(), reason=reason, at=timezone.now())
    request.session["glass_ask"] = {"statement": statement, "reason": reason}
    return JsonResponse(countersigning.question(actor, statement, domain=rules.DOMAIN))


@require_POST
def ask(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Take the answer: the wait begins."""
    gate.require(person_actor(request), Right.SECRET_CHECK_OUT, on=_secret(uid).account)
    kept = request.session.pop("glass_ask", None)
    if kept is None or kept["statement"]["secret"] != str(uid):
        raise _nothing_under_way()
    made = breaking.ask(
        person_actor(request), _secret(uid), kept["statement"], _credential(request), reason=kept["reason"], at=timezone.now()
    )
    return redirect("glass:case", uid=made.uid)


@require_GET
def case(request: ActingRequest, uid: UUID) -> HttpResponse:
    """How it stands. Everybody who has anything to do with an account may look: everybody is told."""
    gate.require_anywhere(person_actor(request), Right.ACCOUNT_READ)
    return render(request, "glass/case.html", {"page": queries.page(person_actor(request), _glass(uid), at=timezone.now())})


@require_POST
def options(request: ActingRequest, uid: UUID, act: str) -> JsonResponse:
    """The question for a passkey: to say no, or to break it."""
    actor, glass = person_actor(request), _glass(uid)
    _require_may(request, glass, act)
    statement = breaking.question_about(glass, act, at=timezone.now())
    request.session[act] = statement
    return JsonResponse(countersigning.question(actor, statement, domain=rules.DOMAIN))


@require_POST
def no(request: ActingRequest, uid: UUID) -> JsonResponse:
    """Take a no."""
    glass = _glass(uid)
    _require_may(request, glass, rules.VETO)
    statement = request.session.pop(rules.VETO, None)
    if statement is None:
        raise _nothing_under_way()
    breaking.say_no(person_actor(request), glass, statement, countersigning.answered(json_of(request)), at=timezone.now())
    return JsonResponse({"ok": True, "say": gettext("It is over; nothing is shown."), "next": reverse("glass:case", args=[uid])})


@kept_nowhere
@require_POST
def take(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Break it, and show once what was asked for."""
    actor, glass, at = person_actor(request), _glass(uid), timezone.now()
    _require_may(request, glass, rules.BREAK)
    statement = request.session.pop(rules.BREAK, None)
    if statement is None:
        raise _nothing_under_way()
    shown = breaking.take(actor, glass, statement, _credential(request), at=at)
    texts, secret = [(number, text.reveal()) for number, text in shown], glass.secret
    rotation = secret.rotations.open().first()
    here = reverse("glass:case", args=[uid])
    page = values.ShowPage(
        kind_words(secret), face(secret.account), here, here, texts=vault.shown_texts(secret, texts),
        rotation_url=vault.line(rotation, at).url if rotation else "", due_at=rotation.due_at if rotation else None,
    )
    return render(request, "vault/show.html", {"page": page})


def _require_may(request: ActingRequest, glass: Glass, act: str) -> None:
    actor, is_own = person_actor(request), str(glass.asked_by.uid) == person_actor(request).uid
    if act == rules.BREAK or is_own:
        gate.require(actor, Right.SECRET_CHECK_OUT, on=glass.secret.account)
    else:
        gate.require(actor, Right.GLASS_VETO, on=glass.secret.account)
    if act == rules.BREAK and not is_own:
        raise Refused(_("Only who asked for it can break it."))


def _credential(request: ActingRequest) -> Assertion:
    try:
        given = json.loads(request.POST.get("credential", ""))
    except ValueError as error:
        raise Refused(_("That is no answer of a passkey.")) from error
    if not isinstance(given, dict):
        raise Refused(_("That is no answer of a passkey."))
    return countersigning.answered(given)


def _nothing_under_way() -> Conflict:
    return Conflict(_("No signature is under way."), remedy=_("Press the button again."))


def _secret(uid: UUID) -> Secret:
    return get_object_or_404(Secret.objects.select_related("account"), uid=uid)


def _glass(uid: UUID) -> Glass:
    return get_object_or_404(Glass.objects.select_related("secret__account", "asked_by", "settled_by"), uid=uid)

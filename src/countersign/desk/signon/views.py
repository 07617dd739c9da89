"""Going to the company's provider and coming back, its logout, and the page of settings."""
from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages as told
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countersign.access.grants import gate, grouping
from countersign.access.grants.models import Account, GroupRole
from countersign.access.grants.rights import Right, Role
from countersign.audit.recording import refusals_recorded, refuse
from countersign.base.actor import Visitor
from countersign.base.errors import CountersignError, Invalid, NetworkError, Refused
from countersign.base.values import Secret, known_uuids
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.desk.signon import configuring, joining, queries, rules
from countersign.desk.signon.models import Provider
from countersign.people import entering, vouching
from countersign.people import queries as people
from countersign.people import rules as people_rules
from countersign.people.entering import Vouched
from countersign.people.freshness import fresh_required
from countersign.people.models import Person, SignOnLink
from countersign.people.requests import ActingRequest, address_of, person_actor, safe_next
from countersign.web.errors import said
from countersign.web.values import Notice

_PENDING = "sign_on_pending"  # in the session's data: what was begun in this browser, by its state
_MOST_PENDING = 3
COME_IN, AGAIN, LINK = "come_in", "again", "link"  # what somebody goes to the provider for
_FIELDS = ("name", "issuer", "client_id", "acr_values", "groups_claim", "scopes")
_AGAIN = _("Begin again from the sign-in page.")


# --- coming in --------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_safe
def begin(request: ActingRequest) -> HttpResponse:
    """Send the browser to the provider. With `again` whoever is signed in shows there anew who they are."""
    is_again = "again" in request.GET
    return HttpResponseRedirect(_begin(request, then=safe_next(request, "/"), what=AGAIN if is_again else COME_IN, is_anew=is_again))


@require_POST
@fresh_required
def link(request: ActingRequest) -> HttpResponse:
    """Send whoever is signed in here to the provider, to be known by it from now on."""
    url = _begin(request, then=reverse("security"), what=LINK, is_anew=True)
    return render(request, "signon/leaving.html", {"url": url, "host": urlsplit(url).netloc})


def _begin(request: ActingRequest, *, then: str, what: str, is_anew: bool) -> str:
    """Begin at the provider, and keep in this browser's session what the way back is for; the address there."""
    provider = Provider.objects.on().first()
    if provider is None:
        raise Invalid(_("Nobody comes in by a provider here."), remedy=_("Sign in with a passkey, or with password and code."))
    _require_few(request)
    state = secrets.token_urlsafe(32)
    begun: messages.SignOnBegun = client.ask(
        messages.BeginSignOn(
            provider.issuer, provider.client_id, state, scopes=provider.scopes, acr_values=" ".join(provider.acr_values),
            max_age=0 if is_anew else int(rules.FACTOR_LASTS.total_seconds()),
        ),
        timeout=30,
    )
    kept = list(_pending(request).items())[-(_MOST_PENDING - 1) :]
    request.session[_PENDING] = {
        **dict(kept),
        state: {
            "provider": str(provider.uid), "pending": begun.pending, "next": then, "what": what, "at": time.time(),
        },
    }  # fmt: skip
    return begun.authorize_url


@login_not_required
@never_cache
@require_safe
def returned(request: ActingRequest) -> HttpResponse:
    """Back from the provider: once for each sign-in that was begun in this very browser."""
    at, where = timezone.now(), address_of(request)
    _require_few(request)
    try:
        with refusals_recorded(Visitor(), at=at, matter="sign-on"):
            begun, provider, told_us = _told(request)
            if begun["what"] == LINK:
                return _linked(request, provider, told_us, begun, at)
            vouched = joining.recognise(joining.DUTY, provider, told_us, at=at)
    except Refused:
        entering.fail(kind=rules.KIND, who="", where=where, at=at)
        raise
    if begun["what"] == AGAIN:
        return _confirmed(request, vouched, begun, at)
    vouching.note(request, vouched)
    response: HttpResponse = perform_login(request, Login(user=vouched.link.person, redirect_url=begun["next"]))
    return response


def _told(request: ActingRequest) -> tuple[dict[str, Any], Provider, messages.SignedOn]:
    begun = _begun(request)
    provider = Provider.objects.on().filter(uid=begun["provider"]).first()
    if provider is None:
        raise Refused(_("Nobody comes in by this provider any more."), remedy=_AGAIN)
    query = {name: request.GET[name][:4000] for name in ("state", "code", "iss", "error") if name in request.GET}
    told_us: messages.SignedOn = client.ask(
        messages.FinishSignOn(
            provider.issuer, provider.client_id, provider.sealed, begun["pending"], query, groups_claim=provider.groups_claim
        ),
        timeout=60,
    )
    return begun, provider, told_us


def _begun(request: ActingRequest) -> dict[str, Any]:
    """What was begun in this browser under this state; it is taken once, whatever becomes of it."""
    pending = _pending(request)
    begun = pending.pop(request.GET.get("state", ""), None)
    request.session[_PENDING] = pending
    request.session.save()  # before the provider is asked: of two that come back at once, the second finds nothing
    if begun is None or time.time() - begun["at"] > rules.PENDING_LASTS.total_seconds():
        raise Refused(_("This answer does not belong to a sign-in that was begun in this browser, or comes too late."), remedy=_AGAIN)
    return cast("dict[str, Any]", begun)


def _pending(request: ActingRequest) -> dict[str, Any]:
    kept = request.session.get(_PENDING)
    return dict(kept) if isinstance(kept, dict) else {}


def _linked(
    request: ActingRequest, provider: Provider, told_us: messages.SignedOn, begun: dict[str, Any], at: datetime
) -> HttpResponse:
    """Whoever began it, and is signed in here still, is known by the provider from now on."""
    person, session = request.user, request.session
    if not isinstance(person, Person) or session.verified_at is None or not session.is_in_enrolled_device:
        raise Refused(_("You are not signed in any more."), remedy=_("Sign in, then begin again."))
    actor = person.as_actor(session=session.uid, verified_at=session.verified_at, device=session.device)
    joining.link_own(actor, provider, told_us, at=at)
    told.success(request, gettext("From now on you can come in by {name}.").format(name=provider.name))
    return HttpResponseRedirect(begun["next"])


def _confirmed(request: ActingRequest, vouched: Vouched, begun: dict[str, Any], at: datetime) -> HttpResponse:
    """Whoever is signed in showed at the provider that it is them, since they were sent there."""
    person, session = request.user, request.session
    with refusals_recorded(Visitor(), at=at, matter=vouched.link.person):
        if not isinstance(person, Person) or person.pk != vouched.link.person_id or session.verified_at is None:
            raise Refused(_("You signed in at the provider as somebody else."), remedy=_("Sign in there as yourself."))
        began = datetime.fromtimestamp(begun["at"], UTC)
        if vouched.shown_at is None or vouched.shown_at < began - rules.SKEW:
            raise Refused(_("The provider asked you for no second factor."), remedy=_("Show one of ours."))
    actor = person.as_actor(session=session.uid, verified_at=session.verified_at, device=session.device)
    entering.verify(actor, session, by="sign_on", at=at)
    return HttpResponseRedirect(begun["next"])


def _require_few(request: HttpRequest) -> None:
    _by_whom, from_where = people.failures(rules.KIND, who="", where=address_of(request), at=timezone.now())
    people_rules.require_few_failures(by_whom=0, from_where=from_where)


# --- the provider's own call ------------------------------------------------------------------------------------------


@csrf_exempt  # what comes is signed by the provider; no cookie is read
@login_not_required
@never_cache
@require_POST
def logged_out(request: HttpRequest) -> JsonResponse:
    """OpenID Connect Back-Channel Logout: 200 once the sessions are over, 400 for what is no good logout token, 429 after many
    of those, 502 while the broker or the provider's keys cannot be reached."""
    at, where = timezone.now(), address_of(request)
    _by_whom, failed = people.failures(rules.KIND, who="", where=where, at=at)
    if failed >= people_rules.FAILURES_FROM_WHERE:
        return JsonResponse({"error": "slow_down"}, status=429)
    try:
        provider = Provider.objects.on().first()
        if provider is None:
            raise Refused(_("Nobody comes in by a provider here."))
        token = request.POST.get("logout_token", "")[:40_000]
        whose: messages.LogoutSaid = client.ask(messages.ReadLogoutToken(provider.issuer, provider.client_id, token), timeout=30)
        joining.end_sessions(joining.DUTY, provider, whose, at=at)
    except (Refused, Invalid) as error:
        if isinstance(error, Refused):
            refuse(Visitor(), at=at, matter="sign-on-logout", refusal=error)
        entering.fail(kind=rules.KIND, who="", where=where, at=at)
        return JsonResponse({"error": "invalid_request", "error_description": error.what}, status=400)
    except NetworkError as error:
        return JsonResponse({"error": "temporarily_unavailable", "error_description": error.what}, status=502)
    return JsonResponse({})


# --- settings ---------------------------------------------------------------------------------------------------------


@sensitive_variables("secret")
@sensitive_post_parameters("secret")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: ActingRequest) -> HttpResponse:
    """Which provider people come in by, and what groups are here. The client secret goes in and never comes out."""
    actor, at = person_actor(request), timezone.now()
    gate.require(actor, Right.SIGN_ON_CONFIGURE, on=None)
    if request.method != "POST":
        return render(request, "signon/settings.html", {"page": queries.settings_page(actor, at=at)})
    given = {name: request.POST.get(name, "") for name in _FIELDS}
    try:
        configuring.describe(actor, **given, secret=Secret(request.POST.get("secret", "").strip()), at=at)
    except (Invalid, NetworkError) as mistake:
        page = queries.settings_page(actor, at=at, given=given, mistakes={mistake.field or "issuer": _words(mistake)})
        return render(request, "signon/settings.html", {"page": page}, status=422)
    told.success(request, gettext("Described. Nobody comes in by it before it is turned on."))
    return redirect("sign-on-settings")


@require_POST
def test(request: ActingRequest) -> HttpResponse:
    """Ask the provider who it is, now."""
    actor, at = person_actor(request), timezone.now()
    gate.require(actor, Right.SIGN_ON_CONFIGURE, on=None)
    provider = Provider.objects.asked().order_by("-pk").first() or Provider.objects.on().first()
    if provider is None:
        raise Invalid(_("There is no provider to ask yet."), remedy=_("Describe it first."))
    notice, status = _tested(provider)
    page = queries.settings_page(actor, at=at, notice=notice)
    return render(request, "signon/settings.html", {"page": page}, status=status)


def _tested(provider: Provider) -> tuple[Notice, int]:
    try:
        facts: messages.ProviderFacts = client.ask(messages.AskProvider(provider.issuer), timeout=30)
    except (Invalid, NetworkError) as error:
        return Notice("bad", gettext("The provider does not answer as it must"), _words(error)), 422
    words = [
        gettext("Signs with {algorithms}.").format(algorithms=", ".join(facts.algorithms)) if facts.algorithms
        else gettext("It names no way of signing that is taken here."),
        gettext("Tells us when somebody signs out there.") if facts.logs_out else gettext("Does not tell us when somebody signs out there."),
        gettext("Names itself in its answers.") if facts.names_itself else "",
    ]  # fmt: skip
    is_good = bool(facts.algorithms)
    title = gettext("{issuer} answers").format(issuer=facts.issuer)
    return Notice("ok" if is_good else "bad", title, " ".join(filter(None, words))), 200 if is_good else 422


@require_POST
@fresh_required
def turn_on(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Propose that people come in by this provider."""
    provider = get_object_or_404(Provider, uid=uid)
    proposal = configuring.ask_to_turn_on(
        person_actor(request), provider, reason=request.POST.get("reason", ""), at=timezone.now()
    )
    return redirect("proposal", uid=proposal.uid) if proposal else redirect("sign-on-settings")


@require_POST
def turn_off(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Let nobody come in by this provider any more."""
    configuring.turn_off(person_actor(request), get_object_or_404(Provider, uid=uid), at=timezone.now())
    return redirect("sign-on-settings")


@require_POST
def map_group(request: ActingRequest) -> HttpResponse:
    """Say what members of a group are here."""
    actor, at = person_actor(request), timezone.now()
    gate.require(actor, Right.GRANT_MAP, on=None)
    account_uid, group = request.POST.get("account", ""), request.POST.get("group", "")
    account = get_object_or_404(Account, uid__in=known_uuids([account_uid])) if account_uid else None
    try:
        grouping.map_group(actor, group, _role(request.POST.get("role", "")), on=account, at=at)
    except Invalid as mistake:
        page = queries.settings_page(actor, at=at, mistakes={mistake.field or "group": _words(mistake), "group_typed": group})
        return render(request, "signon/settings.html", {"page": page}, status=422)
    return HttpResponseRedirect(f"{reverse('sign-on-settings')}#groups")


@require_POST
def unmap_group(request: ActingRequest, pk: int) -> HttpResponse:
    """Take a role from a group."""
    grouping.unmap_group(person_actor(request), get_object_or_404(GroupRole, pk=pk), at=timezone.now())
    return HttpResponseRedirect(f"{reverse('sign-on-settings')}#groups")


@require_POST
def unlink(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Take away who somebody is at the provider."""
    link = get_object_or_404(SignOnLink.objects.select_related("person"), uid=uid)
    joining.unlink(person_actor(request), link, at=timezone.now())
    return HttpResponseRedirect(f"{reverse('sign-on-settings')}#links")


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as error:
        raise Invalid(_("Choose a role."), field="role") from error


def _words(error: CountersignError) -> str:
    return f"{said(error.template, error.facts)} {said(error.remedy_template, error.facts)}".strip()

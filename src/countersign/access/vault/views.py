"""Connecting and disconnecting accounts."""
from __future__ import annotations

from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from countersign.access.evidence import queries as evidence
from countersign.access.grants import gate, queries
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.vault import connecting, keeping
from countersign.access.vault.models import SecretVersion
from countersign.base.errors import CountersignError, Invalid, NetworkError
from countersign.base.values import Secret
from countersign.calls import client, messages
from countersign.networks.bluesky.metadata import client_metadata
from countersign.people.requests import ActingRequest, person_actor
from countersign.web.errors import said


@require_GET
def account(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One account: its connection, its people, what its network can do."""
    found = get_object_or_404(Account.objects.select_related("connected_by"), uid=uid)
    gate.require(person_actor(request), Right.ACCOUNT_READ, on=found)
    secret = SecretVersion.objects.newest(found)
    page = queries.account_page(
        person_actor(request), found, expires_at=secret.expires_at if secret else None,
        evidence=evidence.line(found, at=timezone.now()),
    )
    return render(request, "grants/account.html", {"page": page})


@require_http_methods(["GET", "POST"])
def connect(request: ActingRequest, uid: UUID | None = None) -> HttpResponse:
    """Connect an account, or one again: choose where, then go to the network to sign in there."""
    actor = person_actor(request)
    reconnects = get_object_or_404(Account, uid=uid) if uid else None
    gate.require(actor, Right.ACCOUNT_CONNECT, on=reconnects)
    if request.method == "GET":
        page = queries.connect_page(reconnects, request.GET if request.GET else None)
        return render(request, "grants/connect.html", {"page": page})
    try:
        place = _place(request, reconnects)
        if password := request.POST.get("app_password", "").strip():
            made = connecting.connect_by_app_password(
                actor, place, Secret(password), reconnects=reconnects, at=timezone.now()
            )
            return redirect("grants:account", uid=made.uid)
        url = connecting.begin(actor, place, reconnects=reconnects, at=timezone.now())
        # A redirect would be one of a form, which our own policy lets go nowhere else (form-action 'self').
        return render(request, "grants/leaving.html", {"url": url, "host": urlsplit(url).netloc})
    except (Invalid, NetworkError) as mistake:
        words = f"{said(mistake.template, mistake.facts)} {said(mistake.remedy_template, mistake.facts)}".strip()
        page = queries.connect_page(reconnects, request.POST, words, _field(mistake, request))
        return render(request, "grants/connect.html", {"page": page}, status=422)


def _field(mistake: CountersignError, request: ActingRequest) -> str:
    """Where on the form a mistake is told: at what was typed, or above it when no typing mends it."""
    if mistake.field:
        return mistake.field
    if request.POST.get("network") == "mastodon" or request.POST.get("server", "").strip():
        return "server"
    return "all" if isinstance(mistake, NetworkError) else "handle"


def _place(request: ActingRequest, reconnects: Account | None) -> connecting.Place:
    network = reconnects.network if reconnects else request.POST.get("network", "")
    server = reconnects.origin if reconnects else request.POST.get("server", "").strip()
    if network == "practice":
        server = server or str(settings.PRACTICE_ORIGIN)
    if server and "://" not in server:
        server = f"https://{server}"
    return connecting.Place(network, server.rstrip("/"), request.POST.get("handle", "").strip().lstrip("@"))


@require_GET
@login_not_required
def returned(request: ActingRequest) -> HttpResponse:
    """Where networks send the browser back. On loopback it comes to 127.0.0.1 and is sent on to where its session is."""
    here, ours = request.get_host(), settings.ORIGIN
    if here.startswith("127.0.0.1") and ours.host == "localhost":
        url = f"{ours}{request.path}?{urlencode(request.GET.dict())}"
        return render(request, "grants/back.html", {"url": url})
    made = connecting.finish(person_actor(request), request.GET.dict(), at=timezone.now())
    return redirect("grants:account", uid=made.uid)


@require_POST
def disconnect(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Give an account's key back."""
    keeping.disconnect(person_actor(request), get_object_or_404(Account, uid=uid), at=timezone.now())
    return redirect("grants:account", uid=uid)


@require_GET
@login_not_required
def oauth_client(request: ActingRequest) -> JsonResponse:
    """Who we are, for networks that read it from our address (AT Protocol)."""
    keys = client.ask(messages.ClientKeys()).by_network if settings.IS_HTTPS else {}
    told = client_metadata(str(settings.ORIGIN), f"{settings.ORIGIN}/connect/return/", client_key=keys.get("bluesky"))
    return JsonResponse(told)

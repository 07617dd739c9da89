"""Home, settings, and what belongs to no package alone."""
from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.base.errors import NetworkError
from countersign.calls import client, messages
from countersign.content.posts.queries.reviewing import waits_for
from countersign.desk import choosing
from countersign.desk.home import home as my_work
from countersign.people.models import Person
from countersign.people.requests import ActingRequest, person_actor, safe_next
from countersign.web import values

YEAR = 365 * 24 * 3600


@require_GET
def home(request: ActingRequest) -> HttpResponse:
    """My work."""
    return render(request, "desk/home.html", {"page": my_work(person_actor(request), at=timezone.now())})


@require_GET
def review(request: ActingRequest) -> HttpResponse:
    """The post that has waited longest for this person's signature, or the list when none does."""
    gate.require_anywhere(person_actor(request), Right.POST_READ)
    waiting = waits_for(person_actor(request))
    return redirect("posts:review", uid=waiting[0].uid) if waiting else redirect(reverse("posts:list") + "?tab=submitted")


@require_http_methods(["GET", "POST"])
def settings_page(request: ActingRequest) -> HttpResponse:
    """One's own language; how this installation is set up."""
    actor = person_actor(request)
    if request.method == "POST":
        choosing.choose_language(actor, request.POST.get("language", "en"), at=timezone.now())
        response: HttpResponse = redirect("settings")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, request.POST.get("language", "en"), max_age=YEAR, samesite="Lax")
        return response
    person = Person.objects.get(uid=actor.uid)
    may_read = gate.may(actor, Right.SETTINGS_READ, on=None).allowed
    page = values.Settings(
        reverse("settings"),
        tuple(values.Choice(code, name, is_chosen=code == person.language) for code, name in settings.LANGUAGES),
        (values.Choice(settings.TIME_ZONE, settings.TIME_ZONE, is_chosen=True),), reverse("security"), reverse("sessions"),
        health=_health() if may_read else (), rows=_rows() if may_read else (), version="0.1.0",
        sign_on_url=reverse("sign-on-settings") if gate.may(actor, Right.SIGN_ON_CONFIGURE, on=None).allowed else "",
        keys_url=reverse("lockout:keys") if gate.may(actor, Right.API_KEY_MAKE, on=None).allowed else "",
    )
    return render(request, "desk/settings.html", {"page": page})


def _health() -> tuple[values.Health, ...]:
    try:
        found = client.ask(messages.Ping())
    except NetworkError:
        return (values.Health("bad", gettext("Broker"), gettext("It does not answer: nothing can go out.")),)
    words = gettext("{count} lines in its own file").format(count=found.journal_entries)
    roster = values.Health("ok" if found.is_rostered else "warn", gettext("Roster"),
                           gettext("begun") if found.is_rostered else gettext("not begun: nothing can be signed"))
    return (values.Health("ok", gettext("Broker"), words), roster)


def _rows() -> tuple[values.SettingRow, ...]:
    here = timezone.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    return (
        values.SettingRow(gettext("Address"), str(settings.ORIGIN), gettext("Passkeys are bound to it."), "COUNTERSIGN_ORIGIN"),
        values.SettingRow(gettext("Organisation"), settings.ORGANISATION, "", "COUNTERSIGN_ORGANISATION"),
        values.SettingRow(gettext("Time zone"), settings.TIME_ZONE, f"{here:%H:%M}", "COUNTERSIGN_TIME_ZONE"),
        values.SettingRow(gettext("Recall window"), gettext("{seconds} seconds").format(seconds=settings.RECALL_SECONDS),
                          gettext("How long an approved post waits before it goes out."), "COUNTERSIGN_RECALL_SECONDS"),
        values.SettingRow(gettext("Database"), connection.display_name, "",
                          "COUNTERSIGN_DATABASE"),
    )


@require_POST
@login_not_required
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says."""
    chosen = request.POST.get("theme", "auto")
    response = HttpResponseRedirect(safe_next(request, "/"))
    response.set_cookie("theme", chosen if chosen in {"light", "dark"} else "auto", max_age=YEAR, samesite="Lax")
    return response

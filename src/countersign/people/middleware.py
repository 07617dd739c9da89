"""Who stands behind a request, asked of the database each time; and in which device."""
from __future__ import annotations

import contextlib
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from countersign.audit.recording import refuse
from countersign.base.actor import PersonActor, Visitor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.people import binding, cookies, entering, hooks, queries, rules
from countersign.people.models import Person
from countersign.people.sessions import SessionStore
from countersign.web.errors import answer, safe_back, said, wants_json

_NO_FACTOR = _("Your sign-in has no second factor. Ask a security officer for a new link.")
_ASK_OFFICER = _("Ask for it to be enrolled: an officer decides.")
_TOLD = "not_enrolled_told"  # in the session's data: its first refusal is in the log, a page full of them is not
_SHOW_FACTOR = _("Your second factor has to be shown first.")


class Standing:
    """Sets `request.actor`, and lets nobody act as a person without a live session, a shown second factor and an enrolled
    device.

    The session store has read the session, its person, locks and device in one query; a session that ended says here why.
    In a device that is not enrolled a person counts as a visitor, but at the addresses that packages opened for that
    (`hooks.open_to_unknown`); the first refusal of such a session is in the log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find the actor, or send whoever has to show a second factor first to where they can."""
        request.actor = Visitor()  # type: ignore[attr-defined]
        person, session = request.user, request.session
        if not isinstance(session, SessionStore):
            raise RuntimeError("SESSION_ENGINE must be countersign.people.sessions.")
        if isinstance(person, Person) and session.verified_at is None:
            return self._ask_factor(request, person)
        cookie = ""
        if isinstance(person, Person):
            session.touch(at=timezone.now())
            cookie = _recognised(request, person, session)
            if session.is_in_enrolled_device:
                request.actor = _actor(person, session)  # type: ignore[attr-defined]
        elif session.why_ended:
            messages.warning(request, gettext(rules.ENDED[session.why_ended]))
        response = self.get_response(request)
        if cookie:
            cookies.put(response, cookie)
        if isinstance(person, Person) and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"  # what a person saw is not to be found in the browser afterwards
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Turn whoever is in a device that is not enrolled away from everything but what is open to them; and whatever
        would change something away that carries no proof by the session's own browser."""
        person, session = request.user, request.session
        if not isinstance(person, Person) or not isinstance(session, SessionStore) or session.verified_at is None:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_open = not getattr(view, "login_required", True)  # to every visitor
        if session.is_in_enrolled_device:
            return None if is_open or hooks.is_open_without_proof(name) else _proven(request, person, session)
        if hooks.is_open_to_unknown(name):
            request.actor = _actor(person, session)  # type: ignore[attr-defined]
            return None
        if is_open:
            return None
        return _turned_away(request, person, session, name)

    def _ask_factor(self, request: HttpRequest, person: Person) -> HttpResponse:
        if not queries.has_second_factor(person):
            logout(request)
            messages.error(request, gettext(_NO_FACTOR))
            return HttpResponseRedirect(reverse("account_login"))
        if request.path_info.startswith((reverse("verify"), reverse("account_logout"))):
            return self.get_response(request)
        if wants_json(request):
            return answer(request, 403, gettext(_SHOW_FACTOR), "")
        return HttpResponseRedirect(f"{reverse('verify')}?{urlencode({'next': request.get_full_path()})}")


def _actor(person: Person, session: SessionStore) -> PersonActor:
    return person.as_actor(session=session.uid, verified_at=session.verified_at, device=session.device)


def _recognised(request: HttpRequest, person: Person, session: SessionStore) -> str:
    """The cookie to give a browser whose device has waited for it; empty where there is none to give."""
    if not session.awaits_browser or not session.is_in_enrolled_device:
        return ""
    cookie = cookies.of_or_new(request)
    with contextlib.suppress(Conflict):  # another browser of theirs was first: this session goes on until it ends
        entering.recognise(_actor(person, session), cookies.hashed(cookie, person), at=timezone.now())
        return cookie
    return ""


def _proven(request: HttpRequest, person: Person, session: SessionStore) -> HttpResponse | None:
    """None for a request that may go on; else the page that says why not, or that asks for the second factor again."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return None
    actor, at = _actor(person, session), timezone.now()
    if not session.proof_key:  # a browser without scripts: its second factor of just now stands in for the proof
        return None if rules.is_fresh(session.verified_at, at=at) else _asked_again(request)
    try:
        binding.require(actor, request, session, at=at)
    except Refused as error:
        binding.end_if_elsewhere(actor, request, session, at=at)
        return answer(request, 403, said(error.template, error.facts), said(error.remedy_template, error.facts))
    return None


def _asked_again(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return answer(request, 403, gettext("This needs your second factor again."), gettext("Reload the page and confirm it."))
    return HttpResponseRedirect(f"{reverse('verify')}?{urlencode({'next': safe_back(request) or '/'})}")


def _turned_away(request: HttpRequest, person: Person, session: SessionStore, name: str) -> HttpResponse:
    what = rules.NOT_ENROLLED.get(session.device_state, rules.NOT_ENROLLED[""])
    if not session.get(_TOLD):
        session[_TOLD] = True
        refuse(_actor(person, session), at=timezone.now(), matter=f"page:{name}", refusal=Refused(what))
    if wants_json(request) or request.headers.get("HX-Request") == "true":
        return answer(request, 403, gettext(what), gettext(_ASK_OFFICER))
    return HttpResponseRedirect(reverse("device"))

"""Who stands behind a request, asked of the database each time."""
from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from countersign.base.actor import Actor, Visitor
from countersign.base.words import _
from countersign.people import queries, rules
from countersign.people.models import Person
from countersign.people.sessions import SessionStore
from countersign.web.errors import answer, wants_json

_NO_FACTOR = _("Your sign-in has no second factor. Ask a security officer for a new link.")
_SHOW_FACTOR = _("Your second factor has to be shown first.")


class Standing:
    """Sets `request.actor`, and lets nobody act as a person without a live session and a shown second factor.

    The session store has read the session, its person and their locks in one query; a session that ended says here why.
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
        if isinstance(person, Person):
            session.touch(at=timezone.now())
            request.actor = _actor(person, session)  # type: ignore[attr-defined]
        elif session.why_ended:
            messages.warning(request, gettext(rules.ENDED[session.why_ended]))
        response = self.get_response(request)
        if isinstance(person, Person) and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"  # what a person saw is not to be found in the browser afterwards
        return response

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


def _actor(person: Person, session: SessionStore) -> Actor:
    return person.as_actor(session=session.uid, verified_at=session.verified_at, device=session.device)

"""What a request carries once the middleware of this package has seen it."""
from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from countersign.base.actor import Actor, PersonActor
from countersign.base.errors import Refused
from countersign.people.models import Person
from countersign.people.sessions import SessionStore


class ActingRequest(HttpRequest):
    """A request with its actor; only for annotations."""

    actor: Actor
    session: SessionStore
    user: Person  # an AnonymousUser where nobody has to be signed in


def address_of(request: HttpRequest) -> str:
    """The network address the request came from, as the server saw it; never read from a header here."""
    return str(request.META.get("REMOTE_ADDR", ""))


def person_actor(request: ActingRequest) -> PersonActor:
    """The signed-in person. Views behind the sign-in always have one; Refused otherwise."""
    if not isinstance(request.actor, PersonActor):
        raise Refused("You are not signed in.", remedy="Sign in first.")
    return request.actor


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where to go on to: a path of ours that the request names, or `otherwise`."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours else otherwise

"""What a request carries once the middleware of this package has seen it."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from countersign.base.actor import Actor, PersonActor
from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.people import browsers
from countersign.people.described import Described
from countersign.people.models import Person
from countersign.people.sessions import SessionStore
from countersign.people.states import DeviceKind, Owner


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
        raise Refused(_("You are not signed in."), remedy=_("Sign in first."))
    return request.actor


def described_of(request: HttpRequest, given: Mapping[str, str]) -> Described:
    """The device a form tells of, with what was left away guessed from the browser."""
    agent = request.headers.get("User-Agent", "")
    browser = browsers.name_of(agent)
    return Described(
        str(given.get("device") or "").strip() or browser or "Passkey", DeviceKind(given.get("kind") or browsers.kind_of(agent)),
        Owner(given.get("owner") or Owner.COMPANY), browser, address_of(request),
    )


def json_of(request: HttpRequest) -> dict[str, Any]:
    """What a page's script sent with a passkey's answer; Refused when it is no object of JSON."""
    try:
        content = json.loads(request.body)
    except ValueError as error:
        raise Refused(_("That is no answer of a passkey.")) from error
    if not isinstance(content, dict):
        raise Refused(_("That is no answer of a passkey."))
    return content


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where to go on to: a path of ours that the request names, or `otherwise`."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours else otherwise

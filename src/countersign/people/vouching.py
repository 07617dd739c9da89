"""That the company's provider vouched for somebody, from the way back until they are in.

Where the provider's own second factor counts, that stands on the request alone, so that it serves for this one request and
nothing else; where ours is still asked, the session's data keep by which link they came.
"""
from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from countersign.people.entering import Vouched
from countersign.people.models import Person, SignOnLink

_KEPT = "sign_on_vouched"
_ON_REQUEST = "_sign_on_vouched"


def note(request: HttpRequest, vouched: Vouched) -> None:
    """Note that the provider vouched for somebody who now comes in."""
    setattr(request, _ON_REQUEST, vouched)
    request.session[_KEPT] = {"link": vouched.link.pk, "sid": vouched.sid, "since": vouched.since.isoformat()}


def of(request: HttpRequest, person: Person) -> Vouched | None:
    """How the provider vouched for this person in this sign-in, if it did. A second factor shown there counts in the very
    request that brought it."""
    found: Vouched | None = getattr(request, _ON_REQUEST, None)
    if found is not None:
        return found if found.link.person_id == person.pk else None
    kept = request.session.get(_KEPT)
    if not isinstance(kept, dict):
        return None
    link = SignOnLink.objects.select_related("person").filter(pk=kept["link"], person=person).first()
    return Vouched(link, kept["sid"], datetime.fromisoformat(kept["since"])) if link else None


def forget(request: HttpRequest) -> None:
    """Forget it: somebody begins to sign in some other way, or is in."""
    request.session.pop(_KEPT, None)

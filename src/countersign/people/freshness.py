"""A second factor shown within five minutes, for pages that change how somebody signs in."""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from countersign.base.actor import PersonActor
from countersign.people import rules
from countersign.web.errors import answer, wants_json


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person of this request showed a second factor within five minutes."""
    actor = getattr(request, "actor", None)
    return isinstance(actor, PersonActor) and rules.is_fresh(actor.verified_at, at=timezone.now())


def fresh_required[R: HttpRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """Send whoever has not shown a second factor within five minutes to the page that asks for it, and back."""

    @wraps(view)
    def asking(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        if wants_json(request):
            return answer(
                request, 403, gettext("This needs your second factor again."), gettext("Reload the page and confirm it.")
            )
        back = request.get_full_path() if request.method == "GET" else reverse("security")
        return HttpResponseRedirect(f"{reverse('verify')}?{urlencode({'next': back})}")

    return asking

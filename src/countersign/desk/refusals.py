"""Every refusal is in the log, also one found outside a recorded change."""
from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from countersign.audit.recording import refuse
from countersign.base.actor import Actor, PersonActor, Visitor
from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.web import errors


class RecordRefusals:
    """Record a refusal on its way to becoming a page. What `recorded` has recorded already is left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing happens on the way in or out."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Record it, and leave the page to whoever makes it."""
        if isinstance(error, Refused):
            actor: Actor = getattr(request, "actor", None) or Visitor()
            match = request.resolver_match
            refuse(actor, at=timezone.now(), matter=f"page:{match.view_name if match else '?'}", refusal=error)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Record a form that did not come from our own page, when it came in somebody's name, and say so.

    A visitor's is not recorded: nothing could be done in nobody's name, and anybody could fill the log with it.
    """
    actor = getattr(request, "actor", None)
    if isinstance(actor, PersonActor):
        words = _FOREIGN if errors.is_foreign(request) else _STALE
        match = request.resolver_match
        refuse(actor, at=timezone.now(), matter=f"page:{match.view_name if match else '?'}", refusal=Refused(words))
    return errors.csrf_failed(request, reason)


_FOREIGN = _("This was sent from another site, so nothing was done.")
_STALE = _("The page this was sent from was no longer valid, so nothing was done.")

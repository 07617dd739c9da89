"""Every refusal is in the log, also one found outside a recorded change."""
from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from countersign.audit.recording import refuse
from countersign.base.actor import Actor, Visitor
from countersign.base.errors import Refused


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

"""The public charter."""
from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET

from countersign.policy.charter import queries


@require_GET
@login_not_required
def charter(request: HttpRequest, language: str = "") -> HttpResponse:
    """The rules in force, for everybody, in each language at an address of its own."""
    chosen = language or (get_language() or "en")[:2]
    page = queries.page(chosen) if chosen in dict(settings.LANGUAGES) else None
    if page is None:
        raise Http404
    with override(chosen):
        return render(request, "charter/charter.html", {"page": page})

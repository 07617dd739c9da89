"""The addresses of `people`, and two pages that stand for the product."""
from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import include, path


def work(request: HttpRequest) -> JsonResponse:
    """A page of the product: who is asking?"""
    actor = request.actor  # type: ignore[attr-defined]
    return JsonResponse({"kind": type(actor).__name__, "name": actor.name, "label": actor.label})


urlpatterns = [
    path("", work, name="home"), path("", include("countersign.people.urls")),
    path("", include("countersign.access.devices.urls")),
]  # fmt: skip

"""Addresses of evidence."""
from __future__ import annotations

from django.urls import include, path

from countersign.access.evidence import views

_evidence = [
    path("evidence/", views.listed, name="list"),
    path("evidence/guides/<slug:network>/", views.guide, name="guide"),
    path("evidence/<uuid:uid>/picture/", views.picture, name="picture"),
    path("accounts/<uuid:uid>/evidence/", views.account, name="account"),
    path("accounts/<uuid:uid>/evidence/ask/", views.ask, name="ask"),
    path("accounts/<uuid:uid>/evidence/state/", views.state, name="state"),
    path("accounts/<uuid:uid>/evidence/except/", views.accept, name="except"),
]
urlpatterns = [path("", include((_evidence, "evidence")))]

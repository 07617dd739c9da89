"""Addresses of break-glass."""
from __future__ import annotations

from django.urls import include, path

from countersign.access.glass import rules, views

_glass = [
    path("secrets/<uuid:uid>/glass/", views.new, name="new"),
    path("secrets/<uuid:uid>/glass/options/", views.ask_options, name="ask-options"),
    path("secrets/<uuid:uid>/glass/ask/", views.ask, name="ask"),
    path("glass/<uuid:uid>/", views.case, name="case"),
    path("glass/<uuid:uid>/no/options/", views.options, {"act": rules.VETO}, name="no-options"),
    path("glass/<uuid:uid>/no/", views.no, name="no"),
    path("glass/<uuid:uid>/take/options/", views.options, {"act": rules.BREAK}, name="take-options"),
    path("glass/<uuid:uid>/take/", views.take, name="take"),
]
urlpatterns = [path("", include((_glass, "glass")))]

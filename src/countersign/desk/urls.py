"""Addresses of the desk."""
from __future__ import annotations

from django.urls import path

from countersign.desk import audit_views, proposal_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("review/", views.review, name="review"),
    path("settings/", views.settings_page, name="settings"),
    path("settings/theme", views.theme, name="theme"),
    path("two/", proposal_views.listed, name="proposals"),
    path("two/<uuid:uid>/", proposal_views.shown, name="proposal"),
    path("two/<uuid:uid>/options/", proposal_views.options, name="proposal-options"),
    path("two/<uuid:uid>/sign/", proposal_views.sign, name="proposal-sign"),
    path("two/<uuid:uid>/refuse/", proposal_views.refuse, name="proposal-refuse"),
    path("two/<uuid:uid>/withdraw/", proposal_views.withdraw, name="proposal-withdraw"),
    path("log/", audit_views.audit, name="audit"),
]

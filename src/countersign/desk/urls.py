"""Addresses of the desk."""
from __future__ import annotations

from django.urls import path

from countersign.desk import audit_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("review/", views.review, name="review"),
    path("settings/", views.settings_page, name="settings"),
    path("settings/theme", views.theme, name="theme"),
    path("log/", audit_views.audit, name="audit"),
]

"""Addresses of the charter."""
from __future__ import annotations

from django.urls import path

from countersign.policy.charter import views

app_name = "charter"
urlpatterns = [
    path("", views.charter, name="charter"),
    path("<str:language>/", views.charter, name="charter-in"),
]

"""Addresses of connecting; they share the name space of accounts, whose pages they are."""
from __future__ import annotations

from django.urls import path

from countersign.access.vault import views

urlpatterns = [
    path("accounts/connect/", views.connect, name="connect"),
    path("accounts/<uuid:uid>/", views.account, name="account"),
    path("accounts/<uuid:uid>/reconnect/", views.connect, name="reconnect"),
    path("accounts/<uuid:uid>/disconnect/", views.disconnect, name="disconnect"),
]

"""Every address. A package's own addresses stand in its `urls.py`."""
from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]

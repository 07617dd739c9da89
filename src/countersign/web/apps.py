"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.web`."""

    name = "countersign.web"
    label = "web"

"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.desk.scim`."""

    name = "countersign.desk.scim"
    label = "scim"

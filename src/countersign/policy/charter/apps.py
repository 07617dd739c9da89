"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.policy.charter`."""

    name = "countersign.policy.charter"
    label = "charter"

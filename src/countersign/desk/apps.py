"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.desk`."""

    name = "countersign.desk"
    label = "desk"

    def ready(self) -> None:
        """Light or dark is no act."""
        from countersign.people import hooks

        hooks.open_without_proof("theme")

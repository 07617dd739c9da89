"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.access.vault`."""

    name = "countersign.access.vault"
    label = "vault"

    def ready(self) -> None:
        """Make known what takes two people here."""
        from countersign.access.vault.checking_out import ACT
        from countersign.review import acts

        acts.register(ACT)

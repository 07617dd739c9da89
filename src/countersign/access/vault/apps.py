"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.access.vault`."""

    name = "countersign.access.vault"
    label = "vault"

    def ready(self) -> None:
        """Make known what takes two people here."""
        from countersign.access.vault import checking_out, stating
        from countersign.review import acts

        acts.register(checking_out.ACT)
        acts.register(stating.ACT)

"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.access.recovery`."""

    name = "countersign.access.recovery"
    label = "recovery"

    def ready(self) -> None:
        """Say where sealed values lie, so that they are wrapped anew with all the others."""
        from countersign.access.recovery.models import Mailbox
        from countersign.access.vault import rewrapping

        rewrapping.add_place(
            rewrapping.column(Mailbox, "sealed", lambda row: (f"mailbox:{row.uid}", "mailbox", row.version))
        )

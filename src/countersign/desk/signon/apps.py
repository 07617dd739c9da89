"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.desk.signon`."""

    name = "countersign.desk.signon"
    label = "signon"

    def ready(self) -> None:
        """Make the act of two known, and where client secrets are sealed."""
        from countersign.access.vault import rewrapping
        from countersign.calls.messages import provider_owner
        from countersign.desk.signon import configuring
        from countersign.desk.signon.models import Provider

        configuring.register()
        rewrapping.add_place(
            rewrapping.column(Provider, "sealed", lambda row: (provider_owner(row.issuer, row.client_id), "client_secret", 1))
        )

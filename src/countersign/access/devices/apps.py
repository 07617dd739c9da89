"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.access.devices`."""

    name = "countersign.access.devices"
    label = "devices"

    def ready(self) -> None:
        """Tell `people` what opens in a browser that is not enrolled and which passkeys sign, and `review` our act."""
        from countersign.access.devices import excepting
        from countersign.people import hooks

        hooks.open_to_unknown("device", "device-ask")
        hooks.use_passkey_rule(excepting.require_may_sign_with)
        excepting.register()

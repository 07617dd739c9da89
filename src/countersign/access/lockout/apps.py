"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.access.lockout`."""

    name = "countersign.access.lockout"
    label = "lockout"

    def ready(self) -> None:
        """Make the act known that takes two people, and say what opens in a browser that is not enrolled."""
        from countersign.access.devices import hooks as devices
        from countersign.access.lockout import lifting, ruling
        from countersign.people import hooks
        from countersign.review import acts

        acts.register(lifting.LIFT)
        devices.use_lock(ruling.lock_devices)
        hooks.open_to_unknown("lockout:lost", "lockout:lost-own", "lockout:lost-colleague", "lockout:live")

"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.access.departures`."""

    name = "countersign.access.departures"
    label = "departures"

    def ready(self) -> None:
        """Say what the end date of a guest becomes: a departure that is planned from the start."""
        from countersign.access.departures import departing
        from countersign.access.grants import hooks

        hooks.use_end(departing.plan_end)

"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.content.posts`."""

    name = "countersign.content.posts"
    label = "posts"

    def ready(self) -> None:
        """Say what of a leaver's posts a colleague is to take over: a departure does not close before."""
        from countersign.access.departures import hooks
        from countersign.content.posts import taken

        hooks.ask_as_well(taken.still_kept)

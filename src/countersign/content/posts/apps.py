"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.content.posts`."""

    name = "countersign.content.posts"
    label = "posts"

    def ready(self) -> None:
        """Say what of a leaver's posts a colleague is to take over: a departure does not close before. And what takes no
        browser's proof: drafts are saved and discussed without; whatever decides or releases asks for one."""
        from countersign.access.departures import hooks as departures
        from countersign.content.posts import taken
        from countersign.people import hooks

        departures.ask_as_well(taken.still_kept)
        drafts = ["new", "edit-new", "autosave-new", "pictures-new", "preview-new", "count", "edit", "autosave", "preview", "pictures", "remove-picture"]
        hooks.open_without_proof(*(f"posts:{name}" for name in [*drafts, "discard", "remark"]))

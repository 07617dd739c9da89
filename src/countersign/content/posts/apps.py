"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.content.posts`."""

    name = "countersign.content.posts"
    label = "posts"

    def ready(self) -> None:
        """Drafts are saved and discussed without a browser's proof; whatever decides or releases asks for one."""
        from countersign.people import hooks

        drafts = ["new", "edit-new", "autosave-new", "pictures-new", "preview-new", "count", "edit", "autosave", "preview", "pictures", "remove-picture"]
        hooks.open_without_proof(*(f"posts:{name}" for name in [*drafts, "discard", "remark"]))

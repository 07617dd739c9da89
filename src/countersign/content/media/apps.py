"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.content.media`."""

    name = "countersign.content.media"
    label = "media"

    def ready(self) -> None:
        """Tell the vault where sealed originals lie, so that a new wrapping key reaches them."""
        from countersign.access.vault import rewrapping
        from countersign.content.media import queries, store

        def replace(name: str, old: str, new: str) -> bool:
            return store.originals().replace(name, old.encode(), new.encode())

        rewrapping.add_place(rewrapping.Place("originals", queries.sealed_originals, replace, batch=1))

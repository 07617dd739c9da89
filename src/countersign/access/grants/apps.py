"""How Django knows this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.access.grants`."""

    name = "countersign.access.grants"
    label = "grants"

    def ready(self) -> None:
        """Tell `people`, which may not import us, who may sign and what a person will do here."""
        from countersign.access.grants import roles
        from countersign.people import hooks

        hooks.use_signer_check(roles.is_signer)
        hooks.use_roles(roles.roles_in_words)

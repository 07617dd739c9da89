"""Versions of secrets as the broker is asked about them."""
from __future__ import annotations

from typing import Any

from countersign.access.vault.models import SealedVersion, Secret
from countersign.base.errors import Conflict
from countersign.base.words import _


def current_of(secret: Secret) -> SealedVersion:
    """The version in use. Conflict when there is none."""
    found = SealedVersion.objects.current().filter(secret=secret).first()
    if found is None or secret.retired_at is not None:
        raise Conflict(_("There is nothing in this place of the vault."), remedy=_("Enter it first."))
    return found


def part(version: SealedVersion) -> dict[str, Any]:
    """One version, as messages hold it."""
    secret = version.secret
    return {
        "secret": str(secret.uid), "kind": secret.kind, "version": version.version, "sealed": version.sealed,
        "name": version.name,
    }


def name_of(secret: Secret, version: int) -> str:
    """What a version that the program makes is called at the network: the label with its number."""
    return f"{secret.label[:24]}-{version}"


def next_number(secret: Secret) -> int:
    """The number of the next version; the broker may give a higher one."""
    last = secret.versions.order_by("-version").first()
    return last.version + 1 if last else 1

"""The life of a version of the charter."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class CharterState(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    SUPERSEDED = "superseded"


S = CharterState

CHARTER = Lifecycle(start=S.DRAFT, moves={S.DRAFT: {S.ADOPTED}, S.ADOPTED: {S.SUPERSEDED}})

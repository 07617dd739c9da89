"""The life of a person in the product."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class PersonState(StrEnum):
    """Where a person stands."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


S = PersonState

PERSON = Lifecycle(
    start=S.INVITED,
    moves={S.INVITED: {S.ACTIVE, S.LEFT}, S.ACTIVE: {S.SUSPENDED, S.LEFT}, S.SUSPENDED: {S.ACTIVE, S.LEFT}},
)

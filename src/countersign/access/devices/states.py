"""How the company's device management judges a device."""
from __future__ import annotations

from enum import StrEnum


class PostureState(StrEnum):
    """What was reported of a device."""

    COMPLIANT = "compliant"
    NOT_COMPLIANT = "not_compliant"
    UNKNOWN = "unknown"

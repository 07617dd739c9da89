"""The life of a provider of sign-on. Plain Python."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class ProviderState(StrEnum):
    """Whether people may come in by it."""

    ASKED = "asked"  # described, and not in use: turning it on takes two officers
    ON = "on"
    OFF = "off"
    DROPPED = "dropped"  # another description took its place before it was ever in use


S = ProviderState

PROVIDER = Lifecycle(start=S.ASKED, moves={S.ASKED: {S.ON, S.DROPPED}, S.ON: {S.OFF}})

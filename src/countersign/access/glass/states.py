"""The life of a glass that one person asks to break."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class GlassState(StrEnum):
    """Where it stands. The broker's own file has the last word."""

    ASKED = "asked"
    BROKEN = "broken"
    LAPSED = "lapsed"  # its time passed
    VETOED = "vetoed"


G = GlassState

GLASS = Lifecycle(start=G.ASKED, moves={G.ASKED: {G.BROKEN, G.LAPSED, G.VETOED}})

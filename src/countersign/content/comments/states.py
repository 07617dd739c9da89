"""The life of a comment."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class CommentState(StrEnum):
    """Where a reader's comment stands with us."""

    WAITING = "waiting"
    ESCALATED = "escalated"
    KEPT = "kept"
    HIDING = "hiding"
    HIDDEN = "hidden"
    BY_HAND = "by_hand"
    UNCONFIRMED = "unconfirmed"
    GONE = "gone"


C = CommentState

COMMENT = Lifecycle(
    start=C.WAITING,
    moves={
        C.WAITING: {C.KEPT, C.ESCALATED, C.HIDING, C.GONE},
        C.ESCALATED: {C.KEPT, C.HIDING, C.GONE, C.WAITING},
        C.HIDING: {C.HIDDEN, C.BY_HAND, C.UNCONFIRMED, C.GONE},
        C.UNCONFIRMED: {C.HIDDEN, C.BY_HAND, C.WAITING, C.GONE},
        C.BY_HAND: {C.HIDDEN, C.GONE},
        C.KEPT: {C.HIDING, C.GONE, C.WAITING},
        C.HIDDEN: {C.KEPT, C.GONE, C.WAITING},
    },
)

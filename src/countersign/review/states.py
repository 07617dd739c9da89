"""The life of a proposal: an act that waits for a second person's signature."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class ProposalState(StrEnum):
    """Where a proposal stands. That it is too old is no state: `expires_at` says it."""

    WAITING = "waiting"
    GRANTED = "granted"
    USED = "used"  # what was granted for one time was done
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = ProposalState

PROPOSAL = Lifecycle(
    start=S.WAITING,
    moves={S.WAITING: {S.GRANTED, S.REFUSED, S.WITHDRAWN}, S.GRANTED: {S.USED, S.WITHDRAWN}},
)

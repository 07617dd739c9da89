"""The lives of what waits for signatures: an act that takes two people, and an entry of the roster."""
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


class EntryState(StrEnum):
    """Where an entry stands that was proposed for the roster. The broker decides; this is what we know of it."""

    WAITING = "waiting"
    ENTERED = "entered"
    EXPIRED = "expired"  # it waited too long for its signatures
    OVERTAKEN = "overtaken"  # another entry came first, and every signature names the entry before it
    RENEWED = "renewed"  # proposed again on the new head
    VETOED = "vetoed"  # one officer asked for it alone, another one said no
    WITHDRAWN = "withdrawn"


E = EntryState

ENTRY = Lifecycle(
    start=E.WAITING,
    moves={
        E.WAITING: {E.ENTERED, E.EXPIRED, E.OVERTAKEN, E.VETOED, E.WITHDRAWN},
        E.EXPIRED: {E.RENEWED, E.WITHDRAWN},
        E.OVERTAKEN: {E.RENEWED, E.WITHDRAWN},
        E.VETOED: {E.ENTERED},  # as below: the broker has the last word
        E.WITHDRAWN: {E.ENTERED, E.WAITING},
    },
)

"""The lives of a post and of its deliveries."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class PostState(StrEnum):
    """Where a post stands. Time is not a state: a scheduled post is approved and has a release time."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    DONE = "done"


P = PostState

POST = Lifecycle(
    start=P.DRAFT,
    moves={
        P.DRAFT: {P.SUBMITTED},
        P.SUBMITTED: {P.APPROVED, P.DRAFT, P.REJECTED},
        P.REJECTED: {P.DRAFT},
        P.APPROVED: {P.DONE, P.DRAFT},
    },
)


class DeliveryState(StrEnum):
    """Where one variant stands on its way to one account."""

    DUE = "due"
    HELD = "held"
    RECALLED = "recalled"
    SENDING = "sending"
    PUBLISHED = "published"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    DELETING = "deleting"
    DELETED = "deleted"


D = DeliveryState

DELIVERY = Lifecycle(
    start=D.DUE,
    moves={
        D.DUE: {D.SENDING, D.HELD, D.RECALLED, D.PUBLISHED},
        D.HELD: {D.DUE, D.RECALLED},
        D.SENDING: {D.PUBLISHED, D.FAILED, D.UNCONFIRMED, D.DUE, D.HELD, D.DELETED},
        D.UNCONFIRMED: {D.PUBLISHED, D.DUE, D.FAILED, D.HELD, D.DELETED},
        D.PUBLISHED: {D.DELETING},
        D.DELETING: {D.DELETED, D.UNCONFIRMED, D.PUBLISHED},
    },
)

ENDS = frozenset({D.PUBLISHED, D.FAILED, D.RECALLED, D.DELETED})

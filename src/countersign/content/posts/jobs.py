"""What the worker does for posts: find what is due, call one action for each."""
from __future__ import annotations

from datetime import datetime

from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict
from countersign.content.posts import releasing
from countersign.content.posts.models import Delivery

RELEASE = DutyActor("release")
BATCH = 50


def release_due(at: datetime) -> int:
    """Release what is due, oldest first; how many were begun. Another worker's claim is no error."""
    begun = 0
    for delivery in Delivery.objects.due(at).select_related("account", "post").order_by("due_at", "pk")[:BATCH]:
        try:
            releasing.release(RELEASE, delivery, at=at)
        except Conflict:
            continue
        begun += 1
    return begun


def settle_unknown(at: datetime) -> int:
    """Settle what is unknown; how many were looked at."""
    looked = 0
    unknown = Delivery.objects.overdue_for_settling(at).select_related("account", "post")
    for delivery in unknown.order_by("due_at", "pk")[:BATCH]:
        try:
            releasing.settle(RELEASE, delivery, at=at)
        except Conflict:
            continue
        looked += 1
    return looked

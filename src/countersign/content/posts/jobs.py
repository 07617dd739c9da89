"""What the worker does for posts: find what is due, call one action for each."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict
from countersign.content.posts import releasing
from countersign.content.posts.models import Delivery

RELEASE = DutyActor("release")
BATCH = 24
CREW = 6  # deliveries on their way at once


def release_due(at: datetime) -> int:
    """Release what is due, oldest first; how many were begun. Another worker's claim is no error."""
    due = list(Delivery.objects.due(at).select_related("account", "post").order_by("due_at", "pk")[:BATCH])
    if len(due) < 2:
        return sum(_release(delivery, at) for delivery in due)
    return sum(_crew().map(_release, due, [at] * len(due)))


def _release(delivery: Delivery, at: datetime) -> bool:
    try:
        releasing.release(RELEASE, delivery, at=at)
    except Conflict:
        return False
    return True


@cache
def _crew() -> ThreadPoolExecutor:
    """The threads that wait for networks side by side; the broker answers each in a thread of its own."""
    return ThreadPoolExecutor(CREW, thread_name_prefix="release")


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

"""What the worker does for comments: threads are read often while they are young, seldom when they are old."""
from __future__ import annotations

from datetime import datetime, timedelta

from countersign.access.grants.models import Account
from countersign.access.vault import keeping
from countersign.base.actor import DutyActor
from countersign.base.errors import KeyRefused, NetworkError
from countersign.content.comments import collecting, deciding
from countersign.content.comments.models import Comment, Decision
from countersign.content.comments.states import CommentState
from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState
from countersign.networks.contract import ReadsComments
from countersign.networks.registry import CONNECTORS

COLLECT = DutyActor("collect")
BATCH = 20
# A thread younger than the first is read again after the second.
PACE = (
    (timedelta(days=1), timedelta(seconds=20)),
    (timedelta(days=7), timedelta(minutes=10)),
    (timedelta(days=30), timedelta(hours=6)),
)


def collect_comments(at: datetime) -> int:
    """Collect for every connected account whose network tells us comments; how many changes were kept."""
    changes = 0
    for account in Account.objects.connected():
        if not isinstance(CONNECTORS[account.network], ReadsComments):
            continue
        roots = due_threads(account, at)
        if not roots:
            continue
        try:
            changes += collecting.collect(COLLECT, account, roots, at=at)
        except KeyRefused as refusal:
            keeping.mark_refused(COLLECT, account, refusal.what, at=at)
        except NetworkError as error:
            collecting.note_trouble(account, error)
    return changes


def due_threads(account: Account, at: datetime) -> list[Delivery]:
    """The deliveries whose threads are to be read now, those never read first."""
    published = Delivery.objects.filter(account=account, state=DeliveryState.PUBLISHED, published_at__isnull=False)
    recent = published.filter(published_at__gte=at - PACE[-1][0]).select_related("thread_reading")
    due = [delivery for delivery in recent.order_by("-published_at")[:500] if _is_due(delivery, at)]
    return due[:BATCH]


def _is_due(delivery: Delivery, at: datetime) -> bool:
    reading = getattr(delivery, "thread_reading", None)
    if reading is None or delivery.published_at is None:
        return True
    for age, pause in PACE:
        if at - delivery.published_at < age:
            return bool(at - reading.read_at >= pause)
    return False


def act_again(at: datetime) -> int:
    """Ask again for what was decided and whose outcome is unknown; hiding twice is no error at any network."""
    stuck = Comment.objects.filter(
        state__in=[CommentState.HIDING, CommentState.UNCONFIRMED], state_since__lt=at - timedelta(minutes=1)
    )
    asked = 0
    for comment in stuck.select_related("account")[:BATCH]:
        decisions = Decision.objects.filter(comment=comment, deed__in=["hide", "delete"]).select_related("person")
        decision = decisions.order_by("-pk").first()
        if decision is not None:
            deciding.act(COLLECT, comment, decision.deed, by=str(decision.person.uid), at=at)
            asked += 1
    return asked

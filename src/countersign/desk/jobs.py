"""What the worker does for people: it tells them what waits."""
from __future__ import annotations

from datetime import datetime, timedelta

from countersign.base.actor import DutyActor
from countersign.content.posts.models import Post
from countersign.desk import telling, telling_everybody
from countersign.review.models import RosterProposal

NOTIFY = DutyActor("notify")


def tell_reviewers(at: datetime) -> int:
    """Tell reviewers of what was submitted within the last day; how many were told."""
    recent = Post.objects.submitted().filter(state_since__gte=at - timedelta(days=1)).select_related("author")
    return sum(telling.tell_reviewers(NOTIFY, post, at=at) for post in recent)


def tell_everybody(at: datetime) -> int:
    """Tell everybody what one officer asked for alone within the last days, or has entered; how many were told."""
    recent = RosterProposal.objects.told_to_everybody().filter(state_since__gte=at - timedelta(days=30))
    return sum(telling_everybody.tell_everybody(NOTIFY, proposal, at=at) for proposal in recent)

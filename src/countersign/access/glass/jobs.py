"""What the worker does for break-glass: it follows the broker's file, and tells everybody."""
from __future__ import annotations

from datetime import datetime, timedelta

from countersign.access.glass import following, telling
from countersign.access.glass.models import Glass
from countersign.access.glass.states import GlassState
from countersign.base.actor import DutyActor

FOLLOW, NOTIFY = DutyActor("glass"), DutyActor("notify")


def follow(at: datetime) -> int:
    """Let our tables say what the broker's file says; how much was new."""
    return following.agree(FOLLOW, at=at)


def tell_everybody(at: datetime) -> int:
    """Tell everybody what is asked for alone, and what was shown; how many mails went out."""
    recent = Glass.objects.filter(state__in=[GlassState.ASKED, GlassState.BROKEN], state_since__gte=at - timedelta(days=1))
    return sum(telling.tell_everybody(NOTIFY, one, at=at) for one in recent.select_related("secret__account", "asked_by"))

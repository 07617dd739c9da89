"""For which accounts the second factor is shown, or excepted, at a moment: what the gate and the broker ask. Nothing is kept."""
from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from countersign.access.evidence.models import Allowance, Evidence
from countersign.base.prepared import Prepared


def meeting(accounts: Collection[int], at: datetime) -> frozenset[int]:
    """Those of these accounts, by their keys, whose evidence or allowance counts at a moment."""
    asked = list(dict.fromkeys(accounts))
    shown = set(_SHOWN.ask(accounts=asked, at=at))
    return frozenset(shown | set(_ALLOWED.ask(accounts=left, at=at)) if (left := [one for one in asked if one not in shown]) else shown)


_SHOWN = Prepared[int](
    lambda accounts, at: Evidence.objects.standing(at).filter(account__pk__in=accounts).values_list("account_id", flat=True)
)
_ALLOWED = Prepared[int](
    lambda accounts, at: Allowance.objects.in_force(at).filter(account__pk__in=accounts).values_list("account_id", flat=True)
)

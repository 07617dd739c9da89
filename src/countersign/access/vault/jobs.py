"""What the worker does for the vault."""
from __future__ import annotations

from datetime import datetime, timedelta

from countersign.access.grants.models import Account
from countersign.access.vault import keeping
from countersign.access.vault.models import SecretVersion
from countersign.base.actor import DutyActor
from countersign.base.errors import CountersignError

REFRESH = DutyActor("refresh")
AHEAD = timedelta(minutes=30)


def refresh_keys(at: datetime) -> int:
    """Refresh every key that ends within half an hour; how many were asked for. A blip is for next time."""
    ending = SecretVersion.objects.ending_before(at + AHEAD).values("account_id")
    accounts = list(Account.objects.connected().filter(pk__in=ending))
    for account in accounts:
        try:
            keeping.refresh(REFRESH, account, at=at)
        except CountersignError:
            continue
    return len(accounts)

"""Giving a newly connected account its first days: two weeks in which it may publish while its second factor is shown."""
from __future__ import annotations

from datetime import datetime

from countersign.access.evidence import rules
from countersign.access.evidence.models import Allowance
from countersign.access.evidence.noting import account_label
from countersign.access.evidence.states import Grounds
from countersign.access.grants.models import Account
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor


def begin(actor: PersonActor, account: Account, *, at: datetime) -> None:
    """Give a new account its first days, inside the change that connects it, which asked. Once; not when it is reconnected."""
    until = at + rules.FIRST_DAYS
    with recorded(actor, at=at) as record:
        Allowance.objects.create(account=account, grounds=Grounds.FIRST_DAYS, given_at=at, ends_at=until)
        record("evidence.begun", account_label(account), account=account, until=until.isoformat())

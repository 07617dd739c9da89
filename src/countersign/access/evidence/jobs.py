"""What the worker does for evidence: it asks the networks that tell, every day, and tells officers what runs out."""
from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from countersign.access.evidence import asking, rules, telling
from countersign.access.evidence.states import Told
from countersign.access.grants.models import Account
from countersign.base.actor import DutyActor
from countersign.base.errors import CountersignError
from countersign.networks.contract import ReadsSecurity
from countersign.networks.registry import CONNECTORS

BATCH = 20
NOTIFY = DutyActor("notify")


def ask_networks(at: datetime) -> int:
    """Ask each network whose connector can be asked, once a day, sooner after it could not be; how many were asked."""
    able = [name for name, connector in CONNECTORS.items() if isinstance(connector, ReadsSecurity)]
    lately = Q(look__asked_at__gt=at - rules.ASK_EVERY) & ~Q(look__told=Told.FAILED)
    just_now = Q(look__asked_at__gt=at - rules.ASK_AGAIN)
    due = Account.objects.connected().filter(network__in=able).exclude(pk__in=Account.objects.filter(lately | just_now).values("pk"))
    accounts = list(due.order_by("pk")[:BATCH])
    for account in accounts:
        try:
            asking.ask(asking.EVIDENCE, account, at=at)
        except CountersignError:
            continue  # a lock, or somebody was faster: the others are asked all the same
    return len(accounts)


def tell_officers(at: datetime) -> int:
    """Tell officers of accounts that may not publish, or soon may not; how many mails went out."""
    return sum(telling.tell(NOTIFY, account, at=at) for account in Account.objects.connected())

"""Locking an account by rule while nobody has explained what happened to it."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants.models import Account
from countersign.access.lockout import locking
from countersign.access.lockout.models import Case
from countersign.access.lockout.rules import Target
from countersign.access.lockout.states import Way
from countersign.access.recovery.models import Recovery
from countersign.base.actor import DutyActor
from countersign.base.words import _
from countersign.people.models import Lock
from countersign.people.states import LockKind

WATCH = DutyActor("watch")
WHY = _("The network says that its address or its second factor was changed, and nothing here explains it.")


def freeze(account: Account, *, at: datetime) -> Case | None:
    """Lock an account, unless an officer decided otherwise; the case that locks it already, if one does. Joins the change it is
    called in; `lockout.answering.answer` is called after it."""
    if Recovery.objects.filter(account=account, freezes=False).exists():
        return None
    return standing_case(account) or locking.lock(WATCH, [target_of(account)], reason=WHY, way=Way.RULE, at=at)


def standing_case(account: Account) -> Case | None:
    """The case that locks this very account now, if there is one."""
    rows = Lock.objects.filter(kind=LockKind.ACCOUNT, target=account.uid, lifted_at=None, hold__isnull=False)
    lock = rows.select_related("hold__case").order_by("pk").first()
    return lock.hold.case if lock else None


def target_of(account: Account) -> Target:
    """What a lock on an account names."""
    return Target(LockKind.ACCOUNT, str(account.uid))

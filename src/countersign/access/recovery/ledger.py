"""Which entry of our ledger explains a mail: a drill, an announcement, a rotation, a connection, a sign-in of ours."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from countersign.access.grants.models import Account
from countersign.access.recovery import rules
from countersign.access.recovery.models import Announcement, Drill
from countersign.access.recovery.states import Because
from countersign.access.vault.models import Connection
from countersign.audit.models import Entry


@dataclass(frozen=True, slots=True)
class Explanation:
    """The entry that accounts for a mail, and how the log names it."""

    because: Because
    by: str


def drill_for(account: Account, kind: str, moment: datetime) -> Drill | None:
    """The drill that awaits this mail."""
    if kind != "reset":
        return None
    found = Drill.objects.under_way().filter(account=account, announced_at__lte=moment, until__gte=moment)
    return found.select_related("account").first()


def announcement_for(account: Account, kind: str, moment: datetime) -> Announcement | None:
    """What an officer said beforehand, if this is its first mail, or an echo of it within two minutes."""
    said = Announcement.objects.filter(account=account, kind=kind, announced_at__lte=moment, ends_at__gte=moment)
    return said.filter(Q(used_at=None) | Q(used_at__gte=moment - rules.ECHO)).order_by("announced_at").first()


def entry_for(account: Account, kind: str, moment: datetime) -> Explanation | None:
    """What we did at the network a little before, by the audit log."""
    for event, before in rules.EXPLAINED_BY.get(kind, {}).items():
        done = Entry.objects.filter(account=str(account.uid), event=event, at__gte=moment - before, at__lte=moment + rules.AFTER)
        if (entry := done.order_by("-number").first()) is not None:
            return Explanation(rules.BECAUSE[event], entry.matter)
    if "account.connected" in rules.EXPLAINED_BY.get(kind, {}):
        return _begun(account, moment)
    return None


def _begun(account: Account, moment: datetime) -> Explanation | None:
    """A sign-in there that an officer has begun here: its mail may be faster than the officer's way back."""
    since = moment - rules.EXPLAINED_BY["new_login"]["account.connected"]
    begun = Connection.objects.filter(account_uid=account.uid, begun_at__gte=since, begun_at__lte=moment)
    return Explanation(Because.CONNECTION, f"account:{account.uid}") if begun.exists() else None

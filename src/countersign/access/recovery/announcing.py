"""Saying beforehand what one is about to change at a network, so that its mail is expected."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.recovery import rules, telling
from countersign.access.recovery.models import Announcement
from countersign.access.recovery.states import MAIL_KINDS
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.people.models import Person


def announce(actor: PersonActor, account: Account, kind: str, why: str, *, at: datetime) -> Announcement:
    """Say what will be changed within the hour, and why. The other officers are told: none of them can hide a change so."""
    with recorded(actor, at=at, matter=account, account=account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        if kind not in MAIL_KINDS:
            raise Invalid(_("Choose what you are going to do."), field="kind")
        announcement = Announcement.objects.create(
            account=account, kind=kind, why=rules.require_words(why, "why"), announced_by=Person.objects.get(uid=actor.uid),
            announced_at=at, ends_at=at + rules.ANNOUNCED_FOR,
        )
        record("change.announced", announcement, account=account, kind=kind, personal={"why": announcement.why})
    telling.tell_announced(announcement)
    return announcement

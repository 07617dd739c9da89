"""Telling officers by mail that an account may publish no longer, or only for some days more; each once for each end."""
from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from countersign.access.evidence import queries, rules
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor
from countersign.notices.models import Notice
from countersign.people.models import Person


def tell(actor: DutyActor, account: Account, *, at: datetime) -> int:
    """Tell whoever may except it when the evidence ends within a week, and again when there is none; how many were told."""
    until = queries.until(account, at=at)
    if until is not None and until - at > rules.SOON:
        return 0
    ended = queries.last_end(account, at=at)
    matter = f"evidence:{account.uid}:{until or ended or account.connected_at:%Y%m%d}:{'soon' if until else 'missing'}"
    told = 0
    for officer in gate.holders(Right.EVIDENCE_EXCEPT, on=account):
        if _note(actor, matter, officer, at):
            _send(account, officer, until)
            told += 1
    return told


def _note(actor: DutyActor, matter: str, officer: Person, at: datetime) -> bool:
    """Note that a notice goes out, before it does: a crash in between loses one mail and never repeats a hundred."""
    if Notice.objects.filter(person=officer, matter=matter).exists():
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.NOTICE_SEND, on=None)
        Notice.objects.create(person=officer, matter=matter, noted_at=at)
        record("notice.sent", officer.label, about=matter)
    return True


def _send(account: Account, officer: Person, until: datetime | None) -> None:
    with override(officer.language):
        url = f"{settings.ORIGIN}{reverse('evidence:account', args=[account.uid])}"
        if until is None:
            subject = gettext("{handle} publishes nothing: its second factor is not shown")
            words = gettext(
                "There is no fresh evidence that the network's own second factor is on for {handle}. What was to go out is "
                "held, and goes by itself once it is shown.\n\n{url}\n"
            )
        else:
            subject = gettext("{handle}: the evidence of its second factor ends on {day}")
            words = gettext("After {day} nothing is published from {handle}, until it is shown again.\n\n{url}\n")
        day = date_format(timezone.localtime(until), "DATE_FORMAT") if until else ""
        facts = {"handle": account.handle, "url": url, "day": day}
        send_mail(" ".join(subject.format(**facts).split()), words.format(**facts), settings.DEFAULT_FROM_EMAIL, [officer.email])

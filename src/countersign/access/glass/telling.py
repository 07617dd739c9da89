"""Telling everybody by mail that one person asks for a secret alone, and that the glass was broken."""
from __future__ import annotations

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from countersign.access.glass.models import Glass
from countersign.access.glass.states import GlassState
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.vault.words import kind_words
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.notices.models import Notice
from countersign.people.models import Person

log = logging.getLogger("countersign.glass")


def tell_everybody(actor: DutyActor, glass: Glass, *, at: datetime) -> int:
    """Tell everybody who works here; how many were told. Told first and noted afterwards: of an alarm a second mail is
    better than none. Whom no mail reaches now is tried again at the next turn."""
    with refusals_recorded(actor, at=at, matter=str(glass)):
        gate.require(actor, Right.NOTICE_SEND, on=None)
    matter = f"glass:{glass.state}:{glass.uid}"
    told = set(Notice.objects.filter(matter=matter).values_list("person_id", flat=True))
    return sum(_tell(actor, glass, person, matter, at) for person in Person.objects.active() if person.pk not in told)


def _tell(actor: DutyActor, glass: Glass, person: Person, matter: str, at: datetime) -> bool:
    try:
        _send(glass, person)
    except (OSError, SMTPException) as error:
        log.error("an alarm could not be mailed: %s", type(error).__name__)
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.NOTICE_SEND, on=None)
        Notice.objects.create(person=person, matter=matter, noted_at=at)
        record("notice.sent", f"person:{person.uid}", about=str(glass))
    return True


def _send(glass: Glass, person: Person) -> None:
    with override(person.language):
        if glass.state == GlassState.BROKEN:
            subject = gettext("{who} broke the glass: {what} of {handle}")
            words = gettext(
                "{who} was shown {what} of {handle} without a second person. Nobody had said no within half an hour.\n\n"
                "Why: {why}\n\nIt must be replaced within the hour.\n\n{url}\n"
            )
        else:
            subject = gettext("{who} asks alone for {what} of {handle}")
            words = gettext(
                "{who} asks to be shown {what} of {handle} without a second person.\n\nWhy: {why}\n\n"
                "It can be done from {when}, unless an officer says no before.\n\n"
                "Security officers: look at it, and say no with your passkey if it is not right.\n"
                "Everybody else: if it surprises you, call a security officer now.\n\n{url}\n"
            )
        from_at = timezone.localtime(glass.ripe_at)
        facts = {
            "who": glass.asked_by.name, "what": kind_words(glass.secret), "handle": glass.secret.account.handle,
            "why": glass.reason or gettext("not said"), "when": f"{date_format(from_at, 'j F Y, H:i')} {from_at.tzname()}",
            "url": f"{settings.ORIGIN}{reverse('glass:case', args=[glass.uid])}",
        }  # fmt: skip
        send_mail(" ".join(subject.format(**facts).split()), words.format(**facts), settings.DEFAULT_FROM_EMAIL, [person.email])

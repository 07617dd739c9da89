"""Telling everybody who works here, by mail and once: what one person asks for alone is an alarm to all."""
from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import override

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.notices.models import Notice
from countersign.people.models import Person

log = logging.getLogger("countersign.grants")


def tell_everybody(actor: DutyActor, about: str, *, matter: str, write: Callable[[], tuple[str, str]], at: datetime) -> int:
    """Send everybody whom this matter has not reached yet the subject and words of `write`, in their own language; how many
    were told.

    Told first and noted afterwards: of an alarm a second mail is better than none. Whom no mail reaches now is tried again at
    the next turn, and keeps nobody else from being told.
    """
    with refusals_recorded(actor, at=at, matter=about):
        gate.require(actor, Right.NOTICE_SEND, on=None)
    told = set(Notice.objects.filter(matter=matter).values_list("person_id", flat=True))
    waiting = [person for person in Person.objects.active() if person.pk not in told]
    return sum(_tell(actor, person, about, matter, write, at) for person in waiting)


def _tell(
    actor: DutyActor, person: Person, about: str, matter: str, write: Callable[[], tuple[str, str]], at: datetime
) -> bool:
    try:
        with override(person.language):
            subject, words = write()
            send_mail(" ".join(subject.split()), words, settings.DEFAULT_FROM_EMAIL, [person.email])
    except (OSError, SMTPException) as error:
        log.error("an alarm could not be mailed: %s", type(error).__name__)
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.NOTICE_SEND, on=None)
        Notice.objects.create(person=person, matter=matter, noted_at=at)
        record("notice.sent", f"person:{person.uid}", about=about)
    return True

"""Telling everybody by mail that one officer asks alone for an entry of the roster, and later that it was entered."""
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

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.base.values import Digest
from countersign.notices.models import Notice
from countersign.people.models import Person
from countersign.review.models import RosterProposal
from countersign.review.states import EntryState

log = logging.getLogger("countersign.desk")


def tell_everybody(actor: DutyActor, proposal: RosterProposal, *, at: datetime) -> int:
    """Tell everybody who works here what one officer asked for alone, or that it is entered. How many were told.

    Told first and noted afterwards: of an alarm a second mail is better than none. Whom no mail reaches now is tried
    again at the next turn, and keeps nobody else from being told.
    """
    with refusals_recorded(actor, at=at, matter=f"roster:{proposal.head}"):
        gate.require(actor, Right.NOTICE_SEND, on=None)
    matter = f"alone:{proposal.state}:{proposal.head}"
    told = set(Notice.objects.filter(matter=matter).values_list("person_id", flat=True))
    return sum(_tell(actor, proposal, person, matter, at) for person in Person.objects.active() if person.pk not in told)


def _tell(actor: DutyActor, proposal: RosterProposal, person: Person, matter: str, at: datetime) -> bool:
    try:
        _send(proposal, person)
    except (OSError, SMTPException) as error:
        log.error("an alarm could not be mailed: %s", type(error).__name__)
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.NOTICE_SEND, on=None)
        Notice.objects.create(person=person, matter=matter, noted_at=at)
        record("notice.sent", f"person:{person.uid}", about=f"roster:{proposal.head}")
    return True


def _send(proposal: RosterProposal, person: Person) -> None:
    with override(person.language):
        subject, words = _entered(proposal) if proposal.state == EntryState.ENTERED else _asked(proposal)
        send_mail(" ".join(subject.split()), words, settings.DEFAULT_FROM_EMAIL, [person.email])


def _asked(proposal: RosterProposal) -> tuple[str, str]:
    subject = gettext("{officer} wants to change alone who may sign").format(officer=proposal.asked_alone_by)
    words = gettext(
        "{officer} asks alone, without a second officer, that {person} become a security officer.\n\n"
        "It can be entered from {when}, unless an officer says no before.\n\n"
        "Security officers: look at it, and say no with your passkey if it is not right.\n"
        "Everybody else: if it surprises you, call a security officer now.\n\nFingerprint: {fingerprint}\n\n{url}\n"
    )
    return subject, words.format(**_facts(proposal))


def _entered(proposal: RosterProposal) -> tuple[str, str]:
    subject = gettext("{officer} changed alone who may sign").format(officer=proposal.asked_alone_by)
    words = gettext(
        "{officer} entered alone, after the wait, that {person} is a security officer. Nobody said no.\n\n"
        "The new passkey counts a day later. If it was not right, two other officers can still take it off until then.\n\n"
        "Fingerprint: {fingerprint}\n\n{url}\n"
    )
    return subject, words.format(**_facts(proposal))


def _facts(proposal: RosterProposal) -> dict[str, object]:
    person = Person.objects.filter(uid=proposal.content["person"]).first()
    from_at = timezone.localtime(proposal.enters_from or proposal.proposed_at)
    return {
        "officer": proposal.asked_alone_by, "person": person or "?",
        "when": f"{date_format(from_at, 'j F Y, H:i')} {from_at.tzname()}",
        "fingerprint": Digest(proposal.head).fingerprint, "url": f"{settings.ORIGIN}{reverse('grants:roster')}",
    }

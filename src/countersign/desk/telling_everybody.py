"""Telling everybody by mail that one officer asks alone for an entry of the roster, and later that it was entered."""
from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from countersign.access.grants import alarming
from countersign.base.actor import DutyActor
from countersign.base.values import Digest
from countersign.people.models import Person
from countersign.review.models import RosterProposal
from countersign.review.states import EntryState


def tell_everybody(actor: DutyActor, proposal: RosterProposal, *, at: datetime) -> int:
    """Tell everybody who works here what one officer asked for alone, or that it is entered. How many were told."""
    write = partial(_entered if proposal.state == EntryState.ENTERED else _asked, proposal)
    matter = f"alone:{proposal.state}:{proposal.head}"
    return alarming.tell_everybody(actor, f"roster:{proposal.head}", matter=matter, write=write, at=at)


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

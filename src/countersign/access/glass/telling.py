"""Telling everybody by mail that one person asks for a secret alone, and that the glass was broken."""
from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from countersign.access.glass.models import Glass
from countersign.access.glass.states import GlassState
from countersign.access.grants import alarming
from countersign.access.vault.words import kind_words
from countersign.base.actor import DutyActor


def tell_everybody(actor: DutyActor, glass: Glass, *, at: datetime) -> int:
    """Tell everybody who works here; how many were told."""
    matter = f"glass:{glass.state}:{glass.uid}"
    return alarming.tell_everybody(actor, str(glass), matter=matter, write=lambda: _words(glass), at=at)


def _words(glass: Glass) -> tuple[str, str]:
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
    return subject.format(**facts), words.format(**facts)

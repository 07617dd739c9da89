"""Telling a guest and the officers, a week ahead, that their time here ends; each once for each end."""
from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from countersign.access.departures.models import Departure
from countersign.access.departures.rules import TELL_BEFORE
from countersign.access.departures.states import DepartureState, Way
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor
from countersign.notices.models import Notice
from countersign.people.models import Person

log = logging.getLogger(__name__)


def tell(actor: DutyActor, *, at: datetime) -> int:
    """Tell whom it concerns of every guest's end that is a week away or less; how many were told. An end that is put off is
    told anew when the new one comes near."""
    near = Departure.objects.filter(state=DepartureState.PLANNED, way=Way.GUEST, starts_at__gt=at, starts_at__lte=at + TELL_BEFORE)
    told = 0
    for departure in near.select_related("person"):
        matter = f"departure:{departure.uid}:{departure.starts_at:%Y%m%d}"
        for person in [departure.person, *gate.holders(Right.DEPARTURE_PLAN, on=None)]:
            if _note(actor, matter, person, at):
                _send(departure, person)
                told += 1
    return told


def _note(actor: DutyActor, matter: str, person: Person, at: datetime) -> bool:
    """Note that a notice goes out, before it does: a crash in between loses one mail and never repeats a hundred."""
    if Notice.objects.filter(person=person, matter=matter).exists():
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.NOTICE_SEND, on=None)
        Notice.objects.create(person=person, matter=matter, noted_at=at)
        record("notice.sent", person.label, about=matter)
        return True


def _send(departure: Departure, person: Person) -> None:
    with override(person.language):
        when = date_format(timezone.localtime(departure.starts_at), "DATETIME_FORMAT")
        name, house = departure.person.name, settings.ORGANISATION
        if person == departure.person:
            subject = gettext("Your access at {house} ends on {when}")
            lines = [gettext("From then on you cannot sign in there any more. If you are to stay longer, ask a security officer.")]
        else:
            subject = gettext("The access of {name} ends on {when}")
            lines = [
                gettext("{name} is a guest. From then on everything of theirs ends by itself. To let them stay longer, give the departure another time:"),
                f"{settings.ORIGIN}{reverse('departures:departure', args=[departure.uid])}",
            ]
        words = {"name": name, "house": house, "when": when}
        try:
            send_mail(
                " ".join(subject.format(**words).split())[:200], "\n\n".join(line.format(**words) for line in lines),
                settings.DEFAULT_FROM_EMAIL, [person.email],
            )
        except OSError as error:  # every error of SMTP is one
            log.warning("A mail about a guest's end could not be sent: %s", type(error).__name__)

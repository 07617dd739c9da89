"""Telling by mail: the officers that somebody has left and what is left to do; a guest and the officers, a week ahead, that their
time here ends. Each once."""
from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override

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
RECENT = timedelta(days=7)  # what opened longer ago stands on *My work* alone
_NAMED = 20  # people named in one mail


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


def tell_opened(actor: DutyActor, *, at: datetime) -> int:
    """Tell the officers who has left since they were last told, all in one mail; how many officers were told."""
    recent = Departure.objects.filter(state=DepartureState.OPEN, opened_at__gt=at - RECENT).select_related("person").order_by("pk")
    by_matter = {f"departure:{one.uid}:open": one for one in recent}
    if not by_matter:
        return 0
    told = 0
    for officer in gate.holders(Right.DEPARTURE_FOLLOW, on=None):
        known = set(Notice.objects.filter(person=officer, matter__in=by_matter).values_list("matter", flat=True))
        news = {matter: one for matter, one in by_matter.items() if matter not in known}
        if not news:
            continue
        with recorded(actor, at=at) as record:
            gate.require(actor, Right.NOTICE_SEND, on=None)
            Notice.objects.bulk_create(Notice(person=officer, matter=matter, noted_at=at) for matter in news)
            record("notice.sent", officer.label, about="departures", count=len(news))
        _send_opened(officer, list(news.values()))
        told += 1
    return told


def _send_opened(officer: Person, departures: Sequence[Departure]) -> None:
    with override(officer.language):
        names = [departure.person.name for departure in departures]
        subject = ngettext("{name} has left", "{name} and others have left: {n}", len(names)).format(name=names[0], n=len(names))
        lines = [gettext("Everything of theirs has ended. What is left to do stands there:")]
        lines += [f"{one.person.name}: {settings.ORIGIN}{reverse('departures:departure', args=[one.uid])}" for one in departures[:_NAMED]]
        if len(departures) > _NAMED:
            lines.append(f"{settings.ORIGIN}{reverse('departures:list')}")
        _mail(subject, "\n\n".join(lines), officer)


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
        _mail(subject.format(**words), "\n\n".join(line.format(**words) for line in lines), person)


def _mail(subject: str, text: str, person: Person) -> None:
    """Send it; a mail that cannot be sent stops nothing."""
    try:
        send_mail(" ".join(subject.split())[:200], text, settings.DEFAULT_FROM_EMAIL, [person.email])
    except OSError as error:  # every error of SMTP is one
        log.warning("A mail about a departure could not be sent: %s", type(error).__name__)

"""Telling people that something was locked: whoever it concerns, and the security officers."""
from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout.models import Case
from countersign.access.lockout.states import WAY_WORDS, Way
from countersign.access.lockout.words import what
from countersign.people.models import Device, Lock, Person
from countersign.people.states import LockKind, PersonState

log = logging.getLogger(__name__)


def tell(case: Case) -> int:
    """Write to everybody a case concerns; how many. A mail that cannot be sent stops nothing."""
    locks = list(Lock.objects.filter(hold__case=case).order_by("kind", "pk"))
    concerned = {person.pk: person for person in [*_locked(locks), *gate.holders(Right.LOCK_LIFT, on=None)]}
    return sum(_send(person, case, locks) for person in concerned.values())


def _locked(locks: list[Lock]) -> list[Person]:
    persons = [lock.target for lock in locks if lock.kind == LockKind.PERSON and lock.target]
    devices = [lock.target for lock in locks if lock.kind == LockKind.DEVICE and lock.target]
    owners = Device.objects.filter(uid__in=devices).values("person_id")
    active = Person.objects.filter(state=PersonState.ACTIVE)
    return [*active.filter(uid__in=persons), *active.filter(pk__in=owners)]


def _send(person: Person, case: Case, locks: list[Lock]) -> bool:
    with translation.override(person.language):
        when = date_format(timezone.localtime(case.begun_at or case.since), "DATETIME_FORMAT")
        named = ", ".join(what(lock) for lock in locks)
        subject = gettext("Locked: {what}").format(what=named)[:200].replace("\n", " ")
        how = gettext(WAY_WORDS[Way(case.way)])
        lines = [
            gettext("{what} was locked on {when}, {how}.").format(what=named, when=when, how=how),
            gettext("The reason given: {reason}").format(reason=case.reason),
            "",
            gettext("Lifting it takes two security officers. Nothing that was ended comes back."),
            f"{settings.ORIGIN}{reverse('lockout:case', args=[case.uid])}",
        ]
        try:
            send_mail(subject, "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [person.email])
        except OSError as error:  # every error of SMTP is one
            log.warning("A mail about a lock could not be sent: %s", type(error).__name__)
            return False
    return True

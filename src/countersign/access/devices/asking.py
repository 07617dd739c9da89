"""Asking for the browser one is in, which has no passkey that is known here."""
from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.people import cookies, equipping
from countersign.people.described import Described
from countersign.people.models import Device, Person
from countersign.people.sessions import SessionStore
from countersign.people.states import DeviceState

MOST_ASKED = 3  # of one person at a time
_STANDS = [DeviceState.ASKED, DeviceState.ENROLLED]


def ask(actor: PersonActor, session: SessionStore, described: Described, *, cookie_hash: str, at: datetime) -> Device:
    """Ask for this browser to be enrolled, and put the session into it: it may act as soon as an officer approves.

    Conflict when it was asked for already; Refused while three of one's devices wait.
    """
    with recorded(actor, at=at, matter=actor.label) as record:
        person = Person.objects.select_for_update().get(uid=actor.uid)
        mine = Device.objects.filter(person=person)
        here = Q(uid__in=known_uuids([actor.device])) | Q(cookie_hash=cookie_hash)
        known = mine.filter(here, state__in=_STANDS)
        if session.is_in_enrolled_device or known.exists():
            raise Conflict(_("This device is known, or waits already."), remedy=_("Sign out and in again if it was approved."))
        if mine.filter(state=DeviceState.ASKED).count() >= MOST_ASKED:
            raise Refused(_("Three of your devices wait already."), remedy=_("Ask an officer to decide about those first."))
        mine.filter(cookie_hash=cookie_hash).update(cookie_hash=cookies.past())  # of what was refused or retired
        device = equipping.keep_device(record, person, described, state=DeviceState.ASKED, cookie_hash=cookie_hash)
        session.work_in(str(device.uid))
        session.save()
    return device

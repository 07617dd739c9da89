"""Telling officers by mail that a device waits for them."""
from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext, override

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor
from countersign.notices.models import Notice
from countersign.people.choosing import kind_in_words, owner_in_words
from countersign.people.models import Device, Person


def tell_officers(actor: DutyActor, device: Device, *, at: datetime) -> int:
    """Tell everybody who may decide about a device that was asked for; each once. How many were told."""
    told = 0
    for officer in gate.holders(Right.DEVICE_APPROVE, on=None):
        if officer.pk != device.person_id and _note(actor, device, officer, at):
            _send(device, officer)
            told += 1
    return told


def _note(actor: DutyActor, device: Device, officer: Person, at: datetime) -> bool:
    matter = f"device:{device.uid}"
    if Notice.objects.filter(person=officer, matter=matter).exists():
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.NOTICE_SEND, on=None)
        Notice.objects.create(person=officer, matter=matter, noted_at=at)
        record("notice.sent", officer.label, about=matter)
    return True


def _send(device: Device, officer: Person) -> None:
    with override(officer.language):
        subject = gettext("{name} asks for a device").format(name=device.person.name)
        words = gettext(
            "{name} asks that the device “{device}” may be used: {kind}, {owner}, asked for in {browser} from {address}.\n\n"
            "Approve it only if you know from {name} that they asked.\n\n{url}\n"
        ).format(
            name=device.person.name, device=device.name, kind=kind_in_words(device.kind), owner=owner_in_words(device.owner),
            browser=device.browser or "?", address=device.address or "?",
            url=f"{settings.ORIGIN}{reverse('devices:device', args=[device.uid])}",
        )
        send_mail(" ".join(subject.split()), words, settings.DEFAULT_FROM_EMAIL, [officer.email])

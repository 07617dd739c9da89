"""An officer's decision about a device that was asked for, and what they say of one."""
from __future__ import annotations

from datetime import datetime

from countersign.access.devices import rules
from countersign.access.devices.models import Posture
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people import equipping, mails
from countersign.people.described import Described
from countersign.people.models import Device, Person
from countersign.people.states import DeviceState, PersonState


def approve(actor: PersonActor, device: Device, *, at: datetime) -> None:
    """Enrol a device that was asked for; its person is told. Refused for one's own while there is another officer."""
    with recorded(actor, at=at, matter=device) as record:
        _require_may_decide(actor, device)
        if device.person.state != PersonState.ACTIVE:
            raise Conflict(_("{name} does not work here now."), name=device.person.name)
        device.move(DeviceState.ENROLLED, at=at, approved_by=Person.objects.get(uid=actor.uid))
        record("device.enrolled", device, of=device.person.label, kind=device.kind, owner=device.owner)
    mails.tell_device_approved(device.person, device=device.name, by=actor.name, at=at)


def refuse(actor: PersonActor, device: Device, words: str, *, at: datetime) -> None:
    """Say no to a device that was asked for, with words for its person; its passkey is retired."""
    with recorded(actor, at=at, matter=device) as record:
        _require_may_decide(actor, device)
        if not words.strip():
            raise Invalid(_("Say why."), field="words")
        if device.state != DeviceState.ASKED:
            raise Conflict(_("This was decided already."))
        equipping.end_device(record, device, words=words.strip())
    mails.tell_device_refused(device.person, device=device.name, by=actor.name, words=words.strip(), at=at)


def describe(actor: PersonActor, device: Device, described: Described, *, tag: str, at: datetime) -> None:
    """Correct what is said of a device, and give the number by which device management knows it (empty: none)."""
    with recorded(actor, at=at, matter=device) as record:
        gate.require(actor, Right.DEVICE_APPROVE, on=None)
        if not described.name.strip():
            raise Invalid(_("Give the device a name."), field="device")
        if tag and Posture.objects.filter(tag=tag).exclude(device=device).exists():
            raise Invalid(_("Another device has that number."), field="tag")
        Device.objects.filter(pk=device.pk).update(
            name=described.name.strip()[:80], kind=described.kind, owner=described.owner
        )
        _set_tag(device, tag[:120])
        record("device.described", device, kind=described.kind, owner=described.owner, has_tag=bool(tag))


def is_alone(actor: PersonActor) -> bool:
    """Whether nobody else could decide about devices."""
    return all(str(person.uid) == actor.uid for person in gate.holders(Right.DEVICE_APPROVE, on=None))


def _set_tag(device: Device, tag: str) -> None:
    known = Posture.objects.filter(device=device).first()
    if known is not None and known.tag != tag:
        known.delete()  # what was said of another number says nothing of this device
        known = None
    if known is None and tag:
        Posture.objects.create(device=device, tag=tag)


def _require_may_decide(actor: PersonActor, device: Device) -> None:
    gate.require(actor, Right.DEVICE_APPROVE, on=None)
    rules.require_not_own(is_own=str(device.person.uid) == actor.uid, is_alone=is_alone(actor))

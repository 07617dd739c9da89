"""A device that nobody has used for ninety days is locked: whoever finds it finds nothing."""
from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Q

from countersign.access.devices import hooks, rules
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor
from countersign.base.words import _
from countersign.people import mails, queries
from countersign.people.models import Device, Lock
from countersign.people.states import DeviceState, LockKind

DEVICES = DutyActor("devices")  # the duty that locks devices and takes reports about them
IDLE = _("Nobody has used it for ninety days.")


def lock_idle(actor: DutyActor, device: Device, *, at: datetime) -> None:
    """Lock a device that idles; its person is told. Two people lift it, like any lock."""
    lock(actor, device, IDLE, at=at)


def lock(actor: DutyActor, device: Device, why: str, *, at: datetime) -> None:
    """Lock a device by a rule, and tell its person. `why` is marked for translation."""
    with recorded(actor, at=at, matter=device) as record:
        gate.require(actor, Right.DEVICE_LOCK, on=None)
        hooks.lock(actor, [str(device.uid)], why, at)
        record("device.locked", device, why=why)
    mails.tell_device_locked(device.person, device=device.name, why=why, at=at)


def idle(at: datetime) -> list[Device]:
    """The enrolled devices that idle and are not locked."""
    before = at - rules.IDLE
    rows = Device.objects.filter(Q(last_seen_at=None) | Q(last_seen_at__lt=before), state=DeviceState.ENROLLED, state_since__lt=before)
    return [row for row in rows.select_related("person") if _idles(row, at)]


def _idles(device: Device, at: datetime) -> bool:
    if queries.is_locked(device=str(device.uid)):
        return False
    lifted = Lock.objects.filter(kind=LockKind.DEVICE, target=device.uid).aggregate(at=Max("lifted_at"))["at"]
    return rules.is_idle(enrolled_at=device.state_since, seen_at=device.last_seen_at, lifted_at=lifted, at=at)

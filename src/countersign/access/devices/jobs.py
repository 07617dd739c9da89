"""What the worker does for devices: it tells officers of those that wait, and locks those that idle."""
from __future__ import annotations

from datetime import datetime

from countersign.access.devices import idling, telling
from countersign.base.actor import DutyActor
from countersign.people.models import Device
from countersign.people.states import DeviceState

NOTIFY = DutyActor("notify")


def tell_officers(at: datetime) -> int:
    """Tell officers of devices that wait for them; how many mails went out."""
    waiting = Device.objects.filter(state=DeviceState.ASKED).select_related("person")
    return sum(telling.tell_officers(NOTIFY, device, at=at) for device in waiting)


def lock_idle(at: datetime) -> int:
    """Lock devices that nobody has used for ninety days; how many."""
    found = idling.idle(at)
    for device in found:
        idling.lock_idle(idling.DEVICES, device, at=at)
    return len(found)

"""Devices of the demonstration: two wait for an officer, and device management has looked at two others."""
from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from countersign.access.devices import approving, posturing
from countersign.access.devices.idling import DEVICES
from countersign.access.devices.posturing import Signed
from countersign.base.actor import PersonActor
from countersign.config.demonstration.keys import DemoKey
from countersign.people import equipping
from countersign.people.described import Described
from countersign.people.models import Device
from countersign.people.passkeys import NewPasskey
from countersign.people.states import DeviceKind, Owner

_REPORT = b'{"devices": [{"tag": "DL-0042", "state": "compliant"}, {"tag": "DL-0043", "state": "not_compliant"}]}'


def fill(ann: PersonActor, tom: PersonActor, kim: PersonActor) -> None:
    """Ask for Ann's phone and Tom's tablet; let device management report on Ben's and Mia's computers."""
    _ask(ann, Described("Ann's own phone", DeviceKind.PHONE, Owner.PRIVATE, "Safari, iPhone", "81.82.44.17"), is_synced=True)
    _ask(tom, Described("Tablet for the road", DeviceKind.TABLET, Owner.COMPANY, "Chrome, Android", "10.20.0.31"))
    for tag, name in (("DL-0042", "Ben Claes"), ("DL-0043", "Mia Lambert")):
        device = Device.objects.get(person__name=name)
        approving.describe(kim, device, Described(f"Computer {tag}"), tag=tag, at=_now())
    made, _secret = posturing.make_key(kim, "Intune", at=_now())
    at = _now()
    posturing.take(DEVICES, made, Signed(str(made.uid), "demonstration", str(int(at.timestamp())), "", _REPORT), at=at)


def _ask(actor: PersonActor, about: Described, *, is_synced: bool = False) -> None:
    key = DemoKey.make()
    made = NewPasskey(key.credential_id, key.public_key, UUID(int=0), 0, is_synced, is_synced, ["internal"])
    equipping.add_passkey(actor, made, device=about, at=_now())


def _now() -> datetime:
    return datetime.now(UTC)

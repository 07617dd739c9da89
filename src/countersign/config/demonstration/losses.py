"""A lost phone in the demonstration: Sam left his in the train, Kim locked it; apps on it wait to be signed out."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from countersign.access.devices import approving
from countersign.access.grants.models import Account
from countersign.access.lockout import answering, keeping_keys, locking, recording_apps
from countersign.access.lockout.rules import Target
from countersign.access.lockout.states import KEY_LOCKS, Way
from countersign.base.actor import PersonActor
from countersign.config.demonstration.keys import DemoKey
from countersign.people import equipping
from countersign.people.described import Described
from countersign.people.models import Device
from countersign.people.passkeys import NewPasskey
from countersign.people.states import DeviceKind, LockKind, Owner


def fill(account: Account, actor: Callable[[str], PersonActor], now: Callable[[], datetime]) -> None:
    """Note apps on Sam's phone, lock it, and make a key for the security desk."""
    kim, device = actor("Kim"), _phone(actor("Sam"), now())
    approving.approve(kim, device, at=now())
    recording_apps.record_app(kim, device, network="instagram", handle="brouwerijdelinde", at=now())
    recording_apps.record_app(kim, device, network=account.network, account=account, at=now())
    lost = Target(LockKind.DEVICE, str(device.uid))
    case = locking.lock(kim, [lost], reason="Left in the train to Ghent.", way=Way.OFFICER, at=now())
    answering.answer(case)
    keeping_keys.make_key(kim, name="Security desk", purpose=KEY_LOCKS, days=365, at=now())


def _phone(sam: PersonActor, at: datetime) -> Device:
    key = DemoKey.make()
    made = NewPasskey(key.credential_id, key.public_key, UUID(int=0), 0, False, False, ["internal"])
    about = Described("Sam's work phone", DeviceKind.PHONE, Owner.COMPANY, "Chrome, Android", "10.20.0.44")
    equipping.add_passkey(sam, made, device=about, at=at)
    return Device.objects.filter(person__uid=sam.uid).latest("pk")

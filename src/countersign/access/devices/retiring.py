"""Retiring a device: its sessions end, its passkey signs nothing more."""
from __future__ import annotations

from datetime import datetime

from countersign.access.devices.queries import on_roster
from countersign.access.grants import gate, rostering
from countersign.access.grants.rights import Right
from countersign.audit.recording import Record, recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, CountersignError, Refused
from countersign.base.words import _
from countersign.people import equipping, mails, queries, rules
from countersign.people.models import Device, Person
from countersign.people.states import DeviceState
from countersign.review.models import RosterProposal
from countersign.review.states import EntryState


def retire(actor: PersonActor, device: Device, words: str, *, at: datetime) -> bool:
    """Retire somebody's device, as an officer; its person is told. Where its passkey signs, its removal from the roster is
    proposed with it; whether that could be done."""
    with recorded(actor, at=at, matter=device) as record:
        gate.require(actor, Right.DEVICE_RETIRE, on=None)
        if device.state != DeviceState.ENROLLED:
            raise Conflict(_("This device is not enrolled."))
        equipping.end_device(record, device, words=words.strip())
    mails.tell_device_retired(device.person, device=device.name, by=actor.name, at=at)
    return _propose_removal(actor, device, at=at)


def leave(actor: PersonActor, device: Device, *, at: datetime) -> None:
    """Retire one's own browser that is known by a cookie, or take back that it was asked for. One with a passkey is
    removed with it."""
    with recorded(actor, at=at, matter=device) as record:
        equipping.require_fresh(actor, at=at)
        if str(device.person.uid) != actor.uid:
            raise Refused(_("That is not one of your devices."))
        if device.state not in {DeviceState.ASKED, DeviceState.ENROLLED}:
            raise Conflict(_("That device has been removed already."))
        if device.credential is not None and device.state == DeviceState.ENROLLED:
            rules.require_some_factor_left(others=queries.factor_count(device.person) - 1)
        equipping.end_device(record, device)


def retire_every(record: Record, person: Person, *, words: str) -> int:
    """Retire every device of somebody, inside a recorded change of whoever asked the gate; how many."""
    devices = queries.devices_of(person)
    for device in devices:
        equipping.end_device(record, device, words=words)
    return len(devices)


def _propose_removal(actor: PersonActor, device: Device, *, at: datetime) -> bool:
    credential = device.credential
    if credential is None or credential.credential_id not in on_roster() or _is_proposed(credential.credential_id):
        return False
    try:
        rostering.propose_removing(actor, credential.credential_id, at=at)
    except CountersignError:  # its passkey is retired, so the product takes no signature of it; the page says what is left
        return False
    return True


def _is_proposed(credential_id: str) -> bool:
    waiting = RosterProposal.objects.filter(state=EntryState.WAITING, content__credential=credential_id)
    return waiting.filter(content__act="remove").exists()

"""The exposure ledger: who came to know which version of which secret. Nothing is ever taken out of it."""
from __future__ import annotations

from datetime import datetime
from uuid import UUID

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.vault import parts
from countersign.access.vault.models import Exposure, SealedVersion, Secret
from countersign.access.vault.states import Way
from countersign.audit.recording import recorded
from countersign.base.actor import Actor, PersonActor
from countersign.people.models import Device, Person


def expose(actor: PersonActor, version: SealedVersion, way: Way, *, purpose: str = "", at: datetime) -> Exposure:
    """Note that the actor has come to know a version, inside the recorded change that shows it."""
    return Exposure.objects.create(
        person=Person.objects.get(uid=actor.uid), version=version, way=way, at=at, purpose=purpose[:400],
        session=UUID(actor.session) if actor.session else None, device=UUID(actor.device) if actor.device else None,
    )


def on_device(actor: Actor, secret: Secret, device: Device, *, at: datetime) -> Exposure:
    """Note that a network's own app on somebody's device holds the version in use."""
    with recorded(actor, at=at, matter=f"person:{device.person.uid}", account=secret.account) as record:
        gate.require(actor, Right.SECRET_KEEP, on=secret.account)
        version = parts.current_of(secret)
        record("secret.exposed", f"person:{device.person.uid}", account=secret.account, kind=secret.kind, secret=str(secret.uid))
        return Exposure.objects.create(person=device.person, version=version, way=Way.DEVICE, at=at, device=device.uid)

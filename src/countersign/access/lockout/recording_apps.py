"""Writing down which networks' own apps are signed in on a device, and that one no longer is."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.lockout.models import App
from countersign.access.lockout.standing import require_at_work
from countersign.access.lockout.states import NETWORKS
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people.models import Device, Person


def record_app(
    actor: PersonActor, device: Device, *, network: str, account: Account | None = None, handle: str = "", at: datetime
) -> App:
    """Note that a network's app is signed in on a device. Its owner may, and an officer."""
    with recorded(actor, at=at, matter=f"device:{device.uid}") as record:
        _require_may(actor, device)
        if network not in NETWORKS:
            raise Invalid(_("Choose a network."), field="network")
        if account is not None and account.network != network:
            raise Invalid(_("That account is at another network."), field="account")
        app = App.objects.create(
            device=device, network=network, account=account, handle=handle.strip()[:120],
            recorded_by=Person.objects.get(uid=actor.uid), recorded_at=at,
        )
        record("app.recorded", f"device:{device.uid}", account=account, network=network, app=str(app.uid))
        return app


def forget_app(actor: PersonActor, app: App, *, at: datetime) -> None:
    """Note that an app is signed out on a device, where no lock stands behind it."""
    with recorded(actor, at=at, matter=f"device:{app.device.uid}") as record:
        _require_may(actor, app.device)
        if not App.objects.filter(pk=app.pk, ended_at=None).update(ended_at=at):
            raise Conflict(_("That has been done already."))
        record("app.signed_out", f"device:{app.device.uid}", network=app.network, app=str(app.uid))


def _require_may(actor: PersonActor, device: Device) -> None:
    if isinstance(actor, PersonActor) and str(device.person.uid) == actor.uid:
        require_at_work(actor)
    else:
        gate.require(actor, Right.LOCK_FOLLOW, on=None)

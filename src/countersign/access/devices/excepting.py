"""Two people accept that a passkey which its maker copies may sign for a while."""
from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from countersign.access.devices import rules
from countersign.access.devices.models import Allowance
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.people import queries
from countersign.people.models import Credential, Device
from countersign.people.states import DeviceState
from countersign.review import acts, proposing
from countersign.review.acts import Act, Lines
from countersign.review.models import Proposal


def propose(actor: PersonActor, device: Device, *, days: str, reason: str, at: datetime) -> Proposal:
    """Propose that a synced passkey may sign for so many days. Conflict for one that is bound to its device."""
    with refusals_recorded(actor, at=at, matter=device):
        gate.require(actor, Right.DEVICE_EXCEPT, on=None)
    ends_at = rules.until(days, at=at)
    if device.state != DeviceState.ENROLLED or device.credential is None or not device.credential.is_backup_eligible:
        raise Conflict(_("Only the passkey of an enrolled device that its maker copies needs an exception."))
    content = {"device": str(device.uid), "of": str(device.person.uid), "until": ends_at.isoformat()}
    return proposing.propose(actor, rules.EXCEPT, matter=f"device:{device.uid}", content=content, reason=reason, at=at)


def require_may_sign_with(credential: Credential, *, is_synced: bool, act: str) -> None:
    """Refuse a passkey whose device is not enrolled or is locked, or that its maker copies without an exception."""
    device = Device.objects.filter(credential=credential).first()
    if device is None or device.state != DeviceState.ENROLLED:
        raise Refused(_("The device of this passkey is not enrolled."), remedy=_("Sign with another one, or ask an officer."))
    if queries.is_locked(device=str(device.uid)):
        raise Refused(_("The device of this passkey is locked."), remedy=_("Sign with another one, or ask an officer."))
    if settings.SYNCED_PASSKEYS == "allow":
        return
    rules.require_bound(
        is_synced=is_synced or credential.is_backup_eligible, act=act,
        is_allowed=Allowance.objects.in_force(timezone.now()).filter(device=device).exists(),
        is_alone=len(gate.holders(Right.DEVICE_EXCEPT, on=None)) < 2,
    )


def _device(proposal: Proposal) -> Device:
    return Device.objects.select_related("person", "credential").get(uid=proposal.content["device"])


def _require_may(actor: PersonActor, proposal: Proposal) -> None:
    gate.require(actor, Right.DEVICE_EXCEPT, on=None)


def _lines(proposal: Proposal) -> Lines:
    device, until = _device(proposal), datetime.fromisoformat(proposal.content["until"])
    return [
        (gettext("Device"), f"{device.name} · {device.person.name}"),
        (gettext("May sign until"), date_format(timezone.localtime(until), "DATETIME_FORMAT")),
        (gettext("What is accepted"), gettext("The maker of its passkey keeps copies, so a signature does not show which device signed.")),
    ]


def _next(proposal: Proposal) -> str:
    return reverse("devices:device", args=[proposal.content["device"]])


def _carry_out(actor: PersonActor, proposal: Proposal, at: datetime) -> None:
    device, until = _device(proposal), datetime.fromisoformat(proposal.content["until"])
    if device.state != DeviceState.ENROLLED or until <= at:
        raise Conflict(_("This device is not enrolled, or the time is over."))
    with recorded(actor, at=at, matter=device) as record:
        Allowance.objects.create(device=device, given_at=at, ends_at=until, reason=proposal.reason, proposal=proposal.uid)
        record("device.excepted", device, until=until.isoformat())


ACT = Act(
    name=rules.EXCEPT, title=_("A passkey that its maker copies may sign"), lives=timedelta(days=7),
    require_may_propose=_require_may, require_may_sign=_require_may, lines=_lines, next_url=_next, carry_out=_carry_out,
)


def register() -> None:
    """Make the act known, when the program starts."""
    acts.register(ACT)

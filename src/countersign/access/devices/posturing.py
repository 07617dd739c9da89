"""What the company's device management says of devices: its keys, and its signed reports.

A report is signed as Standard Webhooks describes: HMAC-SHA256 over `id.timestamp.body`. The secret is sealed; this
process asks the broker whether a signature is right, and could not make one.
"""
from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings

from countersign.access.devices import idling, rules
from countersign.access.devices.models import Posture, PostureKey, Report
from countersign.access.devices.rules import Said
from countersign.access.devices.states import PostureState
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import DutyActor, PersonActor, Visitor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.values import Secret, known_uuids
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people import queries
from countersign.people.models import Attempt, Device, Person
from countersign.people.states import DeviceState

KIND = "posture"  # of attempts, and of what owns a sealed key
NOT_COMPLIANT = _("The company's device management says that it is not compliant.")
PREFIX = "whsec_"  # how Standard Webhooks begins a secret


class Signed(NamedTuple):
    """A report as it came: which key, its number, its time in seconds, its signatures, its bytes."""

    key: str
    number: str
    timestamp: str
    signatures: str
    body: bytes


def make_key(actor: PersonActor, name: str, *, at: datetime) -> tuple[PostureKey, Secret]:
    """Make a key for one sender; its secret is returned once and sealed."""
    with refusals_recorded(actor, at=at, matter="posture"):
        gate.require(actor, Right.POSTURE_MANAGE, on=None)
    if not name.strip():
        raise Invalid(_("Give it a name."), field="name")
    uid, raw = uuid4(), secrets.token_bytes(32)
    text = base64.b64encode(raw).decode()
    sealed: messages.Sealed = client.ask(messages.Seal(owner=f"{KIND}:{uid}", field="hmac", version=1, text=text))
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.POSTURE_MANAGE, on=None)
        key = PostureKey.objects.create(
            uid=uid, name=name.strip()[:80], sealed=sealed.sealed, made_by=Person.objects.get(uid=actor.uid), made_at=at
        )
        record("posture.key_made", f"{KIND}:{key.uid}")
    return key, Secret(PREFIX + text)


def end_key(actor: PersonActor, key: PostureKey, *, at: datetime) -> None:
    """End a key: nothing it signs is taken any more."""
    with recorded(actor, at=at, matter=f"{KIND}:{key.uid}") as record:
        gate.require(actor, Right.POSTURE_MANAGE, on=None)
        if not PostureKey.objects.filter(pk=key.pk, ended_at=None).update(ended_at=at):
            raise Conflict(_("It has ended already."))
        record("posture.key_ended", f"{KIND}:{key.uid}")


def require_signed(report: Signed, *, at: datetime) -> PostureKey:
    """The key that signed a report; Refused when none did, when it is too old, or of a key that ended."""
    rules.require_recent(report.timestamp, at=at)
    key = PostureKey.objects.filter(uid__in=known_uuids([report.key]), ended_at=None).first()
    if key is None or not report.number or len(report.number) > 200:
        raise _unsigned()
    for one in report.signatures.split()[:4]:
        version, _comma, signature = one.partition(",")
        if version == "v1" and _is_right(key, report, signature):
            return key
    raise _unsigned()


def take(actor: DutyActor, key: PostureKey, report: Signed, *, at: datetime) -> int:
    """Write down what a signed report says of the devices known here; how many. Conflict for one that was taken before."""
    said = rules.said_in(report.body, at=at)
    with recorded(actor, at=at, matter=f"{KIND}:{key.uid}") as record:
        gate.require(actor, Right.POSTURE_REPORT, on=None)
        Report.objects.filter(received_at__lt=at - 3 * rules.WINDOW).delete()
        _row, is_new = Report.objects.get_or_create(key=key, number=report.number, defaults={"received_at": at})
        if not is_new:
            raise Conflict(_("This report was taken already."))
        PostureKey.objects.filter(pk=key.pk).update(last_used_at=at)
        changed = [device for one in said if (device := _write(key, one, at)) is not None]
        record("posture.reported", f"{KIND}:{key.uid}", count=len(said), known=len(changed))
    for device in changed:
        _lock_if_so(actor, device, at)
    return len(changed)


def note_failure(actor: Visitor, where: str, why: Refused | Invalid, *, at: datetime) -> None:
    """Note a report that was not taken; `where` is the sender's address."""
    with recorded(actor, at=at) as record:
        Attempt.objects.create(kind=KIND, who=queries.keyed(KIND), where=queries.keyed(where), at=at)
        record("posture.refused", KIND, why=why.template)


def _write(key: PostureKey, said: Said, at: datetime) -> Device | None:
    row = Posture.objects.select_related("device__person").filter(tag=said.tag).first()
    if row is None or (row.said_at is not None and said.at < row.said_at):
        return None
    Posture.objects.filter(pk=row.pk).update(state=said.state, said_at=said.at, received_at=at, source=key)
    return row.device


def _lock_if_so(actor: DutyActor, device: Device, at: datetime) -> None:
    is_bad = Posture.objects.filter(device=device, state=PostureState.NOT_COMPLIANT).exists()
    stands = device.state == DeviceState.ENROLLED and not queries.is_locked(device=str(device.uid))
    if settings.NOT_COMPLIANT == "lock" and is_bad and stands:
        idling.lock(actor, device, NOT_COMPLIANT, at=at)


def _is_right(key: PostureKey, report: Signed, signature: str) -> bool:
    content = b".".join([report.number.encode(), report.timestamp.encode(), report.body])
    asked = messages.CheckHmac(
        owner=f"{KIND}:{key.uid}", sealed=key.sealed, content=base64.b64encode(content).decode(), signature=signature
    )
    verdict: messages.HmacVerdict = client.ask(asked, timeout=10)
    return verdict.is_right


def _unsigned() -> Refused:
    return Refused(_("The report is not signed by a key that is known here."))

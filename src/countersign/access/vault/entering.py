"""Putting a secret into the vault, and putting one away. What was typed goes to the broker's seal and is kept nowhere else."""
from __future__ import annotations

import uuid
from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.vault import parts, rotating
from countersign.access.vault.exposing import expose
from countersign.access.vault.models import Rotation, SealedVersion, Secret
from countersign.access.vault.states import RotationState, SecretKind, Way
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.values import Secret as Text
from countersign.base.words import _
from countersign.calls import client, messages


def enter(
    actor: PersonActor, account: Account, kind: str, value: Text, *, label: str = "", is_critical: bool = True, at: datetime
) -> Secret:
    """Enter a secret of an account, or a new version of one that is there. Whoever enters it has seen it.

    Conflict while a rotation is changing it. Where one waits for what a network made, this is its answer.
    """
    with refusals_recorded(actor, at=at, matter=account):
        gate.require(actor, Right.SECRET_KEEP, on=account)
    label = " ".join(label.split())[:80]
    if kind not in set(SecretKind):
        raise Invalid(_("Choose what it is."), field="kind")
    known = Secret.objects.filter(account=account, kind=kind, label=label).first()
    uid, number = (known.uid, parts.next_number(known)) if known else (uuid.uuid4(), 1)
    _require_no_change(known)
    made = client.ask(messages.SealSecret(str(account.uid), str(uid), kind, number, value.reveal()))
    with recorded(actor, at=at, matter=account, account=account) as record:
        gate.require(actor, Right.SECRET_KEEP, on=account)
        secret = Secret.objects.filter(account=account, kind=kind, label=label).first()
        if secret is not None and secret.uid != uid:
            raise Conflict(_("Somebody has just entered one of this name."), remedy=_("Look at the account's secrets."))
        waiting = _require_no_change(secret)
        if secret is None:
            secret = Secret.objects.create(
                uid=uid, account=account, kind=kind, label=label, is_critical=is_critical, made_at=at
            )
        Secret.objects.filter(pk=secret.pk).update(retired_at=None)
        SealedVersion.objects.current().filter(secret=secret).update(ended_at=at)
        version = SealedVersion.objects.create(
            secret=secret, version=made.version, sealed=made.sealed, name=label, made_at=at, current_from=at
        )
        expose(actor, version, Way.ENTERED, at=at)
        record("secret.entered", f"secret:{secret.uid}", account=account, kind=kind, version=made.version)
        if waiting is not None:
            rotating.entered(actor, waiting, version, at=at)
        return secret


def _require_no_change(secret: Secret | None) -> Rotation | None:
    """The rotation that waits for what the network made, if one does; Conflict while one is at work."""
    rotation = Rotation.objects.open().filter(secret=secret).first() if secret else None
    if rotation is None or rotation.state in {RotationState.DUE, RotationState.CHANGED}:
        return None
    if rotation.state == RotationState.BY_HAND and rotation.new is None:
        return rotation
    raise Conflict(_("This secret is being replaced just now."), remedy=_("Finish that first."))


def retire(actor: PersonActor, secret: Secret, *, at: datetime) -> None:
    """Put away a secret that is no longer used. Conflict while it must be replaced: it may still open something."""
    with recorded(actor, at=at, matter=f"secret:{secret.uid}", account=secret.account) as record:
        gate.require(actor, Right.SECRET_KEEP, on=secret.account)
        if Rotation.objects.open().filter(secret=secret).exists():
            raise Conflict(_("This secret must be replaced first."), remedy=_("Finish its rotation."))
        if not Secret.objects.filter(pk=secret.pk, retired_at=None).update(retired_at=at):
            raise Conflict(_("It was put away already."))
        SealedVersion.objects.current().filter(secret=secret).update(ended_at=at)
        record("secret.retired", f"secret:{secret.uid}", account=secret.account, kind=secret.kind)

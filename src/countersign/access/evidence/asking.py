"""Asking a network by API how an account is protected, and noting what it tells."""
from __future__ import annotations

from datetime import datetime

from countersign.access.evidence import noting
from countersign.access.evidence.models import Look
from countersign.access.evidence.noting import account_label
from countersign.access.evidence.states import Source, Told
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import Actor, DutyActor
from countersign.base.errors import NetworkError
from countersign.base.words import _
from countersign.calls import client, messages

EVIDENCE = DutyActor("evidence")
TOLD_BY_API = _("The network said so to our key.")


def ask(actor: Actor, account: Account, *, at: datetime) -> Told:
    """Ask the network, and note what it says: *on* renews the evidence, *off* ends it. A network that cannot be reached
    changes nothing; what there is grows older. Whoever asks, what the network says is noted by the program."""
    with refusals_recorded(actor, at=at, matter=account_label(account)):
        gate.require(actor, Right.EVIDENCE_ASK, on=account)
    told, why = _told(account)
    with recorded(actor, at=at, matter=account_label(account), account=account) as record:
        gate.require(actor, Right.EVIDENCE_ASK, on=account)
        Look.objects.update_or_create(account=account, defaults={"asked_at": at, "told": told, "why": why[:300]})
        record("evidence.asked", account_label(account), account=account, told=told)
    if told is Told.ON:
        noting.note(EVIDENCE, account, Source.API, seen_at=at, words=TOLD_BY_API, at=at)
    if told is Told.OFF:
        noting.contradict(EVIDENCE, account, Source.API, seen_at=at, words=TOLD_BY_API, at=at)
    return told


def _told(account: Account) -> tuple[Told, str]:
    try:
        said: messages.Security = client.ask(messages.ReadSecurity(str(account.uid)))
    except NetworkError as error:
        return Told.FAILED, error.what
    return Told(said.second_factor or Told.SILENT), ""

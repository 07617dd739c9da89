"""Asking a network's API by which address an account can be had back, and comparing with what is recorded."""
from __future__ import annotations

from datetime import datetime, timedelta

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.recovery import freezing, rules
from countersign.access.recovery.models import Announcement, Contact, ContactQuerySet, Event, Mail, Recovery
from countersign.access.recovery.states import (
    ADDRESS_DIFFERS,
    ADDRESS_UNCONFIRMED,
    ContactKind,
    EventState,
    Outcome,
    Source,
)
from countersign.audit.recording import Record, recorded, refusals_recorded
from countersign.base.actor import Actor
from countersign.calls import client, messages

LATELY = timedelta(hours=2)  # the API is asked every hour; what was announced may be found an hour after


def compare(actor: Actor, account: Account, *, at: datetime) -> Event | None:
    """Ask the network; the unexplained event, when what it tells is neither recorded nor announced.

    An account of which no address is recorded takes the one that is told. A change from what the API itself told before
    locks the account like the network's mail about it would; a record that merely differs does not.
    """
    with refusals_recorded(actor, at=at, matter=account):
        gate.require(actor, Right.RECOVERY_LOOK, on=None)
    told: messages.Security = client.ask(messages.ReadSecurity(str(account.uid)))
    if _is_known(account, told):
        Recovery.objects.filter(account=account).update(told_at=at)
        return None
    with recorded(actor, at=at, matter=account, account=account) as record:
        gate.require(actor, Right.RECOVERY_LOOK, on=None)
        row, _is_new = Recovery.objects.get_or_create(account=account)
        before, was_confirmed = row.told_address, row.is_told_confirmed
        is_confirmed = told.email_confirmed if told.email else None
        Recovery.objects.filter(pk=row.pk).update(told_at=at, told_address=told.email[:320], is_told_confirmed=is_confirmed)
        record("recovery.compared", account, account=account, told=bool(told.email))
        if not told.email:
            return None
        if _is_recorded(account, told.email):
            is_undone = was_confirmed is True and is_confirmed is False
            return _raise(record, actor, account, ADDRESS_UNCONFIRMED, locks=False) if is_undone else None
        if not _mail_contacts(account).exists() or _is_explained(account, at):
            note_told(record, account, told.email)
            return None
        return _raise(record, actor, account, ADDRESS_DIFFERS, locks=bool(before) and before.lower() != told.email.lower())


def _is_known(account: Account, told: messages.Security) -> bool:
    """Whether the network says what it said last, and it is recorded: nothing to note, every hour of every day."""
    row = Recovery.objects.filter(account=account).first()
    if row is None or row.told_at is None or row.told_address != told.email[:320]:
        return False
    is_same = row.is_told_confirmed == (told.email_confirmed if told.email else None)
    return is_same and (not told.email or _is_recorded(account, told.email) or _is_raised(account))


def _is_raised(account: Account) -> bool:
    return Event.objects.open().filter(account=account, kind__in=[ADDRESS_DIFFERS, "address_changed"]).exists()


def note_told(record: Record, account: Account, address: str) -> None:
    """Keep what the API told as a contact, inside a change that is open."""
    if _is_recorded(account, address):
        return
    contact = Contact.objects.create(
        account=account, kind=ContactKind.MAIL, value=address[:320], source=Source.API, said_at=record.at
    )
    record("contact.noted", contact, account=account, kind=contact.kind, personal={"value": contact.value})


def _mail_contacts(account: Account) -> ContactQuerySet:
    return Contact.objects.standing().filter(account=account, kind=ContactKind.MAIL)


def _is_recorded(account: Account, address: str) -> bool:
    return _mail_contacts(account).filter(value__iexact=address).exists()


def _is_explained(account: Account, at: datetime) -> bool:
    said = Announcement.objects.filter(account=account, kind="address_changed", announced_at__lte=at, ends_at__gte=at - LATELY)
    mails = Mail.objects.filter(account=account, kind="address_changed", outcome=Outcome.EXPLAINED, received_at__gte=at - LATELY - rules.ANNOUNCED_FOR)
    return said.exists() or mails.exists()


def _raise(record: Record, actor: Actor, account: Account, kind: str, *, locks: bool) -> Event | None:
    known = Event.objects.open().filter(account=account, kind__in=[kind, "address_changed"])
    if known.exists():
        return None
    case = freezing.freeze(account, at=record.at) if locks else None
    event = Event.objects.create(
        kind=kind, network=account.network, account=account, happened_at=record.at, noticed_at=record.at, case=case,
        state=EventState.OPEN, state_since=record.at,
    )
    record("unexplained.noticed", event, account=account, kind=kind, network=account.network, sure=True)
    return event

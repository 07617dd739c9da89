"""Writing down by what an account can be had back: who says so, when, and who receives what arrives there."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.recovery import rules
from countersign.access.recovery.models import Contact, Recovery
from countersign.access.recovery.states import ContactKind
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people.models import Person


def add(
    actor: PersonActor, account: Account, kind: str, value: str, *, receivers: Sequence[Person] = (), at: datetime
) -> Contact:
    """Write down a contact as it stands at the network. Invalid for what is none, or stands here already."""
    with recorded(actor, at=at, matter=account, account=account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        found = _value(kind, value)
        if Contact.objects.standing().filter(account=account, kind=kind, value=found).exists():
            raise Invalid(_("That stands here already."), field="value")
        contact = Contact.objects.create(
            account=account, kind=kind, value=found, said_by=Person.objects.get(uid=actor.uid), said_at=at
        )
        contact.receivers.set(receivers)
        record("contact.noted", contact, account=account, kind=kind, personal={"value": found})
        return contact


def _value(kind: str, value: str) -> str:
    match kind:
        case ContactKind.MAIL:
            return rules.address_of(value)
        case ContactKind.PHONE:
            return rules.phone_of(value)
        case ContactKind.ADMINISTRATOR:
            if not value.strip():
                raise Invalid(_("Say who it is, as the network names them."), field="value")
            return value.strip()[:320]
    raise Invalid(_("Choose what it is."), field="kind")


def name_receivers(actor: PersonActor, contact: Contact, receivers: Sequence[Person], *, at: datetime) -> None:
    """Say who reads a mailbox, holds a phone, or is this administrator."""
    with recorded(actor, at=at, matter=contact, account=contact.account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        _require_standing(contact)
        contact.receivers.set(receivers)
        uids = sorted(str(person.uid) for person in receivers)
        record("contact.receivers_named", contact, account=contact.account, persons=uids, count=len(uids))


def state_second_factor(actor: PersonActor, contact: Contact, *, at: datetime) -> None:
    """Say that one has looked, and that the mailbox itself asks for a second factor. It counts for a year."""
    with recorded(actor, at=at, matter=contact, account=contact.account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        _require_standing(contact)
        if contact.kind != ContactKind.MAIL:
            raise Invalid(_("That is no mailbox."))
        person = Person.objects.get(uid=actor.uid)
        Contact.objects.filter(pk=contact.pk).update(second_factor_at=at, second_factor_by=person)
        record("contact.second_factor_stated", contact, account=contact.account)


def end(actor: PersonActor, contact: Contact, *, at: datetime) -> None:
    """Write down that a contact no longer stands at the network. Conflict when it was ended before."""
    with recorded(actor, at=at, matter=contact, account=contact.account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        _require_standing(contact)
        if not Contact.objects.standing().filter(pk=contact.pk).update(ended_at=at):
            raise Conflict(_("It was taken off already."))
        record("contact.ended", contact, account=contact.account, kind=contact.kind)


def _require_standing(contact: Contact) -> None:
    if contact.ended_at is not None:
        raise Conflict(_("It was taken off already."), remedy=_("Look how it stands."))


def decide(actor: PersonActor, account: Account, *, freezes: bool, sender_domains: Sequence[str], at: datetime) -> Recovery:
    """Decide whether an unexplained change locks this account, and from which further domains its own server writes."""
    with recorded(actor, at=at, matter=account, account=account) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        domains = sorted({rules.domain_of(name) for name in sender_domains if name.strip()})
        row, _is_new = Recovery.objects.update_or_create(
            account=account, defaults={"freezes": freezes, "sender_domains": domains}
        )
        record("recovery.decided", account, account=account, freezes=freezes, domains=domains)
        return row

"""The company's own domains: listed by officers, looked up by the broker, registered until a day that is typed in."""
from __future__ import annotations

from datetime import date, datetime

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.recovery import rules
from countersign.access.recovery.models import Domain
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import Actor, PersonActor
from countersign.base.errors import Conflict, Invalid, Unreachable
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Person


def add(actor: PersonActor, name: str, *, registered_until: date | None = None, at: datetime) -> Domain:
    """Put a domain on the list of the company's. Invalid for what is none, for a free-mail provider, or when it is listed."""
    with recorded(actor, at=at, matter="domain") as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        found = rules.domain_of(name)
        if Domain.objects.filter(name=found, ended_at=None).exists():
            raise Invalid(_("It is on the list already."), field="domain")
        domain = Domain.objects.create(
            name=found, added_by=Person.objects.get(uid=actor.uid), added_at=at, registered_until=registered_until
        )
        record("domain.listed", domain, name=found)
        return domain


def register(actor: PersonActor, domain: Domain, registered_until: date, *, at: datetime) -> None:
    """Enter until when a domain is registered, as its registrar says."""
    with recorded(actor, at=at, matter=domain) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        _require_listed(domain)
        Domain.objects.filter(pk=domain.pk).update(registered_until=registered_until)
        record("domain.registration_entered", domain, name=domain.name, until=registered_until.isoformat())


def end(actor: PersonActor, domain: Domain, *, at: datetime) -> None:
    """Take a domain off the list: addresses on it are no longer the company's."""
    with recorded(actor, at=at, matter=domain) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        _require_listed(domain)
        Domain.objects.filter(pk=domain.pk, ended_at=None).update(ended_at=at)
        record("domain.unlisted", domain, name=domain.name)


def look_up(actor: Actor, domain: Domain, *, at: datetime) -> bool:
    """Have the broker look up where the domain's mail goes; whether anything changed. What could not be asked stays as it was:
    a name server that is down takes nothing away. Unreachable when it was asked in vain."""
    with refusals_recorded(actor, at=at, matter=domain):
        gate.require(actor, Right.RECOVERY_LOOK, on=None)
    _require_listed(domain)
    told: messages.DomainFacts = client.ask(messages.CheckDomain(domain.name))
    if not told.is_resolved:
        raise Unreachable(_("The name servers of {domain} did not answer."), domain=domain.name, remedy=_("Try again later."))
    before = (domain.mx, domain.spf, domain.dmarc)
    facts = {"mx": list(told.mx)[:20], "spf": told.spf[:2000], "dmarc": told.dmarc[:2000], "looked_at": at}
    is_first, after = domain.looked_at is None, (facts["mx"], facts["spf"], facts["dmarc"])
    with recorded(actor, at=at, matter=domain) as record:
        gate.require(actor, Right.RECOVERY_LOOK, on=None)
        Domain.objects.filter(pk=domain.pk).update(**facts)
        event = "domain.looked_up" if is_first or before == after else "domain.mail_changed"
        record(event, domain, name=domain.name, mx=facts["mx"], spf=facts["spf"], dmarc=facts["dmarc"])
    domain.refresh_from_db()
    return before != after


def _require_listed(domain: Domain) -> None:
    if domain.ended_at is not None:
        raise Conflict(_("It was taken off the list already."), remedy=_("Look how it stands."))

"""Inviting people, giving and taking roles, suspending, and the end of somebody's work here."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from countersign.access.grants import gate, hooks, rules
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Right, Role
from countersign.audit.recording import Record, recorded
from countersign.base.actor import Actor, DutyActor, PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people import enrolling, equipping
from countersign.people.models import Person
from countersign.people.states import PersonState

type Given = tuple[Role, Account | None]


def invite(
    actor: Actor, *, email: str, name: str, grants: Sequence[Given], language: str = "en", purpose: str = "invitation",
    ends_at: datetime | None = None, at: datetime,
) -> tuple[Person, str]:
    """Invite a person with these roles; the person, and the token of the link that is shown once.

    Invalid when the address is known already. The link works once, for three days. A guest has an end: their departure is
    planned with the invitation.
    """
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.PERSON_INVITE, on=None)
        known = Person.objects.filter(email__iexact=email).first()
        if known is not None and known.state != PersonState.LEFT:
            raise Invalid(_("That address belongs to somebody here already."), field="email")
        if known is not None:
            free_address(record, known)
        person = Person.objects.create(
            email=email.lower(), name=name, language=language, state=PersonState.INVITED, state_since=at, password=""
        )
        record("person.invited", f"person:{person.uid}", personal={"name": name, "email": email})
        for role, account in grants:
            _give(actor, person, role, account, at)
        if ends_at is not None:
            hooks.plan_end(actor, person, ends_at, at)
        _enrolment, token = enrolling.issue(actor, person, purpose=purpose, at=at)
        return person, token


def free_address(record: Record, person: Person) -> None:
    """Let somebody new have the address of somebody who left, inside a recorded change; what is kept of the old one stays theirs."""
    record("person.address_freed", person.label, personal={"email": person.email})
    Person.objects.filter(pk=person.pk, state=PersonState.LEFT).update(email=f"{person.uid}@left.invalid")


def invite_again(actor: PersonActor, person: Person, *, at: datetime) -> str:
    """A fresh link for somebody who was invited and has not come yet; earlier links stop working."""
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.PERSON_INVITE, on=None)
        if person.state != PersonState.INVITED:
            raise Conflict(_("{name} has enrolled already."), name=person.name)
        _enrolment, token = enrolling.issue(actor, person, purpose="invitation", at=at)
        record("invitation.sent", f"person:{person.uid}")
        return token


def give(actor: Actor, person: Person, role: Role, *, on: Account | None, at: datetime) -> None:
    """Give a role on an account, or on every account."""
    with recorded(actor, at=at):
        gate.require(actor, Right.GRANT_GIVE, on=on)
        _give(actor, person, role, on, at)


def take(actor: PersonActor, grant: Grant, *, at: datetime) -> None:
    """Take a role away; it binds the next act. The last officer's role stays."""
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.GRANT_GIVE, on=grant.account)
        if grant.by_group:
            raise Conflict(rules.BY_GROUP, remedy=rules.LEAVES_BY_GROUP)
        officers = Grant.objects.filter(role=Role.OFFICER, account__isnull=True).exclude(pk=grant.pk)
        if grant.role == Role.OFFICER and not officers.filter(person__state=PersonState.ACTIVE).exists():
            raise Conflict(_("This is the last security officer."), remedy=_("Make somebody else one first."))
        record(
            "grant.taken", f"person:{grant.person.uid}", role=grant.role,
            account=str(grant.account.uid) if grant.account else "",
        )
        grant.delete()


def suspend(actor: PersonActor, person: Person, *, at: datetime) -> None:
    """Suspend a person: every session ends, nothing of theirs counts until they are active again."""
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.PERSON_SUSPEND, on=None)
        if str(person.uid) == actor.uid:
            raise Invalid(_("You cannot suspend yourself."))
        person.move(PersonState.SUSPENDED, at=at)
        record("person.suspended", f"person:{person.uid}")


def resume(actor: PersonActor, person: Person, *, at: datetime) -> None:
    """Let a suspended person work again; their sessions stay ended."""
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.PERSON_SUSPEND, on=None)
        person.move(PersonState.ACTIVE, at=at)
        record("person.resumed", f"person:{person.uid}")


def leave(actor: DutyActor, person: Person, *, at: datetime) -> list[str]:
    """End somebody's work here: roles, devices, factors, links; they are *left*, for good. Which roles they had.

    The last part of a departure, whose lock has ended their sessions and keys and keeps the broker from sending what is theirs.
    """
    with recorded(actor, at=at, matter=person.label) as record:
        gate.require(actor, Right.DEPARTURE_CARRY_OUT, on=None)
        person.refresh_from_db(fields=["state", "state_since"])
        person.move(PersonState.LEFT, at=at)
        equipping.retire_everything(record, person)
        enrolling.end_ways_in(record, person)
        grants = list(Grant.objects.filter(person=person).select_related("account").order_by("role", "pk"))
        for grant in grants:
            record("grant.taken", person.label, role=grant.role, account=str(grant.account.uid) if grant.account else "")
        Grant.objects.filter(pk__in=[grant.pk for grant in grants]).delete()
        record("person.left", person.label)
        return [grant.role for grant in grants]


def _give(actor: Actor, person: Person, role: Role, account: Account | None, at: datetime) -> None:
    with recorded(actor, at=at) as record:
        _grant, is_new = Grant.objects.get_or_create(person=person, account=account, role=role, defaults={"given_at": at})
        if is_new:
            record("grant.given", f"person:{person.uid}", role=role.value, account=str(account.uid) if account else "")
        else:
            raise Invalid(_("{name} has that role already."), name=person.name, field="role")

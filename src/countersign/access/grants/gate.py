"""The gate: the one place that says yes or no.

Grants, state and locks are read from the database each time, inside the transaction of the act that asks: a lock or a
role taken away binds the next act on every node.
"""
from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from countersign.access.grants import conditions, rules
from countersign.access.grants.models import Account, AccountQuerySet, Grant, GrantQuerySet
from countersign.access.grants.rights import DUTIES, PURPOSES, ROLES, Right, Role
from countersign.base.actor import Actor, DutyActor, PersonActor, ProgramActor
from countersign.base.words import _
from countersign.people.models import ApiKey, Person
from countersign.people.queries import locks_on
from countersign.people.states import PersonState


def require(actor: Actor, right: Right, *, on: Account | None) -> None:
    """Raise Refused unless the actor may use this right on this account, now. `None`: in the house itself."""
    may(actor, right, on=on).require()


def require_anywhere(actor: Actor, right: Right) -> None:
    """Raise Refused unless the actor may use this right on at least one account, or in the house itself."""
    may_anywhere(actor, right).require()


def may(actor: Actor, right: Right, *, on: Account | None) -> rules.Verdict:
    """Say whether the actor may, and if not why: for showing or disabling a button."""
    match actor:
        case DutyActor():
            verdict = _duty_may(actor, right)
        case ProgramActor():
            verdict = _program_may(actor, right)
        case PersonActor():
            grants = Grant.objects.on(on).filter(person__uid=actor.uid)
            verdict = _person_may(actor, right, _roles(grants), on)
            if on is None and verdict == rules.WITHOUT_ROLE and right in _carried(_roles(_all_grants(actor))):
                verdict = rules.ELSEWHERE_ONLY
        case _:
            verdict = rules.Verdict(False, _("You are not signed in."), _("Sign in first."))
    if not verdict.allowed or on is None or not rules.NEEDS.get(right):
        return verdict
    return rules.require_conditions(right, conditions.met(on.pk, timezone.now()))


def may_anywhere(actor: Actor, right: Right) -> rules.Verdict:
    """Say whether there is any account on which the actor may."""
    if isinstance(actor, PersonActor):
        return _person_may(actor, right, _roles(_all_grants(actor)), None)
    return may(actor, right, on=None)


def rights_anywhere(actor: PersonActor) -> frozenset[Right]:
    """Every right this person may use on at least one account or in the house itself: for showing what there is."""
    return _usable(actor, _roles(_all_grants(actor)))


def rights_in_house(actor: PersonActor) -> frozenset[Right]:
    """Every right this person may use in the house itself, and so on every account."""
    return _usable(actor, _roles(_all_grants(actor).on(None)))


def accounts(actor: PersonActor, right: Right) -> AccountQuerySet:
    """The accounts on which this person's roles carry a right, whatever their connection; none while locked."""
    if not may_anywhere(actor, right).allowed:
        return Account.objects.none()
    roles = [role for role, rights in ROLES.items() if right in rights]
    mine = Grant.objects.filter(person__uid=actor.uid, role__in=roles)
    if mine.filter(account__isnull=True).exists():
        return Account.objects.all()
    return Account.objects.filter(pk__in=mine.values("account_id"))


def holders(right: Right, *, on: Account | None) -> list[Person]:
    """The active people who may use a right on an account: for notices and for showing who could help."""
    roles = [role for role, rights in ROLES.items() if right in rights]
    where = Q(grants__account__isnull=True) | (Q(grants__account=on) if on else Q())
    people = Person.objects.filter(where, grants__role__in=roles, state=PersonState.ACTIVE).distinct()
    return list(people.order_by("name"))


def _all_grants(actor: PersonActor) -> GrantQuerySet:
    return Grant.objects.filter(person__uid=actor.uid)


def _roles(grants: GrantQuerySet) -> frozenset[Role]:
    return frozenset(Role(role) for role in grants.values_list("role", flat=True))


def _carried(roles: frozenset[Role]) -> frozenset[Right]:
    return frozenset(right for role in roles for right in ROLES[role])


def _usable(actor: PersonActor, roles: frozenset[Role]) -> frozenset[Right]:
    held = _carried(roles)
    some = next(iter(held), Right.POST_READ)
    return held if _person_may(actor, some, roles, None).allowed else frozenset()


def _person_may(actor: PersonActor, right: Right, roles: frozenset[Role], on: Account | None) -> rules.Verdict:
    person = Person.objects.filter(uid=actor.uid).first()
    locked = locks_on(
        persons=[actor.uid], sessions=[actor.session] if actor.session else [], devices=[actor.device] if actor.device else [],
        accounts=[str(on.uid)] if on else [], networks=[on.network] if on else [],
    )
    is_active = person is not None and person.state == PersonState.ACTIVE
    return rules.judge(right, roles=roles, is_active=is_active, is_locked=bool(locked))


def _duty_may(actor: DutyActor, right: Right) -> rules.Verdict:
    if right in DUTIES.get(actor.duty, frozenset()):
        return rules.ALLOWED
    return rules.Verdict(False, _("This duty has no such right."))


def _program_may(actor: ProgramActor, right: Right) -> rules.Verdict:
    """A program has the rights of its key's purpose, as long as the key stands and whoever made it is active and not locked."""
    key = ApiKey.objects.select_related("made_by").filter(uid=actor.uid, purpose=actor.purpose, ended_at=None).first()
    has_ended = key is None or (key.expires_at is not None and timezone.now() >= key.expires_at)
    if key is None or has_ended or key.made_by.state != PersonState.ACTIVE or locks_on(persons=[str(key.made_by.uid)]):
        return rules.Verdict(False, _("This key no longer counts."), _("Ask a security officer for a new one."))
    if right in PURPOSES.get(actor.purpose, frozenset()):
        return rules.ALLOWED
    return rules.Verdict(False, _("This key is for something else."))

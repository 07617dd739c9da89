"""Roles by groups of the company's directory: which group is what here, and who is in which.

A role that comes from a group is marked so, and goes when the group goes. What somebody was given by hand stays. No group
makes a security officer, and no group puts anybody on the roster: whoever is a reviewer by a group still cannot countersign
before two officers have entered their passkey.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.models import Account, Grant, GroupMember, GroupRole
from countersign.access.grants.rights import Right, Role
from countersign.access.grants.states import GroupSource
from countersign.audit.recording import Record, recorded
from countersign.base.actor import Actor, PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people.models import Person
from countersign.people.states import PersonState

LONGEST = 200  # characters of a group's name


def map_group(actor: PersonActor, group: str, role: Role, *, on: Account | None, at: datetime) -> GroupRole:
    """Say what members of a group are here; it holds at once for everybody who is known to be in it.

    Invalid for the officer's role: a directory's administrator would then make our officers.
    """
    with recorded(actor, at=at, matter="group") as record:
        gate.require(actor, Right.GRANT_MAP, on=None)
        name = group.strip()
        if not 0 < len(name) <= LONGEST:
            raise Invalid(_("Give the group's name, exactly as the provider sends it."), field="group")
        if role == Role.OFFICER:
            raise Invalid(_("No group makes a security officer."), field="role")
        made, is_new = GroupRole.objects.get_or_create(
            group=name, account=on, role=role, defaults={"made_by": Person.objects.get(uid=actor.uid), "made_at": at}
        )
        if not is_new:
            raise Invalid(_("That group has that role already."), field="group")
        record("group.mapped", f"group-role:{made.pk}", personal={"group": name}, role=role.value, on=str(on.uid) if on else "")
        _settle_everybody_in(record, name)
        return made


def unmap_group(actor: PersonActor, mapped: GroupRole, *, at: datetime) -> None:
    """Take a role from a group: whoever has it by this group alone has it no longer."""
    with recorded(actor, at=at, matter=f"group-role:{mapped.pk}") as record:
        gate.require(actor, Right.GRANT_MAP, on=None)
        if not GroupRole.objects.filter(pk=mapped.pk).delete()[0]:
            raise Conflict(_("That was taken away already."))
        record("group.unmapped", f"group-role:{mapped.pk}", personal={"group": mapped.group}, role=mapped.role)
        _settle_everybody_in(record, mapped.group)


def follow(actor: Actor, person: Person, groups: Iterable[str], *, source: GroupSource, at: datetime) -> None:
    """Take over in which groups a person is, as one source says it: roles come and go with them."""
    with recorded(actor, at=at, matter=person.label) as record:
        gate.require(actor, Right.GRANT_FOLLOW, on=None)
        said = {group[:LONGEST] for group in groups if group}
        held = GroupMember.objects.filter(person=person, source=source)
        held.exclude(group__in=said).delete()
        known = set(held.values_list("group", flat=True))
        GroupMember.objects.bulk_create(GroupMember(person=person, group=group, source=source) for group in sorted(said - known))
        record("groups.followed", person.label, source=source.value, count=len(said))
        settle(record, person)


def is_followed(person: Person, groups: Iterable[str], *, source: GroupSource) -> bool:
    """Whether that is known already, so that nothing has to be changed."""
    held = GroupMember.objects.filter(person=person, source=source).values_list("group", flat=True)
    return set(held) == {group[:LONGEST] for group in groups if group}


def settle(record: Record, person: Person) -> None:
    """Give and take what follows from a person's groups, inside a recorded change. Nobody who left has anything."""
    mine = GroupMember.objects.filter(person=person).values("group")
    mapped = GroupRole.objects.filter(group__in=mine).exclude(role=Role.OFFICER).select_related("account")
    wanted = {(one.role, one.account_id): one.account for one in mapped} if person.state != PersonState.LEFT else {}
    for grant in Grant.objects.filter(person=person).select_related("account"):
        if (grant.role, grant.account_id) in wanted:
            del wanted[grant.role, grant.account_id]
        elif grant.by_group:
            _note(record, "grant.taken", person, grant.role, grant.account)
            grant.delete()
    for (role, _account), account in wanted.items():
        Grant.objects.create(person=person, account=account, role=role, given_at=record.at, by_group=True)
        _note(record, "grant.given", person, role, account)


def _settle_everybody_in(record: Record, group: str) -> None:
    for person in Person.objects.filter(group_members__group=group).distinct():
        settle(record, person)


def _note(record: Record, event: str, person: Person, role: str, account: Account | None) -> None:
    record(event, person.label, role=role, account=str(account.uid) if account else "", by="group")

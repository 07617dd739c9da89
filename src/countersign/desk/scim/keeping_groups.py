"""What the directory says of groups, carried out: members come and go, and their roles with them."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import ProgramActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.desk.scim import provisioning, queries
from countersign.desk.scim.models import DirectoryGroup, DirectoryUser
from countersign.desk.scim.provisioning import CHANGED, TAKEN
from countersign.desk.scim.resources import Group


def create(actor: ProgramActor, wanted: Group, *, at: datetime) -> DirectoryGroup:
    """Make a group known with its members. Conflict when its name is another group's, Invalid for a member nobody knows."""
    with recorded(actor, at=at, matter="directory-group") as record:
        gate.require(actor, Right.PERSON_PROVISION, on=None)
        row = DirectoryGroup(created_at=at, changed_at=at)
        record.matter = row.label
        _write(row, wanted)
        row.save()
        members = _members(wanted)
        row.members.set(members)
        record("directory.group_made", row.label, personal={"name": row.name}, members=len(members))
        _follow(actor, members, at)
    return row


def change(
    actor: ProgramActor, uid: str, alter: Callable[[Group], Group], *, version: str = "", at: datetime
) -> DirectoryGroup:
    """Change a group by what `alter` makes of it as it stands now; all of it or nothing. Errors as for `create`."""
    with recorded(actor, at=at, matter=f"directory-group:{uid}") as record:
        gate.require(actor, Right.PERSON_PROVISION, on=None)
        row = _held(uid, version)
        before, was_called = set(row.members.all()), row.name
        wanted = alter(queries.group(row))
        _write(row, wanted)
        row.version, row.changed_at = row.version + 1, at
        row.save()
        members = set(_members(wanted))
        row.members.set(members)
        record("directory.group_changed", row.label, personal={"name": row.name}, members=len(members))
        _follow(actor, before | members if row.name != was_called else before ^ members, at)
    return row


def delete(actor: ProgramActor, uid: str, *, version: str = "", at: datetime) -> None:
    """Delete a group; who was in it has its roles no longer."""
    with recorded(actor, at=at, matter=f"directory-group:{uid}") as record:
        gate.require(actor, Right.PERSON_PROVISION, on=None)
        row = _held(uid, version)
        members = list(row.members.all())
        record("directory.group_deleted", row.label, personal={"name": row.name}, members=len(members))
        row.members.clear()
        row.delete()
        _follow(actor, members, at)


def _held(uid: str, version: str) -> DirectoryGroup:
    row = DirectoryGroup.objects.select_for_update().filter(uid=uid).first()
    if row is None:
        raise Conflict(_("This group is gone from the directory."))
    if version and version != queries.etag(row):
        raise Conflict(_("This group was changed meanwhile."), field=CHANGED)
    return row


def _write(row: DirectoryGroup, wanted: Group) -> None:
    row.name, row.external_id = (wanted.display_name or "").strip(), wanted.external_id or ""
    row.folded_name = queries.folded(row.name)
    if not row.folded_name or len(row.external_id) > 200:
        raise Invalid(_("A name is missing, or an id is too long."), field="displayName")
    if DirectoryGroup.objects.filter(folded_name=row.folded_name).exclude(pk=row.pk).exists():
        raise Conflict(_("Another group has this name."), field=TAKEN)


def _members(wanted: Group) -> list[DirectoryUser]:
    named = {one.value or "" for one in wanted.members or []}
    found = list(DirectoryUser.objects.there().filter(uid__in=known_uuids(named)))
    if len(found) < len(named):
        raise Invalid(_("One of the members is no user here, so nothing was changed."), field="members")
    return found


def _follow(actor: ProgramActor, users: Iterable[DirectoryUser], at: datetime) -> None:
    for user in sorted(users, key=lambda one: one.pk):
        provisioning.follow_groups(actor, user, at=at)

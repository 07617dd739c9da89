"""What the directory says of users, carried out: somebody is invited, described, departs.

A user is a person here as soon as the directory tells a mail address and says that they are active. Nobody is told by mail:
they come in by the company's sign-on, or an officer gives them a link. Whoever is not active any more, or is deleted, departs
at once. Whoever comes back is invited as somebody new: what has ended stays ended.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from countersign.access.departures import departing
from countersign.access.departures.models import Departure
from countersign.access.grants import gate, grouping, inviting
from countersign.access.grants.rights import Right
from countersign.access.grants.states import GroupSource
from countersign.audit.recording import Record, recorded
from countersign.base.actor import ProgramActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.desk.scim import queries
from countersign.desk.scim.models import DirectoryUser
from countersign.desk.scim.resources import User, mail_of, name_of
from countersign.people.models import Person
from countersign.people.states import PersonState

WHY = _("The company's directory says that they left.")
TAKEN, CHANGED = "uniqueness", "version"  # what a Conflict is about, in its field


def create(actor: ProgramActor, wanted: User, *, at: datetime) -> DirectoryUser:
    """Make a user known. Conflict when the user name, or the person of the mail address, is another user's."""
    with recorded(actor, at=at, matter="directory-user") as record:
        gate.require(actor, Right.PERSON_PROVISION, on=None)
        row = DirectoryUser(created_at=at, changed_at=at, is_active=wanted.active is not False)
        record.matter = row.label
        _write(row, wanted)
        row.save()
        record("directory.person_made", row.label, personal={"user_name": row.user_name})
        if row.is_active:
            _invite(record, row, wanted)
        _follow(actor, row, at)
    return row


def change(
    actor: ProgramActor, uid: str, alter: Callable[[User], User], *, version: str = "", at: datetime
) -> DirectoryUser:
    """Change a user by what `alter` makes of them as they stand now; all of it or nothing.

    Conflict when they are gone, when `version` is not the one they have, or when a name is another user's.
    """
    departure: Departure | None = None
    with recorded(actor, at=at, matter=f"directory-user:{uid}") as record:
        gate.require(actor, Right.PERSON_PROVISION, on=None)
        row = _held(uid, version)
        wanted, was_active = alter(queries.user(row)), row.is_active
        _write(row, wanted)
        if wanted.active is not None:
            row.is_active = wanted.active
        row.version, row.changed_at = row.version + 1, at
        if not row.is_active:
            departure = _depart(actor, row, at)
        elif not was_active or row.person is None:
            _invite(record, row, wanted)
        else:
            _describe(record, row, row.person, wanted)
        row.save()
        record("directory.person_changed", row.label, is_active=row.is_active)
        _follow(actor, row, at)
    if departure is not None:
        departing.answer([departure])
    return row


def delete(actor: ProgramActor, uid: str, *, version: str = "", at: datetime) -> None:
    """Take a user out of the directory: the person departs, and no row is deleted. Conflict as for `change`."""
    with recorded(actor, at=at, matter=f"directory-user:{uid}") as record:
        gate.require(actor, Right.PERSON_PROVISION, on=None)
        row = _held(uid, version)
        departure = _depart(actor, row, at)
        row.groups.clear()
        row.is_active, row.deleted_at, row.changed_at = False, at, at
        row.save()
        record("directory.person_deleted", row.label)
        _follow(actor, row, at)
    if departure is not None:
        departing.answer([departure])


def follow_groups(actor: ProgramActor, row: DirectoryUser, *, at: datetime) -> None:
    """Take over in which groups of the directory somebody is, inside a recorded change."""
    _follow(actor, row, at)


def _held(uid: str, version: str) -> DirectoryUser:
    """The user, held until the change ends: of two at once, the second sees what the first made of them."""
    row = DirectoryUser.objects.select_for_update(of=("self",)).there().filter(uid=uid).first()
    if row is None:
        raise Conflict(_("This user is gone from the directory."))
    if version and version != queries.etag(row):
        raise Conflict(_("This user was changed meanwhile."), field=CHANGED)
    return row


def _write(row: DirectoryUser, wanted: User) -> None:
    row.user_name, row.external_id = (wanted.user_name or "").strip(), wanted.external_id or ""
    row.folded_name = queries.folded(row.user_name)
    if not row.folded_name or len(row.external_id) > 200:
        raise Invalid(_("A user name is missing, or an id is too long."), field="userName")
    if DirectoryUser.objects.there().filter(folded_name=row.folded_name).exclude(pk=row.pk).exists():
        raise Conflict(_("Another user has this user name."), field=TAKEN)
    content = wanted.model_dump()
    row.content = {name: value for name, value in content.items() if name not in {"id", "meta", "schemas", "groups"}}


def _depart(actor: ProgramActor, row: DirectoryUser, at: datetime) -> Departure | None:
    if row.person is None or row.person.state == PersonState.LEFT:
        return None
    return departing.depart(actor, row.person, why=WHY, at=at)


def _invite(record: Record, row: DirectoryUser, wanted: User) -> None:
    """Find or make the person of a user who is active. Without a mail address there is nobody yet."""
    mail = mail_of(wanted)
    if not mail:
        return
    found = Person.objects.filter(email=mail).first()
    if found is not None and found.state != PersonState.LEFT:
        _take_over(row, found)
        return
    if found is not None:
        _free_address(record, found)
    row.person = Person.objects.create(
        email=mail, name=name_of(wanted), language=_language(wanted), state=PersonState.INVITED, state_since=record.at, password=""
    )
    row.save()
    record("person.invited", row.person.label, personal={"name": row.person.name, "email": mail}, by="directory")


def _take_over(row: DirectoryUser, person: Person) -> None:
    """Somebody whom an officer invited before the directory knew them: from now on the directory says when they leave."""
    other = DirectoryUser.objects.there().filter(person=person).exclude(pk=row.pk).exists()
    if other:
        raise Conflict(_("Another user has this mail address."), field=TAKEN)
    DirectoryUser.objects.filter(person=person).exclude(pk=row.pk).update(person=None)
    row.person = person
    row.save()


def _free_address(record: Record, person: Person) -> None:
    """Let somebody new have the address of somebody who left; the directory's user is theirs no longer."""
    DirectoryUser.objects.filter(person=person).update(person=None)
    inviting.free_address(record, person)


def _describe(record: Record, row: DirectoryUser, person: Person, wanted: User) -> None:
    """Take over name and address of somebody who is here. Of somebody who left nothing changes any more.

    An address that the directory changed finds nobody at the sign-on: else its key could give anybody's work here to
    whoever has that address at the provider.
    """
    mail, name = mail_of(wanted) or person.email, name_of(wanted)
    if person.state == PersonState.LEFT or (mail, name) == (person.email, person.name):
        return
    if Person.objects.filter(email=mail).exclude(pk=person.pk).exists():
        raise Conflict(_("Another user has this mail address."), field=TAKEN)
    is_new_here = person.state == PersonState.INVITED and not person.grants.filter(by_group=False).exists()
    row.has_moved = row.has_moved or (mail != person.email and not is_new_here)
    record("person.described", person.label, personal={"name": name, "email": mail, "before": f"{person.name}, {person.email}"})
    Person.objects.filter(pk=person.pk).update(email=mail, name=name)


def _follow(actor: ProgramActor, row: DirectoryUser, at: datetime) -> None:
    if row.person is None:
        return
    said = sorted(group.name for group in row.groups.all()) if row.is_active else []
    if not grouping.is_followed(row.person, said, source=GroupSource.SCIM):
        grouping.follow(actor, row.person, said, source=GroupSource.SCIM, at=at)


def _language(wanted: User) -> str:
    code = (wanted.preferred_language or "")[:2].lower()
    return code if code in dict(settings.LANGUAGES) else "en"

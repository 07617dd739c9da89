"""Groups of the directory are roles, as far as officers mapped them."""
from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from countersign.access.grants import grouping, inviting
from countersign.access.grants.models import Grant, GroupRole
from countersign.access.grants.rights import Role
from countersign.access.grants.states import GroupSource
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.desk.signon.joining import DUTY
from countersign.people.models import Person
from tests.house import now
from tests.scim.conftest import Directory, person
from tests.signing_in import EARLIER


def roles(name: str) -> list[str]:
    return sorted(Grant.objects.filter(person=person(name)).values_list("role", flat=True))


@pytest.fixture
def authors(kim: PersonActor) -> GroupRole:
    return grouping.map_group(kim, "Social authors", Role.AUTHOR, on=None, at=now())


def add(*ids: str) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [{"value": one, "display": "somebody"} for one in ids]}


def test_members_of_a_mapped_group_have_its_role(directory: Directory, authors: GroupRole) -> None:
    directory.group("Social authors", directory.user("Ann")["id"])
    directory.group("Brewers", directory.user("Ben")["id"])
    assert (roles("Ann"), roles("Ben")) == (["author"], [])
    assert Grant.objects.get(person=person("Ann")).by_group


def test_who_is_put_in_gets_the_role_and_who_is_taken_out_loses_it(directory: Directory, authors: GroupRole) -> None:
    ann, ben = directory.user("Ann"), directory.user("Ben")
    group = directory.group("Social authors", ann["id"])
    said = directory.patch(f"/Groups/{group['id']}", add(ben["id"]), {"op": "remove", "path": f'members[value eq "{ann["id"]}"]'})
    assert [one["value"] for one in said["members"]] == [ben["id"]]
    assert (roles("Ann"), roles("Ben")) == ([], ["author"])


def test_entra_s_way_of_taking_somebody_out_is_understood(directory: Directory, authors: GroupRole) -> None:
    ann, ben = directory.user("Ann"), directory.user("Ben")
    group = directory.group("Social authors", ann["id"], ben["id"])
    directory.patch(f"/Groups/{group['id']}", {"op": "Remove", "path": "members", "value": [{"value": ann["id"]}]})
    assert (roles("Ann"), roles("Ben")) == ([], ["author"])


def test_a_group_that_is_deleted_or_called_otherwise_takes_its_roles_along(directory: Directory, authors: GroupRole) -> None:
    ann = directory.user("Ann")
    group = directory.group("Social authors", ann["id"])
    directory.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "displayName", "value": "Authors of books"})
    assert roles("Ann") == []
    directory.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "displayName", "value": "Social authors"})
    assert roles("Ann") == ["author"]
    directory.ask("DELETE", f"/Groups/{group['id']}")
    assert roles("Ann") == []


def test_a_mapping_holds_at_once_for_whoever_is_in_the_group_already(directory: Directory, kim: PersonActor) -> None:
    directory.group("Social reviewers", directory.user("Ben")["id"])
    mapped = grouping.map_group(kim, "Social reviewers", Role.REVIEWER, on=None, at=now())
    assert roles("Ben") == ["reviewer"]
    grouping.unmap_group(kim, mapped, at=now())
    assert roles("Ben") == []


def test_a_role_given_by_hand_stays_when_the_group_goes(directory: Directory, authors: GroupRole, kim: PersonActor) -> None:
    ann = directory.user("Ann")
    Grant.objects.create(person=person("Ann"), role=Role.AUTHOR, given_at=EARLIER)
    group = directory.group("Social authors", ann["id"])
    directory.ask("DELETE", f"/Groups/{group['id']}")
    assert roles("Ann") == ["author"]


def test_what_the_provider_says_and_what_the_directory_says_both_count(directory: Directory, authors: GroupRole) -> None:
    group = directory.group("Social authors", directory.user("Ann")["id"])
    grouping.follow(DUTY, person("Ann"), ["Social authors"], source=GroupSource.SIGN_ON, at=now())
    directory.ask("DELETE", f"/Groups/{group['id']}")
    assert roles("Ann") == ["author"]
    grouping.follow(DUTY, person("Ann"), [], source=GroupSource.SIGN_ON, at=now())
    assert roles("Ann") == []


def test_a_role_by_group_is_not_taken_by_hand(directory: Directory, authors: GroupRole, kim: PersonActor) -> None:
    directory.group("Social authors", directory.user("Ann")["id"])
    with pytest.raises(Conflict, match="comes from a group"):
        inviting.take(kim, Grant.objects.get(person=person("Ann")), at=now())


def test_no_group_makes_an_officer_by_page_or_by_shell(directory: Directory, kim: PersonActor) -> None:
    with pytest.raises(Invalid, match="No group makes"):
        grouping.map_group(kim, "Domain admins", Role.OFFICER, on=None, at=now())
    made_by = Person.objects.get(name="Kim")
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupRole.objects.create(group="Domain admins", role=Role.OFFICER, made_by=made_by, made_at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(person=made_by, account=None, role=Role.OFFICER, given_at=now(), by_group=True)


def test_whoever_departs_has_no_role_by_any_group(directory: Directory, authors: GroupRole) -> None:
    ann = directory.user("Ann")
    directory.group("Social authors", ann["id"])
    directory.patch(f"/Users/{ann['id']}", {"op": "replace", "path": "active", "value": False})
    assert roles("Ann") == []
    directory.patch(f"/Users/{ann['id']}", {"op": "replace", "path": "active", "value": True})
    assert roles("Ann") == ["author"]


@pytest.mark.parametrize("member", ["nobody", "6d1b9f0e-0000-4000-8000-000000000000"])
def test_a_member_whom_nobody_knows_changes_nothing(directory: Directory, authors: GroupRole, member: str) -> None:
    ann = directory.user("Ann")
    group = directory.group("Social authors")
    directory.patch(f"/Groups/{group['id']}", add(ann["id"]), add(member), status=400)
    assert roles("Ann") == []
    assert "members" not in directory.said("GET", f"/Groups/{group['id']}")

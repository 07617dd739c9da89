"""C05: whoever signs does so with a passkey of one device, or under an exception that two people accepted for a while."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from countersign.access.devices import excepting, queries
from countersign.access.devices.models import Allowance
from countersign.access.grants import rostering
from countersign.access.grants.rights import Role
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.content.posts import approving, submitting
from countersign.people.models import Credential, Device, Lock
from countersign.review import proposing
from countersign.review.statement import ROSTER_ENTRY
from tests.house import House, now

pytestmark = pytest.mark.django_db(transaction=True)


def synced(house: House, name: str) -> Device:
    """This person's passkey is one that its maker copies."""
    house.keys[str(house.people[name].uid)].is_synced = True
    Credential.objects.filter(person=house.people[name]).update(is_backup_eligible=True, is_backed_up=True)
    return Device.objects.get(person=house.people[name])


def post(house: Any) -> Any:
    found = house.write(house.actor("Ann"), "Zaterdag open.", house.account)
    submitting.submit(house.actor("Ann"), found, at=now())
    return found


def excepted(house: House, device: Device, days: str = "30") -> None:
    proposal = excepting.propose(house.actor("Kim"), device, days=days, reason="Her key is in the post.", at=now())
    statement = proposing.statement_for(house.actor("Tom"), proposal, at=now())
    assert proposing.sign(house.actor("Tom"), proposal, statement, house.assertion(house.actor("Tom"), statement), at=now())


@pytest.fixture
def two_officers(brewery: House) -> House:
    brewery.person("Tom", Role.OFFICER, Role.REVIEWER)
    return brewery


def test_one_of_a_single_device_signs(two_officers: House) -> None:
    assert two_officers.sign(two_officers.actor("Ben"), post(two_officers))


def test_one_that_is_copied_does_not_and_says_what_to_do(two_officers: House) -> None:
    synced(two_officers, "Ben")
    with pytest.raises(Refused, match="copies it to other devices") as refusal:
        two_officers.sign(two_officers.actor("Ben"), post(two_officers))
    assert "security key" in refusal.value.remedy


def test_what_the_signature_says_counts_even_where_the_row_says_otherwise(two_officers: House) -> None:
    synced(two_officers, "Ben")
    Credential.objects.update(is_backup_eligible=False)
    with pytest.raises(Refused, match="copies it"):
        two_officers.sign(two_officers.actor("Ben"), post(two_officers))


def test_it_signs_nothing_on_the_roster_either(two_officers: House) -> None:
    house, kim = two_officers, two_officers.actor("Kim")
    synced(house, "Kim")
    proposal = rostering.propose_requiring(kim, house.account, 2, at=now())  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="copies it"):
        rostering.sign(kim, proposal, house.assertion(kim, proposal.content, ROSTER_ENTRY), at=now())


def test_two_people_accept_it_for_a_while(two_officers: House) -> None:
    device = synced(two_officers, "Ben")
    excepted(two_officers, device)
    assert two_officers.sign(two_officers.actor("Ben"), post(two_officers))
    Allowance.objects.update(given_at=now() - timedelta(days=31), ends_at=now())
    with pytest.raises(Refused, match="copies it"):
        two_officers.sign(two_officers.actor("Ben"), post(two_officers))


def test_two_officers_who_have_no_other_accept_each_other(two_officers: House) -> None:
    house = two_officers
    device = synced(house, "Kim")
    synced(house, "Tom")
    excepted(house, device)
    kim = house.actor("Kim")
    proposal = rostering.propose_requiring(kim, house.account, 2, at=now())  # type: ignore[attr-defined]
    rostering.sign(kim, proposal, house.assertion(kim, proposal.content, ROSTER_ENTRY), at=now())


def test_nobody_accepts_what_they_proposed_themselves(two_officers: House) -> None:
    kim = two_officers.actor("Kim")
    proposal = excepting.propose(kim, synced(two_officers, "Ben"), days="30", reason="A key is coming.", at=now())
    with pytest.raises(Refused):
        proposing.statement_for(kim, proposal, at=now())


def test_an_author_proposes_no_exception(two_officers: House) -> None:
    with pytest.raises(Refused):
        excepting.propose(two_officers.actor("Ann"), synced(two_officers, "Ben"), days="1", reason="Please.", at=now())


@pytest.mark.parametrize("days", ["0", "91", "-1", "always", ""])
def test_an_exception_has_an_end(two_officers: House, days: str) -> None:
    with pytest.raises(Invalid):
        excepting.propose(two_officers.actor("Kim"), synced(two_officers, "Ben"), days=days, reason="Why not.", at=now())


def test_one_that_is_bound_needs_none(two_officers: House) -> None:
    device = Device.objects.get(person=two_officers.people["Ben"])
    with pytest.raises(Conflict):
        excepting.propose(two_officers.actor("Kim"), device, days="3", reason="To be sure.", at=now())


def test_one_officer_alone_has_nobody_to_accept_it(brewery: House) -> None:
    synced(brewery, "Ben")
    assert brewery.sign(brewery.actor("Ben"), post(brewery))


def test_an_installation_may_say_that_it_does_not_mind(two_officers: House, settings: Any) -> None:
    settings.SYNCED_PASSKEYS = "allow"
    synced(two_officers, "Ben")
    assert two_officers.sign(two_officers.actor("Ben"), post(two_officers))


@pytest.mark.parametrize("state", ["asked", "refused", "retired"])
def test_the_passkey_of_a_device_that_is_not_enrolled_signs_nothing(two_officers: House, state: str) -> None:
    found = post(two_officers)
    Device.objects.filter(person=two_officers.people["Ben"]).update(state=state)
    with pytest.raises(Refused, match="not enrolled"):
        two_officers.sign(two_officers.actor("Ben"), found)


def test_the_passkey_of_a_locked_device_signs_nothing_from_another_one(two_officers: House) -> None:
    found, ben = post(two_officers), two_officers.actor("Ben")
    device = Device.objects.get(person=two_officers.people["Ben"])
    statement = approving.statement_for(ben, found, at=now())
    Lock.objects.create(kind="device", target=device.uid, reason="lost", since=timezone.now())
    with pytest.raises(Refused, match="locked"):
        approving.approve(ben, found, statement, two_officers.assertion(ben, statement), at=now())


def test_the_doctor_and_the_register_count_what_signs_nothing(two_officers: House) -> None:
    assert queries.synced_on_roster(at=now()) == []
    device = synced(two_officers, "Ben")
    assert queries.synced_on_roster(at=now()) == [device]
    excepted(two_officers, device)
    assert queries.synced_on_roster(at=now()) == []

"""The roster through the product: what comes too late is told and proposed again, and only signatures that count are kept."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from countersign.access.grants import following, inviting, officers, rostering
from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.audit.models import Entry
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict, Refused
from countersign.calls import client, messages
from countersign.people.models import Credential
from countersign.review import roster
from countersign.review.models import RosterProposal, RosterSignature
from countersign.review.roster import OFFICER, REVIEWER
from countersign.review.states import EntryState
from tests.access.officers import OldHouse, opened
from tests.house import now

KEEP = DutyActor("keep")


@pytest.fixture
def old(transactional_db: None, tmp_path: Path) -> Iterator[OldHouse]:
    """Kim and Tom are officers since a month ago, Ben signs."""
    with opened(OldHouse(tmp_path)) as house:
        yield house


def passkey_of(house: OldHouse, name: str) -> Credential:
    return Credential.objects.filter(person=house.people[name]).earliest("pk")


def proposed(house: OldHouse, name: str, roles: list[str], *, by: str = "Kim", signed: bool = True) -> RosterProposal:
    """A proposal to put somebody's passkey in, signed by whoever proposes it."""
    actor = house.actor(by)
    proposal = rostering.propose_adding(actor, passkey_of(house, name), roles, at=now())
    if signed:
        rostering.sign(actor, proposal, house.answer(by, proposal), at=now())
    return proposal


def events(proposal: RosterProposal) -> list[str]:
    label = f"roster:{proposal.head}"
    return list(Entry.objects.filter(matter=label).order_by("number").values_list("event", flat=True))


def state_of(proposal: RosterProposal) -> str:
    proposal.refresh_from_db()
    return proposal.state


# --- what comes too late -----------------------------------------------------------------------------------------------


def test_a_half_signed_proposal_that_another_entry_overtakes_is_told_so_and_logged(old: OldHouse) -> None:
    half = proposed(old, "Leo", [REVIEWER])
    whole = proposed(old, "Ann", [REVIEWER])
    assert rostering.sign(old.actor("Tom"), whole, old.answer("Tom", whole), at=now())
    assert (state_of(half), state_of(whole)) == (EntryState.OVERTAKEN, EntryState.ENTERED)
    assert events(half) == ["roster.entry_proposed", "roster.entry_signed", "roster.entry_overtaken"]
    assert events(whole)[-1] == "roster.entry_added"


def test_it_is_proposed_again_on_the_new_head_and_then_goes_through(old: OldHouse) -> None:
    half = proposed(old, "Leo", [REVIEWER])
    whole = proposed(old, "Ann", [REVIEWER])
    rostering.sign(old.actor("Tom"), whole, old.answer("Tom", whole), at=now())
    anew = rostering.propose_again(old.actor("Tom"), half, at=now())
    assert state_of(half) == EntryState.RENEWED
    assert anew.content["before"] == old.known().head
    assert not anew.signatures.exists()
    for name in ("Kim", "Tom"):
        rostering.sign(old.actor(name), anew, old.answer(name, anew), at=now())
    assert passkey_of(old, "Leo").credential_id in old.known().signers


def test_what_was_done_otherwise_meanwhile_is_not_proposed_again_but_let_go(old: OldHouse) -> None:
    one, other = proposed(old, "Leo", [REVIEWER]), proposed(old, "Leo", [REVIEWER])
    rostering.sign(old.actor("Tom"), other, old.answer("Tom", other), at=now())
    with pytest.raises(Refused, match="already"):
        rostering.propose_again(old.actor("Kim"), one, at=now())
    rostering.withdraw(old.actor("Tom"), one, at=now())
    assert state_of(one) == EntryState.WITHDRAWN


def test_signing_what_was_overtaken_says_so_and_writes_it_down(old: OldHouse) -> None:
    half = proposed(old, "Leo", [REVIEWER])
    entry = old.entry("add", "Ann", [REVIEWER], at=now())  # entered by a process of which our tables know nothing yet
    client.ask(messages.AppendRoster(entry, [old.signed(name, entry) for name in ("Kim", "Tom")]))
    with pytest.raises(Conflict, match="not wait any more"):
        rostering.sign(old.actor("Tom"), half, old.answer("Tom", half), at=now())
    assert state_of(half) == EntryState.OVERTAKEN


def test_what_waited_a_week_is_too_old_and_may_be_proposed_again(old: OldHouse) -> None:
    half = proposed(old, "Leo", [REVIEWER])
    assert not following.agree(KEEP, at=now())
    assert following.agree(KEEP, at=now() + timedelta(days=8))
    assert (state_of(half), events(half)[-1]) == (EntryState.EXPIRED, "roster.entry_expired")
    assert rostering.propose_again(old.actor("Kim"), half, at=now()).state == EntryState.WAITING


def test_any_officer_may_take_a_proposal_back_and_nobody_signs_it_then(old: OldHouse) -> None:
    half = proposed(old, "Leo", [REVIEWER])
    rostering.withdraw(old.actor("Tom"), half, at=now())
    with pytest.raises(Conflict):
        rostering.sign(old.actor("Tom"), half, old.answer("Tom", half), at=now())
    with pytest.raises(Conflict):
        rostering.withdraw(old.actor("Kim"), half, at=now())
    assert events(half)[-1] == "roster.entry_withdrawn"


# --- only what counts --------------------------------------------------------------------------------------------------


def with_leo_cooling(old: OldHouse) -> None:
    """Leo was made an officer just now, so his passkey cools off."""
    leo = proposed(old, "Leo", [OFFICER, REVIEWER])
    rostering.sign(old.actor("Tom"), leo, old.answer("Tom", leo), at=now())
    assert Grant.objects.filter(person=old.people["Leo"], role=Role.OFFICER).exists()


def test_a_cooling_officers_signature_is_not_kept_and_the_others_complete_it(old: OldHouse) -> None:
    with_leo_cooling(old)
    proposal = proposed(old, "Ann", [REVIEWER])
    with pytest.raises(Refused, match="counts from"):
        rostering.sign(old.actor("Leo"), proposal, old.answer("Leo", proposal), at=now())
    assert RosterSignature.objects.filter(proposal=proposal).count() == 1
    assert rostering.sign(old.actor("Tom"), proposal, old.answer("Tom", proposal), at=now())


def test_a_reviewers_passkey_of_an_officer_does_not_sign_entries(old: OldHouse) -> None:
    key, _credential = old.spare("Kim")
    proposal = proposed(old, "Ann", [REVIEWER], signed=False)
    with pytest.raises(Refused, match="not on the roster"):
        rostering.sign(old.actor("Kim"), proposal, old.answer("Kim", proposal, key), at=now())
    assert not proposal.signatures.exists()


def test_a_suspended_officers_signature_no_longer_counts_and_another_completes(old: OldHouse) -> None:
    with_leo_cooling(old)
    proposal = proposed(old, "Ann", [REVIEWER], by="Kim")
    inviting.suspend(old.actor("Tom"), old.people["Kim"], at=now())
    assert officers.signatures(proposal, old.known(), at=now()) == []
    assert not rostering.sign(old.actor("Tom"), proposal, old.answer("Tom", proposal), at=now())
    assert state_of(proposal) == EntryState.WAITING
    inviting.resume(old.actor("Tom"), old.people["Kim"], at=now())
    assert rostering.sign(old.actor("Tom"), proposal, old.answer("Tom", proposal), at=now())


def test_a_signature_spoilt_in_the_database_blocks_nothing(old: OldHouse) -> None:
    proposal = proposed(old, "Ann", [REVIEWER])
    RosterSignature.objects.filter(proposal=proposal).update(assertion={"credential_id": "?"})
    assert not rostering.sign(old.actor("Tom"), proposal, old.answer("Tom", proposal), at=now())
    assert rostering.sign(old.actor("Kim"), proposal, old.answer("Kim", proposal), at=now())


def test_one_officers_spare_key_is_the_same_officer(old: OldHouse) -> None:
    key, credential = old.spare("Kim")
    proposal = rostering.propose_adding(old.actor("Kim"), credential, [OFFICER], at=now())
    for name in ("Kim", "Tom"):
        rostering.sign(old.actor(name), proposal, old.answer(name, proposal), at=now())
    assert old.known().signers[key.credential_id_text].person == old.actor("Kim").uid
    assert len(old.known().officers) == 2


# --- what could not be entered is refused when it is proposed ----------------------------------------------------------


def test_the_same_key_under_a_second_name_is_not_proposed(old: OldHouse) -> None:
    key = old.key("Kim")
    copy = Credential.objects.create(
        person=old.people["Leo"], credential_id="a-copy", public_key=key.public_key_cose, name="Copy", created_at=now(),
        aaguid=passkey_of(old, "Kim").aaguid,
    )
    with pytest.raises(Refused, match="under another name"):
        rostering.propose_adding(old.actor("Kim"), copy, [OFFICER], at=now())


def test_the_second_of_two_officers_is_not_proposed_to_be_taken_off(old: OldHouse) -> None:
    with pytest.raises(Refused, match="must remain"):
        rostering.propose_removing(old.actor("Kim"), passkey_of(old, "Tom").credential_id, at=now())


def test_a_wait_is_not_proposed_to_be_shorter(old: OldHouse) -> None:
    longer = rostering.propose_waiting(old.actor("Kim"), 168, at=now())
    for name in ("Kim", "Tom"):
        rostering.sign(old.actor(name), longer, old.answer(name, longer), at=now())
    assert old.known().wait_hours == 168
    with pytest.raises(Refused, match="only be made longer"):
        rostering.propose_waiting(old.actor("Kim"), 24, at=now())


def test_an_entry_says_what_is_known_of_the_device(old: OldHouse) -> None:
    Credential.objects.filter(person=old.people["Leo"]).update(is_backup_eligible=True)
    proposal = proposed(old, "Leo", [REVIEWER], signed=False)
    device = passkey_of(old, "Leo").device
    said = {name: proposal.content[name] for name in ("v", "device", "kind", "owner", "is_backed_up")}
    assert said == {"v": 2, "device": str(device.uid), "kind": device.kind, "owner": device.owner, "is_backed_up": True}
    assert roster.head_of(proposal.content) == proposal.head


def test_a_passkey_of_which_no_device_is_known_is_entered_without_one(old: OldHouse) -> None:
    passkey_of(old, "Leo").device.delete()
    proposal = proposed(old, "Leo", [REVIEWER], signed=False)
    assert (proposal.content["device"], proposal.content["kind"], proposal.content["owner"]) == ("", "", "")

"""The officers' page: says plainly what cannot be promised yet, and what to do; shows what was overtaken."""
from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from countersign.access.grants import roster_safety, rostering
from countersign.access.grants.rights import Role
from countersign.access.grants.roster_queries import wait_words
from countersign.people.models import Credential
from countersign.people.states import PersonState
from countersign.review.models import RosterProposal
from countersign.review.roster import OFFICER, REVIEWER, Roster
from tests.access.officers import OldHouse, opened
from tests.house import House, now
from tests.review import officers as soft
from tests.signing_in import sign_in


@pytest.fixture
def old(transactional_db: None, tmp_path: Path) -> Iterator[OldHouse]:
    """Kim and Tom are officers since a month ago, Ben signs."""
    with opened(OldHouse(tmp_path)) as house:
        yield house


def page(house: House, name: str, *, more: str = "") -> str:
    client = Client()
    sign_in(client, house.people[name])
    response = client.get(reverse("grants:roster") + more)
    assert response.status_code == 200, response.content
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


# --- what cannot be promised -------------------------------------------------------------------------------------------


ACTIVE = SimpleNamespace(state=PersonState.ACTIVE)


def said(known: Roster, *people: str) -> str:
    hands = roster_safety.Hands.of(known, dict.fromkeys(people, ACTIVE))  # type: ignore[arg-type]
    return " ".join(roster_safety.cannot(hands))


def test_one_person_alone_is_told_all_of_it() -> None:
    words = said(soft.begun(wait=72), "kim")
    assert "nobody countersigns their own" in words
    assert "One officer alone decides who may sign" in words
    assert "one officer with one passkey" in words


def test_with_two_officers_of_one_key_each_the_loss_of_a_key_is_told_with_the_way_out_the_chain_has() -> None:
    assert "ask alone and wait" in said(soft.with_two(soft.begun(wait=72)), "kim", "tom")
    assert "ever again" in said(soft.with_two(soft.begun(wait=0)), "kim", "tom")
    assert "ever again" in said(soft.with_two(soft.begun_v1()), "kim", "tom")


def spared(known: Roster) -> Roster:
    for who in ("kim", "tom"):
        spare = soft.entry(known, "add", who, soft.key(), OFFICER, at=soft.START)
        known = soft.extended(known, spare, soft.KIM, soft.TOM, at=soft.START)
    return known


def test_with_spare_keys_only_that_one_cannot_be_reached_is_told() -> None:
    words = said(spared(soft.with_two(soft.begun())), "kim", "tom")
    assert "next month" not in words
    assert "cannot be reached" in words


def test_with_three_officers_nothing_is_left_to_say() -> None:
    known = soft.with_two(soft.begun())
    leo = soft.entry(known, "add", "leo", soft.LEO, OFFICER, REVIEWER, at=soft.START)
    known = soft.extended(known, leo, soft.KIM, soft.TOM, at=soft.START)
    people: dict[str, Any] = dict.fromkeys(("kim", "tom", "leo"), ACTIVE)
    assert said(known, *people) == ""
    assert roster_safety.unsafe(known, people, may_act=True) is None


def test_an_officer_who_is_not_active_is_no_hand() -> None:
    known = soft.with_two(soft.begun())
    assert "there are no more than two" in said(known, "kim")


@pytest.mark.parametrize(("hours", "words"), [(0, "never"), (25, "25 hours"), (24, "1 day"), (72, "3 days"), (168, "1 week"), (336, "2 weeks")])
def test_a_wait_is_told_in_words(hours: int, words: str) -> None:
    assert wait_words(hours) == words


# --- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_first_installation_says_what_to_do_and_what_is_done(house: House) -> None:
    kim = house.person("Kim", Role.OFFICER, Role.REVIEWER)
    before = page(house, "Kim")
    assert "Nobody is on the roster yet" in before
    assert "0 of 6 done" in before
    house.begin_roster(kim)
    after = page(house, "Kim")
    assert "nobody countersigns their own" in after
    assert "1 of 6 done" in after
    assert all(step in after for step in ("Invite a second person", "spare passkey", "third person security officer"))


def test_the_first_officer_chooses_how_long_one_alone_waits(house: House) -> None:
    kim = house.person("Kim", Role.OFFICER, Role.REVIEWER)
    client = Client()
    sign_in(client, house.people["Kim"])
    options, submit = reverse("grants:roster-begin-options"), reverse("grants:roster-begin")
    for wrong in ("1", "", "many", ["72"], None, 72):
        refused = client.post(options, {"wait": wrong}, content_type="application/json", headers={"Accept": "application/json"})
        assert refused.status_code == 422, wrong
    client.cookies["countersign-genesis"] = house.token
    asked = client.post(options, {"wait": "168"}, content_type="application/json").json()
    done = client.post(submit, house.keys[kim.uid].answer(asked), content_type="application/json")
    assert done.json()["ok"]
    assert "after 1 week" in page(house, "Kim")


def test_what_was_overtaken_is_shown_with_its_way_back(old: OldHouse) -> None:
    kim = old.actor("Kim")
    leo, ann = (Credential.objects.get(person=old.people[name]) for name in ("Leo", "Ann"))
    half, whole = (rostering.propose_adding(kim, one, [REVIEWER], at=now()) for one in (leo, ann))
    for name, proposal in (("Kim", half), ("Kim", whole), ("Tom", whole)):
        rostering.sign(old.actor(name), proposal, old.answer(name, proposal), at=now())
    seen = page(old, "Tom")
    assert "overtaken" in seen
    assert "Propose it again" in seen
    client = Client()
    sign_in(client, old.people["Tom"])
    assert client.post(reverse("grants:roster-again", args=[half.head])).status_code == 302
    assert "overtaken" not in page(old, "Tom")
    anew = RosterProposal.objects.waiting().get()
    assert client.post(reverse("grants:roster-withdraw", args=[anew.head])).status_code == 302
    assert not RosterProposal.objects.waiting().exists()


def test_each_passkey_is_a_line_of_its_own_and_a_new_one_is_told_to_be_new(old: OldHouse) -> None:
    _key, credential = old.spare("Kim")
    proposal = rostering.propose_adding(old.actor("Kim"), credential, [OFFICER], at=now())
    for name in ("Kim", "Tom"):
        rostering.sign(old.actor(name), proposal, old.answer(name, proposal), at=now())
    seen = page(old, "Kim")
    assert "“Spare key”" in seen
    assert "counts in 23 hours" in seen or "counts in 1 day" in seen


def test_whose_passkey_is_new_is_told_why_they_cannot_sign_yet(old: OldHouse) -> None:
    leo = Credential.objects.get(person=old.people["Leo"])
    proposal = rostering.propose_adding(old.actor("Kim"), leo, [OFFICER, REVIEWER], at=now())
    for name in ("Kim", "Tom"):
        rostering.sign(old.actor(name), proposal, old.answer(name, proposal), at=now())
    waiting = rostering.propose_waiting(old.actor("Kim"), 168, at=now())
    assert "Your passkey is new on the roster" in page(old, "Leo")
    client = Client()
    sign_in(client, old.people["Leo"])
    refused = client.post(reverse("grants:roster-options", args=[waiting.head]), headers={"Accept": "application/json"})
    assert (refused.status_code, "new on the roster" in refused.json()["what"]) == (403, True)


def test_what_one_officer_entered_alone_is_shown_to_everybody_who_looks(transactional_db: None, tmp_path: Path) -> None:
    house = OldHouse(tmp_path)
    house.asked_alone("Kim", "Leo", ago=timedelta(hours=1))
    with opened(house):
        seen = page(house, "Tom")
        assert "Kim asks for this alone" in seen
        assert "Say no with passkey" in seen
        mine = page(house, "Kim")
        assert "Take it back with passkey" in mine
        assert "It may be entered from" in mine

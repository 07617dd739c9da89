"""One officer alone, through the product: everybody is told, every page says it, an officer says no, or it is entered."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from countersign.access.grants import asking_alone, following, rostering
from countersign.access.grants.roster_queries import alone_notice
from countersign.audit.models import Entry
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict, Refused
from countersign.desk.jobs import tell_everybody
from countersign.people.models import Credential
from countersign.review import alone
from countersign.review.models import RosterProposal
from countersign.review.roster import OFFICER, REVIEWER
from countersign.review.states import EntryState
from tests.access.officers import OldHouse, opened
from tests.house import now
from tests.signing_in import sign_in


@pytest.fixture
def old(transactional_db: None, tmp_path: Path) -> Iterator[OldHouse]:
    """Kim and Tom are officers since a month ago; one officer alone waits a day."""
    with opened(OldHouse(tmp_path)) as house:
        yield house


@pytest.fixture
def ripe(transactional_db: None, tmp_path: Path) -> Iterator[OldHouse]:
    """Kim asked alone for Leo 25 hours ago."""
    house = OldHouse(tmp_path)
    house.head = house.asked_alone("Kim", "Leo", ago=timedelta(hours=25))  # type: ignore[attr-defined]
    with opened(house):
        yield house


def asked(house: OldHouse) -> RosterProposal:
    """Kim proposes Leo as an officer; Tom does not answer; Kim asks alone."""
    kim = house.actor("Kim")
    leo = Credential.objects.get(person=house.people["Leo"])
    proposal = rostering.propose_adding(kim, leo, [OFFICER, REVIEWER], at=now())
    asking_alone.ask(kim, proposal, *house.said(kim, alone.ASK, proposal.head), at=now())
    proposal.refresh_from_db()
    return proposal


def the_ripe(house: OldHouse) -> RosterProposal:
    return RosterProposal.objects.get(head=house.head)  # type: ignore[attr-defined]


def log_of(proposal: RosterProposal) -> list[str]:
    return list(Entry.objects.filter(matter=f"roster:{proposal.head}").order_by("number").values_list("event", flat=True))


def test_everybody_is_told_by_mail_once(old: OldHouse) -> None:
    proposal = asked(old)
    mail.outbox.clear()
    assert (tell_everybody(now()), tell_everybody(now())) == (5, 0)
    assert {message.to[0].split("@")[0] for message in mail.outbox} == {"kim", "tom", "ben", "leo", "ann"}
    assert all("Kim" in m.subject and "Leo" in m.body and proposal.head[:8] in m.body for m in mail.outbox)
    assert log_of(proposal)[-1] == "roster.entry_asked"


def test_whom_no_mail_reaches_is_told_at_the_next_turn(old: OldHouse, settings: Any) -> None:
    asked(old)
    mailers = settings.MAILERS
    nobody_listens = {"host": "127.0.0.1", "port": 1}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": nobody_listens}}
    assert tell_everybody(now()) == 0
    settings.MAILERS = mailers
    assert tell_everybody(now()) == 5


def test_every_page_says_it_while_it_waits(old: OldHouse) -> None:
    proposal = asked(old)
    for name, has_link in (("Ann", False), ("Tom", True)):
        client = Client()
        sign_in(client, old.people[name])
        for page in ("home", "settings"):
            text = client.get(reverse(page)).content.decode()
            assert "Kim asks alone that Leo become a security officer" in text
            assert ("say no if it is wrong" in text) is has_link
    tom = old.actor("Tom")
    asking_alone.say_no(tom, proposal, *old.said(tom, alone.VETO, proposal.head), at=now())
    assert alone_notice(tom) is None


def test_another_officer_says_no_and_it_is_never_entered(ripe: OldHouse) -> None:
    proposal, tom, kim = the_ripe(ripe), ripe.actor("Tom"), ripe.actor("Kim")
    asking_alone.say_no(tom, proposal, *ripe.said(tom, alone.VETO, proposal.head), at=now())
    proposal.refresh_from_db()
    assert (proposal.state, log_of(proposal)[-1]) == (EntryState.VETOED, "roster.entry_vetoed")
    with pytest.raises(Conflict):
        asking_alone.enter(kim, proposal, *ripe.said(kim, alone.ENTER, proposal.head), at=now())
    assert len(ripe.known().officers) == 2


def test_it_is_entered_after_the_wait_and_everybody_is_told_again(ripe: OldHouse) -> None:
    proposal, kim = the_ripe(ripe), ripe.actor("Kim")
    tell_everybody(now())
    asking_alone.enter(kim, proposal, *ripe.said(kim, alone.ENTER, proposal.head), at=now())
    assert ripe.known().officers == {ripe.actor(name).uid for name in ("Kim", "Tom", "Leo")}
    assert log_of(proposal)[-1] == "roster.entry_added_alone"
    mail.outbox.clear()
    assert tell_everybody(now()) == 5
    assert all("entered alone" in message.body for message in mail.outbox)
    assert ripe.told().entries[-1]["is_alone"]


def test_before_the_wait_is_over_nothing_helps(old: OldHouse) -> None:
    proposal, kim = asked(old), old.actor("Kim")
    RosterProposal.objects.filter(pk=proposal.pk).update(enters_from=now() - timedelta(days=2))  # the database says: now
    tomorrow = now() + timedelta(hours=25)
    for at in (now(), tomorrow):
        with pytest.raises(Conflict, match="not over"):
            asking_alone.enter(kim, proposal, *old.said(kim, alone.ENTER, proposal.head, at=at), at=at)
    old.again()
    with pytest.raises(Conflict, match="not over"):
        asking_alone.enter(kim, proposal, *old.said(kim, alone.ENTER, proposal.head), at=now())


def test_the_usual_signature_of_the_proposal_completes_it_and_ends_the_waiting(old: OldHouse) -> None:
    proposal = asked(old)
    for name in ("Kim", "Tom"):
        rostering.sign(old.actor(name), proposal, old.answer(name, proposal), at=now())
    proposal.refresh_from_db()
    assert (proposal.state, old.known().waiting) == (EntryState.ENTERED, None)
    assert not old.told().entries[-1]["is_alone"]


def test_what_was_asked_past_our_tables_is_found_and_told(old: OldHouse) -> None:
    """Whoever owns the web process asks the broker itself, and writes nothing down."""
    proposal = asked(old)
    RosterProposal.objects.all().delete()
    assert old.follow()
    assert not old.follow()
    found = RosterProposal.objects.alone().get()
    assert (found.head, str(found.asked_alone_by)) == (proposal.head, "Kim")


def test_what_waits_alone_is_not_simply_taken_back(old: OldHouse) -> None:
    proposal = asked(old)
    with pytest.raises(Conflict, match="alone"):
        rostering.withdraw(old.actor("Tom"), proposal, at=now())


def test_a_statement_for_another_act_or_entry_is_refused_before_the_broker_is_asked(old: OldHouse) -> None:
    proposal, kim = asked(old), old.actor("Kim")
    for said in (old.said(kim, alone.ASK, proposal.head), old.said(kim, alone.VETO, "0" * 64)):
        with pytest.raises(Refused, match="something else"):
            asking_alone.say_no(kim, proposal, *said, at=now())
    assert not following.agree(DutyActor("keep"), at=now())

"""What takes two people: a statement that it is on, and an exception."""
from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.access.evidence import excepting, rules, stating
from countersign.access.evidence.models import Allowance, Evidence, Picture
from countersign.access.evidence.standing import meeting
from countersign.access.grants.rights import Role
from countersign.audit.models import Entry
from countersign.base.errors import Invalid, Refused
from countersign.calls import client, messages
from countersign.review import proposing
from countersign.review.models import Proposal
from tests.evidence.helping import account_of, again, end_first_days, sign, work
from tests.house import House, now

PNG = b"\x89PNG\r\n\x1a\n" + b"Two-factor authentication is on"


@pytest.fixture
def old(brewery: House) -> House:
    end_first_days()
    return brewery


def state(house: House, picture: bytes = b"") -> Proposal:
    return stating.propose(house.actor("Kim"), account_of(house), seen_at=now(), words="On, in its settings.", picture=picture, at=now())


def test_a_statement_counts_once_a_second_person_has_signed(old: House) -> None:
    account, proposal = account_of(old), state(old)
    assert not meeting([account.pk], now())
    with pytest.raises(Refused):
        sign(old, old.actor("Kim"), proposal)
    assert sign(old, old.actor("Ben"), proposal)
    row = Evidence.objects.get()
    assert (row.source, row.proposal) == ("statement", proposal.uid)
    assert row.ends_at == row.seen_at + timedelta(days=90)
    assert meeting([account.pk], now()) == {account.pk}


def test_neither_an_author_nor_an_outsider_states_or_signs(old: House) -> None:
    olu = old.person("Olu")
    for nobody in (old.actor("Ann"), olu):
        with pytest.raises(Refused):
            stating.propose(nobody, account_of(old), seen_at=now(), words="On.", at=now())
        with pytest.raises(Refused):
            proposing.statement_for(nobody, state(old), at=now())


def test_the_picture_is_sealed_for_its_account_and_its_digest_is_signed(old: House) -> None:
    proposal = state(old, PNG)
    sign(old, old.actor("Ben"), proposal)
    picture = Picture.objects.get()
    assert b"Two-factor" not in picture.sealed.encode()
    assert picture.sha256 in Entry.objects.get(event="evidence.noted").leaf  # and so in every export of the log
    assert proposal.content["picture"] == picture.sha256 == Evidence.objects.get().picture.sha256  # type: ignore[union-attr]
    assert stating.open_picture(old.actor("Ben"), picture, at=now()) == PNG
    with pytest.raises(Refused):
        stating.open_picture(old.actor("Ann"), picture, at=now())


def test_the_broker_opens_a_picture_only_in_its_place(old: House) -> None:
    state(old, PNG)
    picture, other = Picture.objects.get(), old.connect(old.actor("Kim"), "delinde_fr")
    with pytest.raises(Refused):
        client.ask(messages.OpenPicture(str(other.uid), picture.sealed, picture.sha256))
    with pytest.raises(Refused):
        client.ask(messages.OpenPicture(str(account_of(old).uid), picture.sealed, "0" * 64))


@pytest.mark.parametrize("content", [b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff" + bytes(4_000_000)])
def test_what_is_no_picture_or_too_large_is_not_taken(old: House, content: bytes) -> None:
    with pytest.raises(Invalid):
        state(old, content)
    assert not Picture.objects.exists()


@pytest.mark.parametrize("ago", [timedelta(days=3), timedelta(seconds=-60)])
def test_nobody_states_what_was_seen_long_ago_or_not_yet(old: House, ago: timedelta) -> None:
    with pytest.raises(Invalid):
        stating.propose(old.actor("Kim"), account_of(old), seen_at=now() - ago, words="On.", at=now())


def test_two_officers_let_it_publish_for_a_while(old: House) -> None:
    tom, account = old.person("Tom", Role.OFFICER), account_of(old)
    delivery = old.approved(old.actor("Ann"), old.actor("Ben"), "Vandaag vers getapt.", account)
    work(old)
    assert again(delivery).state == "held"
    proposal = excepting.propose(old.actor("Kim"), account, days="7", reason="The phone is in the post.", at=now())
    with pytest.raises(Refused):  # a reviewer is no officer
        sign(old, old.actor("Ben"), proposal)
    assert sign(old, tom, proposal)
    work(old)
    assert again(delivery).state == "published"
    assert not meeting([account.pk], now() + timedelta(days=7))
    assert Allowance.objects.get().proposal == proposal.uid


@pytest.mark.parametrize("days", ["0", "31", "-1", "1e3", "", "١", "9999"])
def test_an_exception_lasts_thirty_days_at_most(days: str) -> None:
    with pytest.raises(Invalid):
        rules.until(days, at=now())

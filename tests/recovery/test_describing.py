"""By what an account can be had back is written down by officers, with who said so and when."""
from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.access.departures.recovery_ways import recovery_ways
from countersign.access.grants.models import Account
from countersign.access.recovery import describing, listing, queries
from countersign.access.recovery.models import Contact, Mailbox, Recovery
from countersign.audit.models import Entry
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.people.models import Person
from tests.recovery.conftest import as_actor, now

pytestmark = pytest.mark.django_db


def added(kim: Person, account: Account, kind: str = "mail", value: str = "social@delinde.example", *receivers: Person) -> Contact:
    return describing.add(as_actor(kim), account, kind, value, receivers=receivers, at=now())


def test_who_said_so_and_when_stands_with_it_and_the_log_names_no_address_in_clear(account: Account, kim: Person) -> None:
    contact = added(kim, account)
    entry = Entry.objects.get(event="contact.noted")
    assert (contact.said_by, contact.source) == (kim, "by_hand")
    assert "social@" not in entry.leaf
    assert "social@" in (entry.personal or "")


@pytest.mark.parametrize(("kind", "value"), [("mail", "kim"), ("phone", "ring me"), ("administrator", " "), ("pigeon", "coo")])
def test_what_is_none_is_not_kept(account: Account, kim: Person, kind: str, value: str) -> None:
    with pytest.raises(Invalid):
        added(kim, account, kind, value)


def test_the_same_stands_once_and_again_after_it_was_ended(account: Account, kim: Person) -> None:
    contact = added(kim, account)
    with pytest.raises(Invalid, match="already"):
        added(kim, account)
    describing.end(as_actor(kim), contact, at=now())
    with pytest.raises(Conflict):
        describing.end(as_actor(kim), contact, at=now())
    assert added(kim, account).pk != contact.pk


def test_an_address_becomes_good_step_by_step(account: Account, kim: Person, tom: Person, mailbox: Mailbox) -> None:
    def verdict() -> str:
        return queries.account_page(as_actor(kim), account, at=now()).contacts[0].verdict.word

    contact, officer = added(kim, account), as_actor(kim)
    assert verdict() == "bad"
    domain = listing.add(officer, "delinde.example", registered_until=(now() + timedelta(days=900)).date(), at=now())
    assert verdict() == "weak"
    describing.name_receivers(officer, contact, [kim, tom], at=now())
    describing.state_second_factor(officer, contact, at=now())
    assert verdict() == "weak"
    type(domain).objects.update(looked_at=now(), mx=["mx1.delinde.example"], spf="v=spf1 mx -all", dmarc="v=DMARC1; p=reject")
    assert verdict() == "good"
    type(tom).objects.filter(pk=tom.pk).update(state="left")
    assert verdict() == "bad"  # Tom may still read it


def test_a_phone_asks_for_no_second_factor_of_its_own(account: Account, kim: Person) -> None:
    with pytest.raises(Invalid):
        describing.state_second_factor(as_actor(kim), added(kim, account, "phone", "… 47"), at=now())


def test_a_free_mail_provider_is_no_server_of_ours(account: Account, kim: Person) -> None:
    with pytest.raises(Invalid):
        describing.decide(as_actor(kim), account, freezes=True, sender_domains=["gmail.com"], at=now())
    assert not Recovery.objects.exists()


def test_nobody_but_an_officer_writes_anything_down(account: Account, kim: Person, ann: Person, olu: Person) -> None:
    contact = added(kim, account)
    for person in (ann, olu):
        for do in (
            lambda a: describing.add(a, account, "mail", "evil@delinde.example", at=now()),
            lambda a: describing.end(a, contact, at=now()),
            lambda a: describing.decide(a, account, freezes=False, sender_domains=[], at=now()),
        ):
            with pytest.raises(Refused):
                do(as_actor(person))


def test_a_departure_learns_which_ways_are_somebody_s_own(account: Account, kim: Person, tom: Person) -> None:
    added(kim, account, "phone", "… 47", tom)
    added(kim, account, "mail", "Tom@delinde.example")
    assert recovery_ways(tom, [account]) == {account.pk: "… 47, Tom@delinde.example"}
    assert recovery_ways(kim, [account]) == {}

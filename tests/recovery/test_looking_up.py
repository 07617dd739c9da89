"""What name servers say about the company's domains, asked by the broker of a real name server on loopback."""
from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from countersign.access.recovery import jobs, listing, queries
from countersign.access.recovery.models import Domain
from countersign.audit.models import Entry
from countersign.base.errors import Conflict, Invalid, Refused, Unreachable
from countersign.calls import client
from countersign.people.models import Person
from tests.house import Broker
from tests.recovery.conftest import as_actor, now
from tests.servers.names import Names, name_server

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def names(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Names]:
    with name_server() as names:
        os.environ["COUNTERSIGN_RESOLVERS"] = names.address
        broker = Broker(Path(tmp_path_factory.mktemp("names")) / "broker")
        client.use_socket(settings.BROKER_SOCKET)
        try:
            broker.start()
            yield names
        finally:
            broker.end()
            del os.environ["COUNTERSIGN_RESOLVERS"]


@pytest.fixture
def linde(names: Names, kim: Person) -> Domain:
    names.records.clear()
    names.silent.clear()
    names.say("delinde.example", "MX", "10 mx1.delinde.example.", "20 mx2.delinde.example.")
    names.say("delinde.example", "TXT", "v=spf1 mx -all")
    names.say("_dmarc.delinde.example", "TXT", "v=DMARC1; p=reject")
    return listing.add(as_actor(kim), "DeLinde.example.", registered_until=date(2030, 1, 1), at=now())


def test_what_the_name_servers_say_is_kept_and_judged(linde: Domain, kim: Person) -> None:
    assert listing.look_up(as_actor(kim), linde, at=now())
    assert (linde.mx, linde.spf, linde.dmarc) == (["mx1.delinde.example", "mx2.delinde.example"], "v=spf1 mx -all", "v=DMARC1; p=reject")
    (row,) = queries.domains_page(as_actor(kim), at=now()).rows
    assert (row.name, row.verdict.word) == ("delinde.example", "good")


def test_it_is_looked_up_every_day_and_a_change_is_in_the_log(linde: Domain, names: Names) -> None:
    assert (jobs.look_up_domains(now()), jobs.look_up_domains(now())) == (1, 0)
    names.say("_dmarc.delinde.example", "TXT", "v=DMARC1; p=none")
    assert jobs.look_up_domains(now() + timedelta(hours=25)) == 1
    assert list(Entry.objects.filter(event__startswith="domain.").order_by("number").values_list("event", flat=True)) == [
        "domain.listed", "domain.looked_up", "domain.mail_changed",
    ]  # fmt: skip


def test_name_servers_that_do_not_answer_take_nothing_away(linde: Domain, names: Names, kim: Person) -> None:
    listing.look_up(as_actor(kim), linde, at=now())
    names.silent.add("delinde.example")
    with pytest.raises(Unreachable):
        listing.look_up(as_actor(kim), linde, at=now())
    linde.refresh_from_db()
    assert linde.mx


def test_a_domain_without_a_mail_server_is_bad(linde: Domain, names: Names, kim: Person) -> None:
    names.say("delinde.example", "MX", "0 .")
    listing.look_up(as_actor(kim), linde, at=now())
    assert queries.domains_page(as_actor(kim), at=now()).rows[0].verdict.word == "bad"


def test_a_domain_is_listed_once_and_looked_up_no_more_when_it_is_off(linde: Domain, kim: Person) -> None:
    with pytest.raises(Invalid, match="already"):
        listing.add(as_actor(kim), "delinde.example", at=now())
    listing.end(as_actor(kim), linde, at=now())
    linde.refresh_from_db()
    assert jobs.look_up_domains(now()) == 0
    with pytest.raises(Conflict):
        listing.look_up(as_actor(kim), linde, at=now())
    assert listing.add(as_actor(kim), "delinde.example", at=now())


def test_only_an_officer_keeps_the_list(linde: Domain, ann: Person, olu: Person) -> None:
    for person in (ann, olu):
        with pytest.raises(Refused):
            listing.add(as_actor(person), "evil.example", at=now())

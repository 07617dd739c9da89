"""A new account has two weeks to show its second factor; the first evidence ends them, and they come once."""
from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from countersign.access.evidence import noting, queries, rules
from countersign.access.evidence.models import Allowance
from countersign.access.evidence.standing import meeting
from countersign.access.evidence.states import Grounds, Source
from tests.evidence.helping import EVIDENCE, account_of, end_first_days, shown
from tests.house import House, now


def test_a_new_account_may_publish_for_two_weeks_and_its_page_says_so(brewery: House) -> None:
    account, at = account_of(brewery), now()
    assert meeting([account.pk], at + timedelta(days=13)) == {account.pk}
    assert not meeting([account.pk], at + rules.FIRST_DAYS)
    page = queries.page(brewery.actor("Kim"), account, at=at)
    assert (page.line.tone, page.excepted[0].what) == ("warn", "The first days of a new account")


def test_the_first_evidence_ends_them(brewery: House) -> None:
    account = account_of(brewery)
    shown(account, Source.API)
    assert not Allowance.objects.in_force(now()).exists()
    assert not meeting([account.pk], now() + timedelta(days=8))


def test_an_account_that_never_showed_it_keeps_them_when_it_is_seen_off(brewery: House) -> None:
    account = account_of(brewery)
    noting.contradict(EVIDENCE, account, Source.API, seen_at=now(), at=now())
    assert meeting([account.pk], now()) == {account.pk}


def test_they_are_not_given_again_when_it_is_connected_anew(brewery: House) -> None:
    from countersign.access.vault import connecting

    account, kim = account_of(brewery), brewery.actor("Kim")
    end_first_days()
    url = connecting.begin(kim, connecting.Place("practice", brewery.network.origin, "delinde"), reconnects=account, at=now())
    connecting.finish(kim, brewery.network.answer(url, "delinde"), at=now())
    assert not Allowance.objects.exists()


def test_an_upgrade_gives_two_weeks_to_what_is_there(brewery: House) -> None:
    end_first_days()
    _migrate("0001_begin")
    _migrate("0002_two_weeks_for_accounts_that_are_there")
    given = Allowance.objects.get()
    assert (given.account, given.grounds) == (account_of(brewery), Grounds.UPGRADE)
    assert timedelta(days=13) < given.ends_at - now() <= timedelta(days=14)


def _migrate(name: str) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("evidence", name)])

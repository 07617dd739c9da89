"""What is seen of a second factor, how long it counts, and what ends it."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from countersign.access.evidence import asking, jobs, noting, queries, rules, telling
from countersign.access.evidence.models import Allowance, Evidence, Look
from countersign.access.evidence.standing import meeting
from countersign.access.evidence.states import Source, Told
from countersign.audit.models import Entry
from tests.evidence.helping import EVIDENCE, account_of, end_first_days, shown
from tests.house import House, now


@pytest.mark.parametrize("source", [one for one in Source if one is not Source.STATEMENT])
def test_each_source_counts_for_its_own_time(source: Source, brewery: House) -> None:
    account, at = account_of(brewery), now()
    noting.note(EVIDENCE, account, source, seen_at=at, at=at)
    life = rules.SHELF_LIFE[source]
    assert meeting([account.pk], at + life - timedelta(seconds=1)) == {account.pk}
    assert not meeting([account.pk], at + life)


def test_a_look_from_before_it_was_seen_off_proves_nothing(brewery: House) -> None:
    account = account_of(brewery)
    shown(account)
    at = now()
    noting.contradict(EVIDENCE, account, Source.MAIL, seen_at=at, at=at)
    noting.note(EVIDENCE, account, Source.DRILL, seen_at=at - timedelta(minutes=1), at=at)
    assert not meeting([account.pk], now())
    assert Entry.objects.filter(event="evidence.late").count() == 1
    noting.note(EVIDENCE, account, Source.DRILL, seen_at=at + timedelta(seconds=1), at=at + timedelta(seconds=1))
    assert meeting([account.pk], now() + timedelta(seconds=2)) == {account.pk}


def test_no_statement_is_noted_without_two_people_not_even_by_sql(brewery: House) -> None:
    with pytest.raises(ValueError, match="two people"):
        noting.note(EVIDENCE, account_of(brewery), Source.STATEMENT, seen_at=now(), at=now())
    row = shown(account_of(brewery))
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=row.pk).update(source=Source.STATEMENT)


def test_the_worker_asks_a_day_apart_and_an_hour_after_a_failure(brewery: House) -> None:
    account, at = account_of(brewery), now()
    assert jobs.ask_networks(at) == 1
    assert jobs.ask_networks(at + timedelta(hours=23)) == 0
    brewery.network.stop()
    assert jobs.ask_networks(at + timedelta(hours=25)) == 1
    assert Look.objects.get(account=account).told == Told.FAILED
    assert jobs.ask_networks(at + timedelta(hours=25, minutes=59)) == 0
    brewery.network.start()
    assert jobs.ask_networks(at + timedelta(hours=26, minutes=1)) == 1
    assert Look.objects.get(account=account).told == Told.ON


def test_a_network_that_is_down_leaves_the_evidence_to_grow_older(brewery: House) -> None:
    account = account_of(brewery)
    asking.ask(EVIDENCE, account, at=now())
    before = queries.until(account, at=now())
    brewery.network.stop()
    assert asking.ask(EVIDENCE, account, at=now()) is Told.FAILED
    assert queries.until(account, at=now()) == before


def test_officers_are_told_once_before_it_ends_and_once_when_it_has(brewery: House) -> None:
    account = account_of(brewery)
    end_first_days()
    shown(account)
    at = now()
    assert telling.tell(jobs.NOTIFY, account, at=at) == 0
    soon, after = at + timedelta(days=85), at + timedelta(days=91)
    assert [telling.tell(jobs.NOTIFY, account, at=moment) for moment in (soon, soon, after, after)] == [1, 0, 1, 0]
    subjects = [one.subject for one in mail.outbox]
    assert len(subjects) == 2
    assert "ends on" in subjects[0]
    assert "publishes nothing" in subjects[1]


def test_my_work_of_an_officer_says_that_nothing_is_published(brewery: House) -> None:
    end_first_days()
    kim, ann = brewery.actor("Kim"), brewery.actor("Ann")
    assert [one.tone for one in queries.alerts(kim, at=now())] == ["bad"]
    assert not queries.alerts(ann, at=now())
    shown(account_of(brewery))
    assert not queries.alerts(kim, at=now())
    assert [one.tone for one in queries.alerts(kim, at=now() + timedelta(days=85))] == ["warn"]


def test_the_daily_answer_of_a_network_asks_nobody_for_anything(brewery: House) -> None:
    asking.ask(EVIDENCE, account_of(brewery), at=now())
    assert not Allowance.objects.in_force(now()).exists()
    assert not queries.alerts(brewery.actor("Kim"), at=now() + timedelta(days=1))
    assert queries.alerts(brewery.actor("Kim"), at=now() + timedelta(days=6))

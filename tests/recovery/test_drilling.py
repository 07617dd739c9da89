"""A reset drill is passed by the network's own mail within ten minutes, and by nothing else."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction

from countersign.access.grants.models import Account
from countersign.access.recovery import drilling, jobs, queries
from countersign.access.recovery.models import Drill, Event, Mailbox
from countersign.base.errors import Conflict, Refused
from countersign.people.models import Person
from tests.recovery.conftest import Post, account_of, as_actor, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def drill(account: Account, mailbox: Mailbox, kim: Person) -> Drill:
    return drilling.announce(as_actor(kim), account, at=now())


def state_of(drill: Drill) -> str:
    drill.refresh_from_db()
    return drill.state


def test_the_reset_mail_passes_the_drill_and_its_figure_is_kept(post: Post, drill: Drill) -> None:
    mail = post.mail("reset", drill.account, at=drill.announced_at + timedelta(seconds=42))
    assert (state_of(drill), drill.mail, drill.seconds) == ("passed", mail, 42.0)
    assert (mail.outcome, mail.because, Event.objects.count(), outbox.outbox) == ("explained", "drill", 0, [])


def test_a_second_reset_mail_is_not_explained_by_the_same_drill(post: Post, drill: Drill) -> None:
    post.mail("reset", drill.account)
    assert post.mail("reset", drill.account).outcome == "unexplained"


@pytest.mark.parametrize("content", [{"verdict": "forged"}, {"verdict": "unsure"}])
def test_a_mail_whose_signature_does_not_hold_passes_no_drill(post: Post, drill: Drill, content: dict[str, str]) -> None:
    post.mail("reset", drill.account, **content)
    assert state_of(drill) == "announced"


def test_a_mail_of_another_kind_or_account_or_from_before_passes_no_drill(post: Post, drill: Drill, kim: Person) -> None:
    post.mail("password_changed", drill.account)
    post.mail("reset", account_of(kim, "@other@linde.example"))
    post.mail("reset", drill.account, at=drill.announced_at - timedelta(minutes=1))
    assert state_of(drill) == "announced"


def test_without_a_mail_it_fails_after_ten_minutes_and_officers_are_told_where_to_look(post: Post, drill: Drill, tom: Person) -> None:
    post.brings(at=drill.until + timedelta(seconds=1))
    assert jobs.end_drills(drill.until - timedelta(seconds=1)) == 0
    assert jobs.end_drills(drill.until + timedelta(seconds=1)) == 1
    assert (state_of(drill), drill.why) == ("failed", drilling.NOTHING_CAME)
    jobs.tell_again(now())
    assert {one.to[0] for one in outbox.outbox} == {"kim@delinde.example", "tom@delinde.example"}
    assert "unwanted mail" in outbox.outbox[0].body


def test_a_mail_that_arrived_in_time_and_is_read_late_passes(post: Post, drill: Drill) -> None:
    assert jobs.end_drills(drill.until + timedelta(seconds=30)) == 0  # the mailbox was not read since: there may be one
    post.brings(post.content("reset", drill.account, at=drill.until), at=drill.until + timedelta(seconds=40))
    assert state_of(drill) == "passed"


def test_a_mailbox_that_is_not_read_fails_the_drill_and_is_what_one_looks_at(drill: Drill) -> None:
    assert jobs.end_drills(drill.until + timedelta(minutes=3)) == 1
    assert (state_of(drill), drill.why) == ("failed", drilling.NOT_READ)


@pytest.mark.parametrize(("verdict", "why"), [("forged", drilling.FORGED_CAME), ("genuine", drilling.ELSEWHERE)])
def test_what_came_instead_is_told(post: Post, drill: Drill, verdict: str, why: str) -> None:
    post.mail("reset", drill.account if verdict == "forged" else None, verdict=verdict)
    post.brings(at=drill.until + timedelta(seconds=1))
    jobs.end_drills(drill.until + timedelta(seconds=2))
    assert (state_of(drill), drill.why) == ("failed", why)


def test_a_drill_that_was_called_off_explains_nothing(post: Post, drill: Drill, kim: Person) -> None:
    drilling.cancel(as_actor(kim), drill, at=now())
    assert (post.mail("reset", drill.account).outcome, state_of(drill)) == ("unexplained", "cancelled")
    with pytest.raises(Conflict):
        drilling.cancel(as_actor(kim), drill, at=now())


def test_two_drills_of_an_account_do_not_run_at_once(drill: Drill, kim: Person) -> None:
    with pytest.raises(Conflict, match="under way"):
        drilling.announce(as_actor(kim), drill.account, at=now())


def test_without_a_mailbox_that_is_read_no_drill_begins(account: Account, kim: Person) -> None:
    with pytest.raises(Conflict, match="No role mailbox"):
        drilling.announce(as_actor(kim), account, at=now())


def test_only_officers_announce(account: Account, mailbox: Mailbox, ann: Person, olu: Person) -> None:
    for person in (ann, olu):
        with pytest.raises(Refused):
            drilling.announce(as_actor(person), account, at=now())


def test_no_drill_is_passed_without_a_mail(drill: Drill) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Drill.objects.filter(pk=drill.pk).update(state="passed")


def titles(person: Person, **later: float) -> list[str]:
    return [one.title for one in queries.alerts(as_actor(person), at=now() + timedelta(**later))]


def test_my_work_reminds_of_a_drill_that_is_due_every_ninety_days(post: Post, drill: Drill, kim: Person, ann: Person) -> None:
    assert titles(kim) == []  # under way
    post.mail("reset", drill.account)
    assert titles(kim, days=89) == []
    assert titles(kim, days=91) == ["A reset drill is due"]
    assert titles(ann, days=91) == []


def test_my_work_shows_what_is_not_explained_and_what_is_not_read(post: Post, account: Account, kim: Person) -> None:
    post.event("reset", account)
    jobs.notice_silence(now() + timedelta(minutes=16))
    assert [title.partition(":")[0] for title in titles(kim)] == ["Not explained", "Not read", "A reset drill is due"]

"""The log as people read it."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Role
from countersign.audit import erasing
from countersign.audit.models import Entry
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor, Visitor
from countersign.base.errors import Refused
from countersign.content.posts.models import Post
from countersign.desk import diary as diaries
from countersign.desk.diary import Filter, diary, read_filter
from tests.signing_in import made, signed_in

pytestmark = pytest.mark.django_db

POST = "post:0b9d2c6e-12ab-4f0f-9c1d-6a7b8c9d0e1f"


@pytest.fixture
def ann():
    return made("Ann")


@pytest.fixture
def ben():
    return made("Ben")


@pytest.fixture
def linde(ann, at):
    return Account.objects.create(
        network="practice", origin="http://127.0.0.1:1", remote_id="1", handle="delinde", connected_by=ann, connected_at=at,
        state="connected", state_since=at,
    )  # fmt: skip


@pytest.fixture
def history(ann, ben, linde, at):
    """Ann drafts on one day, Ben countersigns on the next, and Olu is refused."""
    with recorded(ann.as_actor(), at=at) as record:
        record("post.drafted", POST, account=linde)
        record("person.invited", ben, personal={"email": "ben@delinde.example"})
    with recorded(ben.as_actor(), at=at + timedelta(days=1)) as record:
        record("post.approved", POST, account=linde)
    with pytest.raises(Refused), recorded(Visitor(), at=at + timedelta(days=1), matter=POST):
        raise Refused("{name} is not signed in.", name="Olu")


def sentences(chosen: Filter) -> list[str]:
    return [f"{line.who} {line.sentence}" for day in diary(chosen).days for line in day.lines]


def test_it_reads_newest_first_by_days(history):
    assert [day.day for day in diary(Filter()).days] == [date(2026, 11, 25), date(2026, 11, 24)]
    assert sentences(Filter()) == [
        "A visitor was refused, on the post 0b9d2c6e: … is not signed in.",
        "Ben countersigned the post 0b9d2c6e",
        "Ann invited Ben",
        "Ann drafted the post 0b9d2c6e",
    ]


def test_refusals_are_marked(history):
    lines = [line for day in diary(Filter()).days for line in day.lines]
    assert [line.is_refusal for line in lines] == [True, False, False, False]


def test_a_line_names_the_account_it_was_for(history):
    lines = [line for day in diary(Filter()).days for line in day.lines]
    assert [line.account for line in lines] == ["", "@delinde", "", "@delinde"]


def test_by_person_it_shows_what_they_did_and_what_was_done_about_them(history, ben):
    assert sentences(Filter(person=str(ben.uid))) == ["Ben countersigned the post 0b9d2c6e", "Ann invited Ben"]


def test_by_account_it_shows_that_account(history, linde):
    shown = sentences(Filter(account=str(linde.uid)))
    assert shown == ["Ben countersigned the post 0b9d2c6e", "Ann drafted the post 0b9d2c6e"]


def test_by_day_it_shows_the_day_of_the_house_not_of_the_clock_in_greenwich(ann, at, settings):
    settings.TIME_ZONE = "Europe/Brussels"
    late = at.replace(hour=23, minute=30)
    with recorded(ann.as_actor(), at=late) as record:
        record("post.drafted", POST)
    assert len(sentences(Filter(day=date(2026, 11, 25)))) == 1
    assert sentences(Filter(day=date(2026, 11, 24))) == []


def test_it_turns_pages_without_losing_or_repeating_an_entry(ann, at):
    with recorded(ann.as_actor(), at=at) as record:
        for number in range(diaries.PAGE * 2 + 1):
            record("post.drafted", f"post:{number}")
    seen, before, pages = [], None, 0
    while True:
        page = diary(Filter(before=before))
        seen += [line.number for day in page.days for line in day.lines]
        pages += 1
        if page.older is None:
            break
        before = page.older
    assert pages == 3
    assert seen == list(range(diaries.PAGE * 2 + 1, 0, -1))


def test_a_page_costs_the_same_few_queries_however_long_it_is(history, ann, at, django_assert_num_queries):
    with recorded(ann.as_actor(), at=at) as record:
        for number in range(90):
            record("post.drafted", f"post:{number}")
    with django_assert_num_queries(6):  # one of them for the names of the posts
        diary(Filter())


def test_personal_data_are_shown_and_their_absence_is_told(history, ann, ben, at):
    before = [line for day in diary(Filter(person=str(ben.uid))).days for line in day.lines][-1]
    with recorded(ann.as_actor(), at=at) as record:
        erasing.erase(record, erasing.about(ben.label), matter=ben)
    after = [line for day in diary(Filter(person=str(ben.uid))).days for line in day.lines][-1]
    assert (before.personal, before.is_erased) == ((("mail address", "ben@delinde.example"),), False)
    assert (after.personal, after.is_erased) == ((), True)


def test_a_person_who_is_gone_and_a_duty_have_names_too(at):
    with recorded(DutyActor("release"), at=at) as record:
        record("person.locked", "person:00000000-0000-4000-8000-000000000000")
    assert sentences(Filter()) == ["Countersign (release) locked Somebody no longer known"]


def test_it_tells_what_was_signed_not_what_a_column_says(history):
    Entry.objects.filter(number=3).update(event="post.rejected", actor="person:nobody")
    assert "Ben countersigned the post 0b9d2c6e" in sentences(Filter())


@pytest.mark.parametrize(
    "given",
    [{"person": "'; DROP"}, {"account": "x"}, {"day": "tomorrow"}, {"day": "9999-12-31"}, {"before": "-1"}, {"before": "9" * 99}],
)
def test_a_filter_that_is_not_understood_does_not_filter(given):
    assert read_filter(given) == Filter()


def test_the_auditor_reads_it(history, at):
    sam = made("Sam")
    Grant.objects.create(person=sam, account=None, role=Role.AUDITOR, given_at=at)
    with signed_in(sam) as browser:
        page = browser.get(reverse("audit"), {"day": "2026-11-25"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "countersigned the post 0b9d2c6e" in text
    assert "Refused" in text
    assert "invited" not in text


def test_an_author_is_refused_and_that_is_recorded(history, ann, at):
    Grant.objects.create(person=ann, account=None, role=Role.AUTHOR, given_at=at)
    with signed_in(ann) as browser:
        page = browser.get(reverse("audit"))
    refusal = Entry.objects.order_by("-number")[0]
    assert page.status_code == 403
    assert (refusal.event, refusal.actor) == ("act.refused", ann.label)


def test_what_people_wrote_cannot_become_markup(ann, at):
    sam = made("Sam")
    Grant.objects.create(person=sam, account=None, role=Role.AUDITOR, given_at=at)
    with recorded(ann.as_actor(), at=at) as record:
        record("person.sign_in_failed", "visitor", personal={"email": "<script>alert(1)</script>"})
    with signed_in(sam) as browser:
        text = browser.get(reverse("audit")).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_post_is_called_by_its_title(history, ann, at):
    Post.objects.create(uid=POST.removeprefix("post:"), author=ann, title="Lentebier", drafted_at=at, edited_at=at, state="draft", state_since=at)
    assert "Ben countersigned the post “Lentebier”" in sentences(Filter())


def test_kinds_and_decisions_are_said_in_words(ann, at):
    with recorded(ann.as_actor(), at=at) as record:
        record("factor.used", ann, kind="totp")
        record("comment.decided", "comment:0b9d2c6e-12ab-4f0f-9c1d-6a7b8c9d0e1f", decision="hide")
    assert sentences(Filter()) == [
        "Ann decided the comment 0b9d2c6e: it is hidden", "Ann showed a second factor: code from an app",
    ]

"""What the page of a post and the page of its review tell people."""
from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.base.errors import Invalid
from countersign.content.posts import drafting, releasing, submitting
from countersign.content.posts.drafting import Content
from countersign.content.posts.models import Post
from countersign.content.posts.queries import reviewing
from countersign.content.posts.queries.composing import compose
from countersign.content.posts.queries.reviewing import checks
from countersign.content.posts.queries.standing import post_page
from tests.house import House, now


def test_a_deleted_post_says_that_it_is_deleted_and_leads_nowhere(brewery: House) -> None:
    ann = brewery.actor("Ann")
    delivery = brewery.approved(ann, brewery.actor("Ben"), "Zaterdag open dag.", brewery.account)
    brewery.release()
    delivery.refresh_from_db()
    releasing.withdraw(ann, delivery, at=now())
    page = post_page(ann, Post.objects.get(), at=now())
    assert (page.state, page.deliveries[0].url) == ("deleted", "")
    assert "Deleted from @delinde" in [event.text for event in page.events]


def test_a_recalled_post_shows_no_signature_for_none_counts(brewery: House) -> None:
    ann = brewery.actor("Ann")
    delivery = brewery.approved(ann, brewery.actor("Ben"), "Zaterdag open dag.", brewery.account)
    assert len(post_page(ann, delivery.post, at=now()).signatures) == 1
    releasing.recall(ann, delivery.post, at=now())
    assert post_page(ann, Post.objects.get(), at=now()).signatures == ()


def test_a_reviewer_sees_what_is_open_first_and_the_traces_as_one() -> None:
    traces = [{"kind": "traces", "weight": "ok", "what": what, "facts": {}} for what in ("The camera.", "The place.", "The camera.")]
    shown = checks([*traces, {"kind": "alt_text", "weight": "look", "what": "One picture has no description.", "facts": {}}])
    assert [(one.tone, one.title, one.text) for one in shown] == [
        ("warn", "One picture has no description.", ""), ("ok", "Taken out of the picture", "The camera. The place."),
    ]


def test_only_the_account_that_was_spoken_to_can_answer(brewery: House) -> None:
    mia, other = brewery.actor("Mia"), brewery.connect(brewery.actor("Kim"), "delinde_cafe")
    answers = {"account": str(brewery.account.uid), "reply_to": None}
    content = Content(texts={str(other.uid): "Ja, overal gelijkvloers."}, answers=answers)
    post = drafting.draft(mia, content, at=now())
    assert [wording.account.handle for wording in compose(mia, post).wordings] == ["@delinde"]
    with pytest.raises(Invalid, match="cannot answer"):
        submitting.submit(mia, post, at=now())


def test_the_reviewer_sees_every_signed_thing_that_changed_since_the_last_signature(brewery: House) -> None:
    ann, ben, kim = (brewery.actor(name) for name in ("Ann", "Ben", "Kim"))
    account = brewery.account  # type: ignore[attr-defined]
    post = brewery.write(ann, "Zaterdag open dag.", account)
    submitting.submit(ann, post, at=now())
    brewery.sign(ben, post)
    releasing.recall(ann, post, at=now())
    post.refresh_from_db()
    uid = str(account.uid)
    content = Content(texts={uid: "Zaterdag open dag."}, languages={uid: "nl"}, release_at=now() + timedelta(days=1))
    drafting.edit(ann, post, content, seen=post.edited_at, at=now())
    submitting.submit(ann, post, at=now())
    shown = reviewing.review(kim, post, at=now()).changes
    assert [change.label for change in shown] == ["@delinde · language", "@delinde · not before"]


def test_author_and_reviewer_see_what_the_words_give_away_each_thing_once(brewery: House) -> None:
    ann, kim = brewery.actor("Ann"), brewery.actor("Kim")
    other = brewery.connect(kim, "delinde_cafe")
    words = {str(account.uid): "Bel Tom op 0475 12 34 56, wachtwoord: Zomer2026!" for account in (brewery.account, other)}
    post = drafting.draft(ann, Content(texts=words), at=now())
    told = [(one.tone, one.title) for one in compose(ann, post).given_away]
    assert told == [("warn", "Phone number: “0475 12 34 56”"), ("warn", "Password: “Zomer2026!”")]
    submitting.submit(ann, post, at=now())
    page = reviewing.review(brewery.actor("Ben"), post, at=now())
    assert [(one.tone, one.title) for one in page.given_away] == told
    assert all(one.title not in {check.title for check in page.checks} for one in page.given_away), "nothing has to be answered yet"


def test_what_is_typed_is_looked_at_before_it_is_saved_and_long_keys_are_cut_short(brewery: House) -> None:
    ann, uid = brewery.actor("Ann"), str(brewery.account.uid)
    key = "-----BEGIN PRIVATE KEY-----\n" + "A1b2" * 40 + "\n-----END PRIVATE KEY-----"
    assert compose(ann, None, {"accounts": [uid], f"text-{uid}": "Zaterdag open dag vanaf 14u."}).given_away == ()
    (shown,) = compose(ann, None, {"accounts": [uid], f"text-{uid}": f"Zie {key}"}).given_away
    assert shown.title.startswith("Key: “-----BEGIN PRIVATE KEY-----")
    assert len(shown.title) < 80

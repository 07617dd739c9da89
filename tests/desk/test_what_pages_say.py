"""What pages say after an act, what is refused on them with its reason, and where one goes on from there."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Role
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict, Invalid
from countersign.content.comments import deciding
from countersign.content.comments.models import Comment
from countersign.content.posts import approving, drafting, submitting
from countersign.content.posts.drafting import Content
from countersign.content.posts.models import Delivery, Post
from countersign.people.models import Person
from countersign.policy.charter.adopting import adopt_default
from countersign.policy.charter.queries import clauses
from tests.signing_in import made, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def ann() -> Person:
    return made("Ann")


@pytest.fixture
def linde(ann: Person) -> Account:
    account = Account.objects.create(
        network="practice", origin="http://127.0.0.1:1", remote_id="1", handle="@delinde", connected_by=ann, connected_at=AT,
        state="connected", state_since=AT, limits={"characters": 500, "attachments": 4, "image_bytes": 9_000_000, "alt_characters": 1500},
    )  # fmt: skip
    Grant.objects.create(person=ann, account=account, role=Role.AUTHOR, given_at=AT)
    return account


def one_of_the_cast(name: str, role: Role, account: Account | None) -> Person:
    person = made(name)
    Grant.objects.create(person=person, account=account, role=role, given_at=AT)
    return person


def written(ann: Person, linde: Account, title: str = "Lentebier") -> Post:
    content = Content(texts={str(linde.uid): "Ons lentebier is er weer."}, title=title)
    return drafting.draft(ann.as_actor(), content, at=AT)


def text_of(client: Client, url: str, **data: str) -> str:
    return client.get(url, data).content.decode()


# --- the rail ----------------------------------------------------------------------------------------------------------


def test_who_audits_one_account_sees_what_is_about_the_house_closed_with_its_reason(linde: Account) -> None:
    with signed_in(one_of_the_cast("Sam", Role.AUDITOR, linde)) as client:
        page = text_of(client, reverse("home"))
        refusal = text_of(client, reverse("audit"))
    assert f'href="{reverse("audit")}"' not in page
    assert "Takes a role for the whole house." in page
    assert "Your role is for single accounts; this is about the whole house." in refusal


def test_who_audits_the_house_may_follow_every_item(linde: Account) -> None:
    with signed_in(one_of_the_cast("Sam", Role.AUDITOR, None)) as client:
        page = text_of(client, reverse("home"))
    assert f'href="{reverse("audit")}"' in page
    assert "Takes a role for the whole house." not in page


# --- composing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "remedy"), [(Role.OFFICER, "You can give it on the account"), (Role.AUDITOR, "Ask a security officer for it.")])
def test_who_may_not_write_is_told_which_role_can_and_what_to_do(linde: Account, role: Role, remedy: str) -> None:
    with signed_in(one_of_the_cast("Kim", role, None)) as client:
        home, refused = text_of(client, reverse("home")), client.get(reverse("posts:new"))
    assert refused.status_code == 403
    for page in (home, refused.content.decode()):
        assert "Writing posts takes the role of author, moderator or reviewer on an account." in page
        assert remedy in page


def test_an_author_without_a_connected_account_is_told_whom_to_ask(ann: Person, linde: Account) -> None:
    Account.objects.update(state="disconnected")
    with signed_in(ann) as client:
        page = text_of(client, reverse("posts:new"))
    assert "Your accounts are not connected" in page


def test_a_draft_into_which_nothing_was_written_is_not_kept(ann: Person, linde: Account) -> None:
    ticked = {"accounts": str(linde.uid), f"text-{linde.uid}": "  "}
    with signed_in(ann) as client:
        saved = client.post(reverse("posts:autosave-new"), ticked, headers={"Accept": "application/json"})
        pressed = client.post(reverse("posts:edit-new"), ticked | {"do": "save"})
    assert saved.json() == {"saved_at": None, "revision": 0}
    assert (pressed.status_code, "There is nothing to keep yet." in pressed.content.decode()) == (422, True)
    assert not Post.objects.exists()


def test_a_draft_that_was_emptied_is_called_so_and_can_be_deleted_where_it_stands(ann: Person, linde: Account) -> None:
    post = written(ann, linde, title="")
    drafting.edit(ann.as_actor(), post, Content(texts={str(linde.uid): ""}), seen=post.edited_at, at=AT + timedelta(minutes=1))
    with signed_in(ann) as client:
        for url in (reverse("posts:list"), reverse("home")):
            page = text_of(client, url)
            assert "Empty draft" in page
            assert reverse("posts:discard", args=[post.uid]) in page
        client.post(reverse("posts:discard", args=[post.uid]))
    assert not Post.objects.exists()


def test_what_was_submitted_once_is_not_deleted(ann: Person, linde: Account) -> None:
    post = written(ann, linde)
    submitting.submit(ann.as_actor(), post, at=AT)
    submitting.withdraw(ann.as_actor(), post, at=AT)
    with pytest.raises(Conflict, match="submitted before"):
        drafting.discard(ann.as_actor(), post, at=AT)
    assert Post.objects.exists()


# --- reviewing ---------------------------------------------------------------------------------------------------------


def test_after_sending_one_back_the_page_says_so_and_leads_to_the_next(ann: Person, linde: Account) -> None:
    ben = one_of_the_cast("Ben", Role.REVIEWER, linde)
    first, second = written(ann, linde), written(ann, linde, title="Herfstbok")
    for post in (first, second):
        submitting.submit(ann.as_actor(), post, at=AT)
    with signed_in(ben) as client:
        answer = client.post(reverse("posts:ask-for-changes", args=[first.uid]), {"words": "Noem de dag."})
        page = text_of(client, answer["Location"])
        client.post(reverse("posts:reject", args=[second.uid]), {"words": "Niet nu."})
        last = text_of(client, reverse("posts:post", args=[second.uid]), told="rejected")
    assert "Sent back with your words" in page
    assert "Next: Herfstbok" in page
    assert "Rejected, with your words" in last
    assert "Nothing else waits for your signature" in last


def test_nobody_is_told_that_they_did_what_somebody_else_did(ann: Person, linde: Account) -> None:
    ben = one_of_the_cast("Ben", Role.REVIEWER, linde)
    post = written(ann, linde)
    submitting.submit(ann.as_actor(), post, at=AT)
    approving.reject(ben.as_actor(), post, "Niet nu.", at=AT)
    with signed_in(ann) as client:
        page = text_of(client, reverse("posts:post", args=[post.uid]), told="rejected")
    assert "Rejected, with your words" not in page
    assert "Ben has rejected it" in page


def test_a_check_that_is_open_is_named_on_the_way_to_the_review(ann: Person, linde: Account) -> None:
    post = written(ann, linde)
    revision = submitting.submit(ann.as_actor(), post, at=AT)
    revision.findings.append({"kind": "alt_text", "weight": "look", "what": "{count} picture has no description.", "facts": {"count": "1"}})
    revision.save()
    with signed_in(ann) as client:
        page = text_of(client, reverse("posts:post", args=[post.uid]))
    assert "Open the review · 1 check open" in page
    assert "1 picture has no description." in page


@pytest.mark.parametrize(
    ("states", "shown"),
    [(["published", "published"], "Published"), (["deleted", "deleted"], "Deleted"), (["published", "failed"], "Published in part"),
     (["failed", "failed"], "Not published")],
)  # fmt: skip
def test_the_list_says_what_became_of_a_post(ann: Person, linde: Account, states: list[str], shown: str) -> None:
    post = written(ann, linde)
    revision = submitting.submit(ann.as_actor(), post, at=AT)
    for number, state in enumerate(states):
        account = linde if number == 0 else Account.objects.create(
            network="practice", origin="http://127.0.0.1:1", remote_id="2", handle="@delinde_fr", connected_by=ann, connected_at=AT,
            state="connected", state_since=AT,
        )
        Delivery.objects.create(
            uid=f"00000000-0000-4000-8000-00000000000{number}", post=post, revision=revision, account=account, request={},
            state=state, state_since=AT, due_at=AT, remote_id="1" if state == "published" else "", signed_digest="0",
        )
    Post.objects.update(state="done")
    with signed_in(ann) as client:
        page = text_of(client, reverse("posts:list"))
    assert f"</svg>{shown}</span>" in page


# --- comments ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def mia(linde: Account) -> Iterator[Client]:
    adopt_default(DutyActor("start"), at=AT)
    with signed_in(one_of_the_cast("Mia", Role.MODERATOR, linde)) as client:
        yield client


def wrote(linde: Account, name: str, text: str) -> Comment:
    return Comment.objects.create(
        account=linde, remote_id=f"r-{name}", root="1", parent="1", author_id=name, author_handle=f"@{name.lower()}", author_name=name,
        text=text, written_at=AT, collected_at=AT, state="waiting", state_since=AT, url="http://127.0.0.1:1/posts/1",
    )  # fmt: skip


def test_after_a_decision_it_is_told_with_its_clause_over_the_next_comment(linde: Account, mia: Client) -> None:
    first, second = wrote(linde, "Noor", "Is er parking?"), wrote(linde, "Joke", "Proficiat!")
    answer = mia.post(reverse("comments:decide", args=[first.uid]), {"deed": "keep", "clause": "K2"})
    page = text_of(mia, answer["Location"])
    assert answer["Location"].startswith(reverse("comments:comment", args=[second.uid]))
    assert "Kept, by clause K2 Questions get an answer" in page
    assert "“Is er parking?” of Noor." in page


def test_what_must_be_done_by_hand_is_told_with_its_address_and_the_way_on(linde: Account, mia: Client) -> None:
    first, second = wrote(linde, "Noor", "Bel 0470 12 34 56"), wrote(linde, "Joke", "Proficiat!")
    mia.post(reverse("comments:decide", args=[first.uid]), {"deed": "keep", "clause": "K1"})
    decision = first.decisions.get()
    type(decision).objects.update(deed="hide")
    Comment.objects.filter(pk=first.pk).update(state="by_hand")
    page = text_of(mia, reverse("comments:comment", args=[first.uid]), told=str(first.uid))
    assert "To do by hand: hide, by clause K1" in page
    assert first.url in page
    assert reverse("comments:comment", args=[second.uid]) in page
    done = mia.post(reverse("comments:by-hand", args=[first.uid]))
    assert "You have done it there by hand." in text_of(mia, done["Location"])


def test_a_decision_without_its_clause_keeps_what_was_chosen(linde: Account, mia: Client) -> None:
    comment = wrote(linde, "Noor", "Is er parking?")
    answer = mia.post(reverse("comments:decide", args=[comment.uid]), {"deed": "hide", "words": "Kijk even, Sam"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="hide" required checked' in page
    assert "Kijk even, Sam" in page


def test_nothing_is_hidden_by_a_clause_by_which_it_stays(linde: Account, mia: Client) -> None:
    comment = wrote(linde, "Noor", "Trop sucrée à mon goût.")
    stays = next(clause for clause in clauses() if clause.stays)
    with pytest.raises(Invalid, match="By this clause a comment stays"):
        deciding.decide(Person.objects.get(name="Mia").as_actor(), comment, "hide", stays, at=AT)
    answer = mia.post(reverse("comments:decide", args=[comment.uid]), {"deed": "hide", "clause": stays.code})
    assert (answer.status_code, "Choose the clause that it breaks." in answer.content.decode()) == (422, True)
    comment.refresh_from_db()
    assert comment.state == "waiting"


# --- inviting and the log ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("accounts", "words"), [([], "Choose on which accounts."), (["", "one"], "Choose either every account, or single ones.")])
def test_an_invitation_says_clearly_on_which_accounts(linde: Account, accounts: list[str], words: str) -> None:
    chosen = [str(linde.uid) if account else "" for account in accounts]
    typed = {"name": "Tom", "email": "tom@delinde.example", "role": "auditor", "account": chosen, "language": "en"}
    with signed_in(one_of_the_cast("Kim", Role.OFFICER, None)) as client:
        answer = client.post(reverse("grants:invite"), typed)
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (422, True)
    assert 'value="auditor" checked' in page
    assert not Person.objects.filter(name="Tom").exists()


def test_the_first_officers_missing_address_is_told_in_words() -> None:
    from countersign.config.command import _first_officer_link

    _first_officer_link()
    with signed_in(one_of_the_cast("Sam", Role.AUDITOR, None)) as client:
        page = text_of(client, reverse("audit"))
    assert "invalid.example" not in page
    assert "mail address: not given yet" in page

"""What readers say under our posts: collected in depth, hidden, shown, deleted."""
from __future__ import annotations

import pytest

from countersign.base.errors import Rejected, Unreachable
from countersign.base.values import RemoteId
from countersign.networks.contract import RemoteComment
from countersign.networks.practice import reading
from countersign.networks.practice.connector import Practice
from tests.practice.conftest import Connected
from tests.practice.words import publication


def _comments(linde: Connected, root: str) -> dict[str, RemoteComment]:
    return {one.remote_id: one for one in Practice().thread(linde.client, RemoteId(root)).comments}


def _page_has(linde: Connected, root: str, words: str) -> bool:
    return words in linde.network.page(f"/posts/{root}")


@pytest.fixture
def root(linde: Connected) -> RemoteId:
    """A post of ours."""
    return RemoteId(linde.publish(publication("Wat drink jij vanavond?")))


def test_replies_are_collected_in_depth(linde: Connected, root: RemoteId) -> None:
    above, whole = root, []
    for number in range(12):
        above = RemoteId(linde.network.reply_as("Joke Peeters", above, f"Antwoord {number}"))
        whole.append(above)
    comments = _comments(linde, root)
    assert list(comments) == whole
    assert comments[whole[11]].parent == whole[10]
    assert {one.on for one in comments.values()} == {root}


def test_a_thread_is_whole(linde: Connected, root: RemoteId) -> None:
    assert Practice().thread(linde.client, root).is_whole


def test_a_comment_says_who_wrote_what_when(linde: Connected, root: RemoteId) -> None:
    reply = linde.network.reply_as("Émile Fontaine", root, "Une bière <b>blonde</b>, s’il vous plaît")
    comment = _comments(linde, root)[reply]
    assert (comment.author_name, comment.author_handle) == ("Émile Fontaine", "@emile")
    assert comment.text == "Une bière <b>blonde</b>, s’il vous plaît"
    assert comment.url == f"{linde.network.origin}/posts/{reply}"
    assert comment.at.tzinfo is not None
    assert not comment.is_ours


def test_a_reader_can_be_invented(linde: Connected, root: RemoteId) -> None:
    reply = linde.network.reply_as("Zoë de Boer", root, "Voor mij een tripel")
    assert _comments(linde, root)[reply].author_handle == "@zoe_de_boer"


def test_an_edit_by_its_writer_is_told(linde: Connected, root: RemoteId) -> None:
    reply = linde.network.reply_as("Greta Vogel", root, "Ein Bier")
    linde.network.edit_as("Greta Vogel", reply, "Zwei Bier")
    comment = _comments(linde, root)[reply]
    assert comment.text == "Zwei Bier"
    assert comment.edited_at is not None
    assert comment.edited_at > comment.at


def test_a_deletion_by_its_writer_is_told_and_what_stands_under_it_stays(linde: Connected, root: RemoteId) -> None:
    reply = linde.network.reply_as("Greta Vogel", root, "Das war falsch")
    under = linde.network.reply_as("Noor Haddad", reply, "Why?")
    linde.network.delete_as("Greta Vogel", reply)
    assert list(_comments(linde, root)) == [under]
    assert not _page_has(linde, root, "Das war falsch")
    assert _page_has(linde, root, "This reply has been deleted.")


def test_nobody_edits_the_reply_of_another_reader(linde: Connected, root: RemoteId) -> None:
    reply = linde.network.reply_as("Greta Vogel", root, "Ein Bier")
    url = f"{linde.network.origin}/replies/{reply}/edit"
    assert linde.network.browser.post(url, data={"reader": "joke", "text": "Gekaapt"}).status_code == 403
    assert _comments(linde, root)[reply].text == "Ein Bier"


def test_nobody_plays_a_company(linde: Connected, root: RemoteId) -> None:
    url = f"{linde.network.origin}/posts/{root}/replies"
    assert linde.network.browser.post(url, data={"reader": "delinde", "text": "Gekaapt"}).status_code == 403
    assert _comments(linde, root) == {}


def test_a_reply_that_is_too_long_keeps_its_words_in_the_form(linde: Connected, root: RemoteId) -> None:
    url = f"{linde.network.origin}/posts/{root}/replies"
    answer = linde.network.browser.post(url, data={"reader": "joke", "text": "lang " * 101})
    assert answer.status_code == 422
    assert "at most 500 characters" in answer.text
    assert "lang " * 100 in answer.text


def test_a_reply_sent_from_another_site_is_refused(linde: Connected, root: RemoteId) -> None:
    url, headers = f"{linde.network.origin}/posts/{root}/replies", {"Sec-Fetch-Site": "same-site"}
    answer = linde.network.browser.post(url, data={"reader": "joke", "text": "Gekaapt"}, headers=headers)
    assert answer.status_code == 403
    assert _comments(linde, root) == {}


def test_a_hidden_reply_is_gone_for_readers_with_what_stands_under_it(linde: Connected, root: RemoteId) -> None:
    reply = RemoteId(linde.network.reply_as("Joke Peeters", root, "Lelijk woord"))
    under = linde.network.reply_as("Noor Haddad", reply, "Daaronder")
    Practice().hide(linde.client, reply, root=root)
    assert not _page_has(linde, root, "Lelijk woord")
    assert not _page_has(linde, root, "Daaronder")
    assert linde.network.browser.get(f"{linde.network.origin}/posts/{under}").status_code == 404
    assert _comments(linde, root)[reply].is_hidden


def test_a_reply_that_is_shown_again_is_there_for_readers(linde: Connected, root: RemoteId) -> None:
    reply = RemoteId(linde.network.reply_as("Joke Peeters", root, "Toch niet lelijk"))
    Practice().hide(linde.client, reply, root=root)
    Practice().show(linde.client, reply, root=root)
    assert _page_has(linde, root, "Toch niet lelijk")
    assert not _comments(linde, root)[reply].is_hidden


def test_hiding_twice_is_no_error(linde: Connected, root: RemoteId) -> None:
    reply = RemoteId(linde.network.reply_as("Joke Peeters", root, "Lelijk woord"))
    Practice().hide(linde.client, reply, root=root)
    Practice().hide(linde.client, reply, root=root)
    assert _comments(linde, root)[reply].is_hidden


def test_a_deleted_reply_is_gone_and_deleting_twice_is_no_error(linde: Connected, root: RemoteId) -> None:
    reply = RemoteId(linde.network.reply_as("Joke Peeters", root, "Reclame"))
    Practice().delete_comment(linde.client, reply)
    Practice().delete_comment(linde.client, reply)
    assert _comments(linde, root) == {}
    assert not _page_has(linde, root, "Reclame")


@pytest.mark.parametrize("act", ["hide", "delete"])
def test_nobody_moderates_under_the_post_of_another_account(linde: Connected, root: RemoteId, act: str) -> None:
    reply = RemoteId(linde.network.reply_as("Joke Peeters", root, "Blijft staan"))
    other = linde.network.client(linde.network.connect("delinde"))
    acts = {"hide": lambda: Practice().hide(other, reply, root=root), "delete": lambda: Practice().delete_comment(other, reply)}
    with pytest.raises(Rejected, match="403"):
        acts[act]()
    assert _page_has(linde, root, "Blijft staan")


def test_a_post_of_ours_cannot_be_hidden(linde: Connected, root: RemoteId) -> None:
    with pytest.raises(Rejected, match="403"):
        Practice().hide(linde.client, root, root=root)


def test_news_names_the_roots_where_something_happened(linde: Connected, root: RemoteId) -> None:
    quiet = linde.publish(publication("Hier gebeurt niets"))
    linde.network.reply_as("Joke Peeters", root, "Een tripel")
    mentions = Practice().mentions(linde.client, cursor="")
    assert mentions.roots == (root,)
    assert quiet not in mentions.roots


def test_our_own_answer_is_no_news(linde: Connected, root: RemoteId) -> None:
    linde.publish(publication("Onze eigen aanvulling", answers=root))
    assert Practice().mentions(linde.client, cursor="").roots == ()


def test_edits_and_deletions_are_news(linde: Connected, root: RemoteId) -> None:
    reply = linde.network.reply_as("Joke Peeters", root, "Een tripel")
    linde.network.edit_as("Joke Peeters", reply, "Een dubbel")
    linde.network.delete_as("Joke Peeters", reply)
    news = linde.client.request("GET", "/api/v1/notifications").json()["notifications"]
    assert [one["kind"] for one in news] == ["reply", "edited", "deleted"]


def test_news_is_read_on_from_the_cursor_with_overlap(linde: Connected, root: RemoteId) -> None:
    for number in range(60):
        linde.network.reply_as("Joke Peeters", root, f"Antwoord {number}")
    cursor = Practice().mentions(linde.client, cursor="").cursor
    later = RemoteId(linde.publish(publication("Nog een vraag")))
    linde.network.reply_as("Joke Peeters", later, "Nog een antwoord")
    mentions = Practice().mentions(linde.client, cursor=cursor)
    assert mentions.roots == (root, later)
    assert int(mentions.cursor) == int(cursor) + 1


@pytest.mark.parametrize("answer", [{}, {"id": "1"}, {"id": "1", "parent": "1", "account": "joke"}])
def test_a_comment_without_its_parts_is_no_usable_answer(answer: dict[str, object]) -> None:
    with pytest.raises(Unreachable), reading.understood():
        reading.comment(answer, root=RemoteId("1"), ours=RemoteId("2"))


def test_nonsense_instead_of_a_thread_is_no_usable_answer(linde: Connected, root: RemoteId) -> None:
    linde.network.control(applies_to="everything", nonsense_next=1)
    with pytest.raises(Unreachable):
        Practice().thread(linde.client, root)


def test_the_timeline_counts_what_readers_see(linde: Connected, root: RemoteId) -> None:
    hidden = RemoteId(linde.network.reply_as("Joke Peeters", root, "Lelijk"))
    linde.network.reply_as("Noor Haddad", hidden, "Onder lelijk")
    gone = linde.network.reply_as("Greta Vogel", root, "Weg")
    linde.network.reply_as("Noor Haddad", gone, "Onder weg")
    linde.network.delete_as("Greta Vogel", gone)
    Practice().hide(linde.client, hidden, root=root)
    assert ">1 reply<" in linde.network.page(f"/@{linde.handle}")

"""Comments of real readers through the real AppView."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from countersign.base.errors import Rejected
from countersign.base.values import RemoteId
from countersign.networks.bluesky import threads
from countersign.networks.bluesky.asking import Asking
from countersign.networks.bluesky.connector import Bluesky
from countersign.networks.contract import Credentials, Publication, Published, RemoteComment, ReplyTo, Thread
from tests.servers.bluesky import Box, Person
from tests.waiting import until

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.xdist_group("bluesky")]


@pytest.fixture
def post(bluesky: Bluesky, client: Asking, draft: Callable[..., Publication]) -> Published:
    return bluesky.publish(client, draft("What do you think?"))


@pytest.fixture(scope="module")
def leo(box: Box) -> Person:
    return box.account("leo")


def strong(post: Published) -> dict[str, str]:
    return {"uri": post.remote_id, "cid": post.cid}


def whole(bluesky: Bluesky, client: Asking, post: Published, *, of: int) -> Thread:
    """The thread once the AppView has `of` comments."""

    def look() -> Thread | None:
        thread = bluesky.thread(client, post.remote_id)
        return thread if thread.is_whole and len(thread.comments) == of else None

    return until(look)


def one(thread: Thread, uri: str) -> RemoteComment:
    return next(comment for comment in thread.comments if comment.remote_id == uri)


def test_a_strangers_reply_is_collected(bluesky: Bluesky, client: Asking, post: Published, leo: Person) -> None:
    reply = leo.says("Too bitter for me 🍺", to=strong(post))
    comment = one(whole(bluesky, client, post, of=1), reply["uri"])
    assert (comment.text, comment.author_id, comment.author_handle) == ("Too bitter for me 🍺", leo.did, f"@{leo.handle}")
    assert (comment.on, comment.parent, comment.cid) == (post.remote_id, post.remote_id, reply["cid"])
    assert comment.url == f"https://bsky.app/profile/{leo.did}/post/{reply['uri'].rsplit('/')[-1]}"
    assert not comment.is_ours
    assert not comment.is_hidden


def test_an_answer_stands_below_the_comment_and_is_ours(
    bluesky: Bluesky, client: Asking, post: Published, leo: Person, draft: Callable[..., Publication]
) -> None:
    reply = leo.says("When?", to=strong(post))
    to = ReplyTo(RemoteId(reply["uri"]), post.remote_id, reply["cid"], post.cid)
    answer = bluesky.publish(client, draft("On Saturday.", reply_to=to))
    comment = one(whole(bluesky, client, post, of=2), answer.remote_id)
    assert comment.parent == reply["uri"]
    assert comment.is_ours


def test_an_answer_to_what_is_not_known_is_not_sent(bluesky: Bluesky, client: Asking, post: Published, draft: Callable[..., Publication]) -> None:
    with pytest.raises(Rejected, match="collect its thread"):
        bluesky.publish(client, draft("To whom?", reply_to=ReplyTo(post.remote_id, post.remote_id)))


def test_a_deep_thread_is_read_to_its_end_however_little_comes_at_once(bluesky: Bluesky, client: Asking, post: Published, leo: Person) -> None:
    last = strong(post)
    for number in range(12):
        last = leo.says(f"Level {number}", to=last, root=strong(post))
    whole(bluesky, client, post, of=12)
    thread = threads.thread(client, post.remote_id, depth=2)
    assert thread.is_whole
    assert sorted(comment.text for comment in thread.comments) == sorted(f"Level {number}" for number in range(12))
    assert one(thread, last["uri"]).text == "Level 11"


def test_a_thread_that_cannot_be_read_to_its_end_does_not_call_itself_whole(
    bluesky: Bluesky, client: Asking, post: Published, leo: Person
) -> None:
    last = strong(post)
    for number in range(6):
        last = leo.says(f"Level {number}", to=last, root=strong(post))
    whole(bluesky, client, post, of=6)
    assert not threads.thread(client, post.remote_id, depth=1, dives=1).is_whole


def test_a_comment_its_writer_deletes_is_gone_from_a_whole_thread(bluesky: Bluesky, client: Asking, post: Published, leo: Person) -> None:
    reply = leo.says("I should not have said that", to=strong(post))
    whole(bluesky, client, post, of=1)
    leo.deletes(reply)
    assert whole(bluesky, client, post, of=0).comments == ()


def test_a_comment_behind_a_block_is_not_taken_for_gone(bluesky: Bluesky, client: Asking, post: Published, box: Box) -> None:
    tom = box.account("tom")
    tom.says("I do not like you", to=strong(post))
    whole(bluesky, client, post, of=1)
    block = {"$type": "app.bsky.graph.block", "subject": client.identity.remote_id, "createdAt": "2026-11-01T00:00:00.000Z"}
    tom.do("com.atproto.repo.createRecord", repo=tom.did, collection="app.bsky.graph.block", record=block)
    until(lambda: not (thread := bluesky.thread(client, post.remote_id)).comments and not thread.is_whole)


def test_a_root_that_is_gone_is_told(bluesky: Bluesky, client: Asking, post: Published) -> None:
    whole(bluesky, client, post, of=0)
    bluesky.withdraw(client, post.remote_id)
    assert until(lambda: (thread := bluesky.thread(client, post.remote_id)).root_is_gone and thread).is_whole


def test_a_root_the_appview_does_not_know_yet_is_not_gone(
    bluesky: Bluesky, client: Asking, post: Published, http: httpx.Client
) -> None:
    thread = bluesky.thread(client, post.remote_id)  # right after publishing: the AppView may or may not have it
    assert not thread.root_is_gone


def test_a_comment_is_hidden_and_shown_again(bluesky: Bluesky, client: Asking, post: Published, leo: Person, box: Box) -> None:
    reply = RemoteId(leo.says("Buy cheap watches", to=strong(post))["uri"])
    whole(bluesky, client, post, of=1)
    bluesky.hide(client, reply, root=post.remote_id)
    bluesky.hide(client, reply, root=post.remote_id)
    assert one(bluesky.thread(client, post.remote_id), reply).is_hidden
    assert until(lambda: hidden_for(box, post)) == [reply]
    bluesky.show(client, reply, root=post.remote_id)
    bluesky.show(client, reply, root=post.remote_id)
    assert not one(bluesky.thread(client, post.remote_id), reply).is_hidden
    until(lambda: not hidden_for(box, post))


def hidden_for(box: Box, post: Published) -> list[str]:
    """What the AppView tells any reader is hidden under a post."""
    told = httpx.get(f"{box.appview}/xrpc/app.bsky.feed.getPostThread", params={"uri": post.remote_id}, timeout=20).json()
    hidden: list[str] = told["threadgate"]["record"]["hiddenReplies"] if "threadgate" in told else []
    return hidden


def test_two_who_hide_at_once_lose_nothing(
    bluesky: Bluesky, client: Asking, http: httpx.Client, credentials: Credentials, post: Published, leo: Person
) -> None:
    replies = [RemoteId(leo.says(f"Spam {number}", to=strong(post))["uri"]) for number in range(4)]
    with ThreadPoolExecutor(4) as together:
        list(together.map(lambda reply: bluesky.hide(bluesky.client(http, credentials), reply, root=post.remote_id), replies))
    thread = whole(bluesky, client, post, of=4)
    assert all(comment.is_hidden for comment in thread.comments)


def test_a_threads_other_rules_survive_hiding(bluesky: Bluesky, client: Asking, brewery: Person, post: Published, leo: Person) -> None:
    reply = RemoteId(leo.says("Hm", to=strong(post))["uri"])
    gate, key = "app.bsky.feed.threadgate", post.remote_id.rsplit("/")[-1]
    rules = [{"$type": f"{gate}#mentionRule"}]
    record = {"$type": gate, "post": post.remote_id, "createdAt": "2026-01-01T00:00:00.000Z", "allow": rules}
    brewery.do("com.atproto.repo.putRecord", repo=brewery.did, collection=gate, rkey=key, record=record)
    bluesky.hide(client, reply, root=post.remote_id)
    held = brewery.ask("com.atproto.repo.getRecord", repo=brewery.did, collection=gate, rkey=key)["value"]
    assert held == {**record, "hiddenReplies": [reply]}


def test_nothing_is_hidden_under_a_post_of_somebody_else(bluesky: Bluesky, client: Asking, leo: Person) -> None:
    post = RemoteId(leo.says("Mine")["uri"])
    with pytest.raises(Rejected):
        bluesky.hide(client, post, root=post)


def test_notifications_tell_which_posts_have_news(bluesky: Bluesky, client: Asking, post: Published, leo: Person) -> None:
    whole(bluesky, client, post, of=0)
    before = bluesky.mentions(client, cursor="").cursor
    leo.says("News", to=strong(post))
    news = until(lambda: post.remote_id in (read := bluesky.mentions(client, cursor=before)).roots and read)
    assert news.cursor > before
    assert post.remote_id in bluesky.mentions(client, cursor=news.cursor).roots  # the overlap reads it once more


def test_a_link_that_shows_other_words_is_written_out(bluesky: Bluesky, client: Asking, post: Published, leo: Person) -> None:
    text = "Prüfe your bank"
    start, end = len("Prüfe ".encode()), len(text.encode())
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": "https://phish.example/x"}
    record = {
        "$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-01T00:00:00.000Z",
        "facets": [{"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}],
        "reply": {"root": strong(post), "parent": strong(post)},
    }  # fmt: skip
    leo.do("com.atproto.repo.createRecord", repo=leo.did, collection="app.bsky.feed.post", record=record)
    (comment,) = whole(bluesky, client, post, of=1).comments
    assert comment.text == "Prüfe your bank <https://phish.example/x>"

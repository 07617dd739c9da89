"""Reading comments at a stand-in for a Mastodon server."""
from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from countersign.base.errors import KeyRefused, Throttled, Unreachable
from countersign.base.values import RemoteId
from countersign.networks.contract import Client, Counts, Picture, Publication, ReadsComments, ReadsProfile, ReplyTo
from countersign.networks.mastodon.connector import Mastodon
from tests.networks.mastodon.conftest import credentials_of
from tests.servers.mastodon import Person, StandIn

pytestmark = pytest.mark.server

type Draft = Callable[..., Publication]


@pytest.fixture
def root(mastodon: Mastodon, client: Client, draft: Draft) -> RemoteId:
    """A post of the brewery's."""
    return mastodon.publish(client, draft("Our spring beer is here")).remote_id


def test_the_connector_reads_comments_and_the_profile(mastodon: Mastodon) -> None:
    assert isinstance(mastodon, ReadsComments)
    assert isinstance(mastodon, ReadsProfile)
    assert isinstance(mastodon, Counts)


def test_a_strangers_comment_is_collected(mastodon: Mastodon, client: Client, root: RemoteId, olu: Person) -> None:
    before = datetime.now(UTC)
    said = olu.says("Terrible service! https://phish.example/login", to=root)
    (comment,) = mastodon.thread(client, root).comments
    assert (comment.remote_id, comment.on, comment.parent) == (said, root, root)
    assert comment.text == "Terrible service! https://phish.example/login"
    assert comment.author_handle == f"@{olu.username}@{urlsplit(olu.server.origin).netloc}"
    assert (comment.author_id, comment.author_name) == (olu.account["id"], "Olu")
    assert abs((comment.at - before).total_seconds()) < 30
    assert comment.url
    assert not comment.is_ours
    assert comment.edited_at is None


def test_a_thread_is_read_in_depth_and_our_own_answers_are_known(
    mastodon: Mastodon, client: Client, root: RemoteId, olu: Person, draft: Draft
) -> None:
    first = RemoteId(olu.says("Is it still on tap?", to=root))
    answer = mastodon.publish(client, draft("Yes", reply_to=ReplyTo(first, root))).remote_id
    second = olu.says("Thanks", to=answer)
    thread = mastodon.thread(client, root)
    assert [(c.remote_id, c.parent, c.is_ours) for c in thread.comments] == [
        (first, root, False), (answer, first, True), (second, answer, False),
    ]  # fmt: skip
    assert {comment.on for comment in thread.comments} == {root}
    assert thread.is_whole


def test_an_edit_is_noticed(mastodon: Mastodon, client: Client, root: RemoteId, olu: Person) -> None:
    said = olu.says("Nice", to=root)
    olu.ask("PUT", f"/api/v1/statuses/{said}", data={"status": "Not so nice"})
    (comment,) = mastodon.thread(client, root).comments
    assert comment.text == "Not so nice"
    assert comment.edited_at is not None


def test_a_comment_deleted_by_its_writer_is_missing_from_a_whole_thread(
    mastodon: Mastodon, client: Client, root: RemoteId, olu: Person
) -> None:
    said = olu.says("Regretted", to=root)
    olu.ask("DELETE", f"/api/v1/statuses/{said}")
    thread = mastodon.thread(client, root)
    assert thread.comments == ()
    assert thread.is_whole


def test_a_root_that_is_gone_is_told(mastodon: Mastodon, client: Client, root: RemoteId) -> None:
    mastodon.withdraw(client, root)
    thread = mastodon.thread(client, root)
    assert thread.root_is_gone
    assert not thread.is_whole


def answers_with(stand_in: StandIn, root: RemoteId, counted: object, *descendants: object) -> None:
    """The stand-in tells this context, and this count for the root."""
    status = {"id": root} | ({} if counted is None else {"replies_count": counted})
    stand_in.fail("GET", f"/api/v1/statuses/{root}", type="status", status=200, body=status)
    context = {"ancestors": [], "descendants": list(descendants)}
    stand_in.fail("GET", f"/api/v1/statuses/{root}/context", type="status", status=200, body=context)


COMMENT = {"id": "c", "replies_count": 0, "account": {"id": "7", "acct": "olu@far.example"}, "content": "<p>Hi</p>"}


@pytest.mark.parametrize("counted", [None, 0, 2, "many", -1])
def test_a_thread_that_disagrees_with_the_servers_counters_is_not_whole(
    mastodon: Mastodon, client: Client, root: RemoteId, stand_in: StandIn, counted: object
) -> None:
    answers_with(stand_in, root, counted, COMMENT | {"in_reply_to_id": root})
    assert not mastodon.thread(client, root).is_whole


def test_a_comment_with_answers_that_were_left_out_is_not_whole(
    mastodon: Mastodon, client: Client, root: RemoteId, stand_in: StandIn
) -> None:
    answers_with(stand_in, root, 1, COMMENT | {"in_reply_to_id": root, "replies_count": 3})
    assert not mastodon.thread(client, root).is_whole


def test_a_comment_with_missing_fields_is_still_collected(
    mastodon: Mastodon, client: Client, root: RemoteId, stand_in: StandIn
) -> None:
    answers_with(stand_in, root, 1, {"id": 5}, "nonsense", None, {"content": "<p>no id</p>"})
    (comment,) = mastodon.thread(client, root).comments
    assert (comment.remote_id, comment.parent, comment.text, comment.edited_at) == ("5", root, "", None)
    assert comment.at.tzinfo is not None


def test_a_comment_from_elsewhere_keeps_its_own_host(
    mastodon: Mastodon, client: Client, root: RemoteId, stand_in: StandIn
) -> None:
    answers_with(stand_in, root, 1, COMMENT | {"in_reply_to_id": root})
    assert mastodon.thread(client, root).comments[0].author_handle == "@olu@far.example"


def test_warning_poll_and_pictures_of_a_comment_are_read_too(
    mastodon: Mastodon, client: Client, root: RemoteId, stand_in: StandIn
) -> None:
    more = {
        "in_reply_to_id": root, "spoiler_text": "beer", "poll": {"options": [{"title": "yes"}, {"title": "no"}]},
        "media_attachments": [{"url": "https://far.example/p.png", "description": "a sign"}, {"remote_url": "https://far.example/q"}],
    }  # fmt: skip
    answers_with(stand_in, root, 1, COMMENT | more)
    assert mastodon.thread(client, root).comments[0].text == (
        "beer\n\nHi\n\n• yes\n\n• no\n\nhttps://far.example/p.png a sign\n\nhttps://far.example/q"
    )


@pytest.mark.parametrize("body", [{}, [], "x", {"descendants": {}}])
def test_a_context_that_is_none_is_unreachable_and_not_an_empty_thread(
    mastodon: Mastodon, client: Client, root: RemoteId, stand_in: StandIn, body: object
) -> None:
    stand_in.fail("GET", f"/api/v1/statuses/{root}/context", type="status", status=200, body=body)
    with pytest.raises(Unreachable):
        mastodon.thread(client, root)


def test_a_throttled_reading_waits(mastodon: Mastodon, client: Client, root: RemoteId, stand_in: StandIn) -> None:
    stand_in.fail("GET", f"/api/v1/statuses/{root}", type="ratelimit")
    with pytest.raises(Throttled):
        mastodon.thread(client, root)


def test_a_failing_server_is_unreachable_and_does_not_disconnect(
    mastodon: Mastodon, client: Client, root: RemoteId, stand_in: StandIn
) -> None:
    stand_in.fail("GET", f"/api/v1/statuses/{root}", type="status", status=503)
    with pytest.raises(Unreachable):
        mastodon.thread(client, root)


def test_a_revoked_key_is_refused(
    mastodon: Mastodon, client: Client, http: httpx.Client, brewery: Person
) -> None:
    mastodon.revoke(http, credentials_of(brewery))
    with pytest.raises(KeyRefused):
        mastodon.profile(client)


def mention(brewery: Person) -> str:
    return f"@{brewery.username}"


def test_news_names_the_root_however_deep_the_comment(
    mastodon: Mastodon, client: Client, root: RemoteId, olu: Person, brewery: Person
) -> None:
    first = olu.says(f"{mention(brewery)} hello", to=root)
    olu.says(f"{mention(brewery)} and again", to=first)
    assert mastodon.mentions(client, cursor="").roots == (root,)


def test_a_bare_mention_and_somebody_elses_thread_are_no_news(
    mastodon: Mastodon, client: Client, root: RemoteId, olu: Person, brewery: Person
) -> None:
    theirs = olu.says("My own thread")
    olu.says(f"{mention(brewery)} look", to=theirs)
    olu.says(f"{mention(brewery)} hello")
    assert mastodon.mentions(client, cursor="").roots == ()


def test_the_cursor_moves_on_and_what_is_near_it_is_read_again(
    mastodon: Mastodon, client: Client, root: RemoteId, olu: Person, brewery: Person, draft: Draft
) -> None:
    olu.says(f"{mention(brewery)} one", to=root)
    first = mastodon.mentions(client, cursor="")
    time.sleep(1.1)
    second_root = mastodon.publish(client, draft("Another post")).remote_id
    olu.says(f"{mention(brewery)} two", to=second_root)
    second = mastodon.mentions(client, cursor=first.cursor)
    assert datetime.fromisoformat(second.cursor) > datetime.fromisoformat(first.cursor)
    assert set(second.roots) == {root, second_root}


def test_without_news_the_cursor_stays(mastodon: Mastodon, client: Client) -> None:
    assert mastodon.mentions(client, cursor="2026-01-01T00:00:00+00:00").cursor == "2026-01-01T00:00:00+00:00"
    assert mastodon.mentions(client, cursor="").cursor == ""


def test_older_pages_are_read_back_to_ten_minutes_before_the_cursor(
    mastodon: Mastodon, client: Client, olu: Person, brewery: Person, draft: Draft
) -> None:
    roots = [mastodon.publish(client, draft(f"Post {word}")).remote_id for word in ("one", "two")]
    olu.says(f"{mention(brewery)} first", to=roots[0])
    for word in range(41):
        olu.says(f"{mention(brewery)} {word}", to=roots[1])
    assert mastodon.mentions(client, cursor="").roots == (roots[1],)
    assert set(mastodon.mentions(client, cursor=datetime.now(UTC).isoformat()).roots) == set(roots)


def test_other_notifications_are_left_alone(
    mastodon: Mastodon, client: Client, root: RemoteId, stand_in: StandIn
) -> None:
    body = [{"id": "1", "type": "favourite", "created_at": "2026-11-01T00:00:00Z", "status": {"id": root, "in_reply_to_id": "9"}}]
    stand_in.fail("GET", "/api/v1/notifications", type="status", status=200, body=body)
    assert mastodon.mentions(client, cursor="").roots == ()


def test_the_profile_is_read_as_readers_see_it(mastodon: Mastodon, client: Client, brewery: Person) -> None:
    brewery.ask("PATCH", "/api/v1/accounts/update_credentials", data={"display_name": "Brouwerij De Linde"})
    profile = mastodon.profile(client)
    assert profile.name == "Brouwerij De Linde"
    assert profile.handle == client.identity.handle
    assert (profile.origin, profile.remote_id) == (brewery.server.origin, brewery.account["id"])
    assert profile.url
    assert profile.avatar_url


def test_a_picture_in_a_comment_is_not_overlooked(
    mastodon: Mastodon, client: Client, root: RemoteId, olu: Person, picture: Picture
) -> None:
    files = {"file": ("x.png", picture.data, picture.mime)}
    media = olu.ask("POST", "/api/v2/media", files=files, data={"description": "a rude sign"})
    olu.ask("POST", "/api/v1/statuses", data={"status": "", "media_ids[]": [media["id"]], "in_reply_to_id": root})
    assert "a rude sign" in mastodon.thread(client, root).comments[0].text

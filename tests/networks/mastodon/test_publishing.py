"""Publishing at a stand-in for a Mastodon server: once, as written, and knowing what may have happened."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from countersign.base.errors import KeyRefused, OutcomeUnknown, Rejected, Throttled, Unreachable
from countersign.base.values import RemoteId
from countersign.networks.contract import (
    Client,
    DeletesComments,
    Guarantee,
    HidesComments,
    Picture,
    Publication,
    Publishes,
    ReplyTo,
    Withdraws,
)
from countersign.networks.mastodon.connector import Mastodon
from countersign.networks.mastodon.text import plain
from countersign.outbound import guard
from tests.networks.mastodon.conftest import credentials_of
from tests.servers.lossy import Lossy
from tests.servers.mastodon import Person, StandIn

pytestmark = pytest.mark.server

type Draft = Callable[..., Publication]


def test_the_connector_publishes_and_withdraws_and_cannot_hide(mastodon: Mastodon) -> None:
    assert isinstance(mastodon, Publishes)
    assert isinstance(mastodon, Withdraws)
    assert not isinstance(mastodon, HidesComments)
    assert not isinstance(mastodon, DeletesComments)


def test_a_key_is_trusted_for_less_than_an_hour_and_reading_for_a_minute_ago(mastodon: Mastodon) -> None:
    assert mastodon.delivery.guarantee is Guarantee.FOR_A_WHILE
    assert timedelta(0) < mastodon.delivery.key_lives < timedelta(hours=1)
    assert mastodon.delivery.reads_back_within == timedelta(seconds=60)


def test_the_servers_own_limits_are_asked(mastodon: Mastodon, client: Client) -> None:
    limits = mastodon.limits(client)
    assert (limits.characters, limits.attachments, limits.link_characters) == (500, 4, 23)
    assert limits.image_bytes == 10_485_760
    assert limits.image_types == ("image/jpeg", "image/png", "image/webp", "image/gif")


@pytest.mark.parametrize(("said", "characters"), [({"max_toot_chars": 5000}, 5000), ({"uri": "x"}, 500), ({"configuration": 7}, 500)])
def test_a_server_that_tells_little_has_usual_limits(
    mastodon: Mastodon, client: Client, stand_in: StandIn, said: object, characters: int
) -> None:
    stand_in.fail("GET", "/api/v2/instance", type="status", status=404)
    stand_in.fail("GET", "/api/v1/instance", type="status", status=200, body=said)
    assert mastodon.limits(client).characters == characters


def test_words_appear_as_written(mastodon: Mastodon, client: Client, draft: Draft, brewery: Person) -> None:
    text = "Onze lente is hier!\n\nOp tap vanaf vrijdag 🍺 & ook bij <jou>\nhttps://delinde.example/lente?a=1&b=2 #bier"
    published = mastodon.publish(client, draft(text))
    (post,) = brewery.posts()
    assert plain(post["content"]) == text
    assert published.remote_id == post["id"]
    assert published.url == post["url"]
    assert (post["visibility"], post["language"]) == ("public", "en")


def test_a_picture_appears_with_its_description(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, picture: Picture, http: httpx.Client
) -> None:
    mastodon.publish(client, draft(pictures=(picture,)))
    (media,) = brewery.posts()[0]["media_attachments"]
    assert media["description"] == "A glass of amber beer"
    assert http.get(brewery.server.origin + httpx.URL(media["url"]).path).content == picture.data


def test_several_pictures_appear_in_their_order(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, picture: Picture
) -> None:
    pictures = tuple(replace(picture, alt=alt) for alt in ("first", "second", "third"))
    mastodon.publish(client, draft(pictures=pictures))
    assert [media["description"] for media in brewery.posts()[0]["media_attachments"]] == ["first", "second", "third"]


def test_an_answer_stands_under_what_it_answers(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, olu: Person
) -> None:
    root = mastodon.publish(client, draft()).remote_id
    comment = RemoteId(olu.says("Is it still on tap?", to=root))
    mastodon.publish(client, draft("Yes, until Sunday.", reply_to=ReplyTo(parent=comment, root=root)))
    assert brewery.posts()[0]["in_reply_to_id"] == comment


def test_the_same_handle_publishes_once(mastodon: Mastodon, client: Client, draft: Draft, brewery: Person) -> None:
    publication = draft()
    assert mastodon.publish(client, publication) == mastodon.publish(client, publication)
    assert len(brewery.posts()) == 1


def test_a_lost_answer_leaves_the_outcome_unknown_and_reading_finds_it(
    mastodon: Mastodon, losing: Client, client: Client, draft: Draft, brewery: Person, lossy: Lossy
) -> None:
    publication, since = draft(), datetime.now(UTC)
    lossy.lose_answer("/statuses")
    with pytest.raises(OutcomeUnknown):
        mastodon.publish(losing, publication)
    found = mastodon.find(client, publication, since=since)
    assert found.published is not None
    assert found.published.remote_id == brewery.posts()[0]["id"]


def test_a_lost_request_leaves_the_outcome_unknown_and_reading_does_not_find_it(
    mastodon: Mastodon, losing: Client, client: Client, draft: Draft, brewery: Person, lossy: Lossy
) -> None:
    publication, since = draft(), datetime.now(UTC)
    lossy.lose_request("/statuses")
    with pytest.raises(OutcomeUnknown):
        mastodon.publish(losing, publication)
    found = mastodon.find(client, publication, since=since)
    assert found.published is None
    assert found.complete_until is not None
    assert found.complete_until <= datetime.now(UTC) - timedelta(seconds=60)


def test_a_server_that_accepts_and_then_says_nothing_leaves_the_outcome_unknown(
    mastodon: Mastodon, silent: Client, client: Client, draft: Draft, brewery: Person
) -> None:
    publication, since = draft(), datetime.now(UTC)
    with pytest.raises(OutcomeUnknown):
        mastodon.publish(silent, publication)
    found = mastodon.find(client, publication, since=since).published
    assert found is not None
    assert [found.remote_id] == [post["id"] for post in brewery.posts()]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_failing_server_leaves_the_outcome_unknown(
    mastodon: Mastodon, client: Client, draft: Draft, stand_in: StandIn, status: int
) -> None:
    stand_in.fail("POST", "/api/v1/statuses", type="status", status=status)
    with pytest.raises(OutcomeUnknown):
        mastodon.publish(client, draft())


@pytest.mark.parametrize("body", [{}, [], {"id": ""}, {"id": None}, {"id": {}}, {"id": True}])
def test_a_good_answer_without_an_id_leaves_the_outcome_unknown(
    mastodon: Mastodon, client: Client, draft: Draft, stand_in: StandIn, body: object
) -> None:
    stand_in.fail("POST", "/api/v1/statuses", type="status", status=200, body=body)
    with pytest.raises(OutcomeUnknown):
        mastodon.publish(client, draft())


def test_a_broken_answer_leaves_the_outcome_unknown(mastodon: Mastodon, client: Client, draft: Draft, stand_in: StandIn) -> None:
    stand_in.fail("POST", "/api/v1/statuses", type="malformed")
    with pytest.raises(OutcomeUnknown):
        mastodon.publish(client, draft())


def test_a_numeric_id_is_taken_as_text(mastodon: Mastodon, client: Client, draft: Draft, stand_in: StandIn) -> None:
    stand_in.fail("POST", "/api/v1/statuses", type="status", status=200, body={"id": 17, "uri": "https://m.example/17"})
    published = mastodon.publish(client, draft())
    assert (published.remote_id, published.url) == ("17", "https://m.example/17")


def test_too_many_requests_is_throttled_until_the_moment_the_server_names(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, stand_in: StandIn
) -> None:
    stand_in.fail("POST", "/api/v1/statuses", type="ratelimit")
    with pytest.raises(Throttled) as waiting:
        mastodon.publish(client, draft())
    assert timedelta(seconds=280) < waiting.value.retry_at - datetime.now(UTC) <= timedelta(seconds=300)
    assert not brewery.posts()


def test_words_that_the_server_will_not_have_are_rejected(mastodon: Mastodon, client: Client, draft: Draft) -> None:
    with pytest.raises(Rejected, match="422"):
        mastodon.publish(client, draft("x" * 501))


def test_a_revoked_key_is_refused(mastodon: Mastodon, client: Client, http: httpx.Client, draft: Draft, brewery: Person) -> None:
    mastodon.revoke(http, credentials_of(brewery))
    with pytest.raises(KeyRefused):
        mastodon.publish(client, draft())


@pytest.mark.parametrize("body", ["Invalid Bearer token", {"error": "invalid_token"}])
def test_a_revoked_key_is_known_by_a_400_as_takahe_sends_it(
    mastodon: Mastodon, client: Client, draft: Draft, stand_in: StandIn, body: object
) -> None:
    stand_in.fail("POST", "/api/v1/statuses", type="status", status=400, body=body)
    with pytest.raises(KeyRefused):
        mastodon.publish(client, draft())


@pytest.mark.parametrize(("status", "body"), [(400, {"error": "Bad request"}), (403, {"error": "Not allowed"}), (401, "Proxy login"), (404, {}), (403, {"error": "invalid_token"})])
def test_no_other_refusal_disconnects(
    mastodon: Mastodon, client: Client, draft: Draft, stand_in: StandIn, status: int, body: object
) -> None:
    stand_in.fail("POST", "/api/v1/statuses", type="status", status=status, body=body)
    with pytest.raises(Rejected):
        mastodon.publish(client, draft())


def test_nobody_listening_is_unreachable_and_nothing_happened(mastodon: Mastodon, brewery: Person, draft: Draft) -> None:
    credentials = credentials_of(brewery)
    closed = "http://127.0.0.1:9"
    moved = replace(credentials, identity=replace(credentials.identity, origin=closed))
    with guard.client(allowed=frozenset({closed})) as http, pytest.raises(Unreachable):
        mastodon.publish(mastodon.client(http, moved), draft())


def test_a_server_that_moved_to_a_private_address_is_unreachable(mastodon: Mastodon, brewery: Person, draft: Draft) -> None:
    credentials = credentials_of(brewery)
    moved = replace(credentials, identity=replace(credentials.identity, origin="https://mastodon.example"))
    with guard.client(resolver=lambda name, port: ["10.0.0.7"]) as http, pytest.raises(Unreachable, match="private network"):
        mastodon.publish(mastodon.client(http, moved), draft())


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_picture_that_fails_to_upload_means_nothing_happened(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, stand_in: StandIn, picture: Picture, status: int
) -> None:
    stand_in.fail("POST", "/api/v2/media", type="status", status=status)
    with pytest.raises(Unreachable):
        mastodon.publish(client, draft(pictures=(picture,)))
    assert not brewery.posts()


def test_a_server_without_the_newer_upload_is_asked_the_older_way(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, stand_in: StandIn, picture: Picture
) -> None:
    stand_in.fail("POST", "/api/v2/media", type="status", status=404)
    mastodon.publish(client, draft(pictures=(picture,)))
    assert len(brewery.posts()[0]["media_attachments"]) == 1


def uploaded(brewery: Person, picture: Picture) -> str:
    """A picture that was uploaded beforehand, whose id a delayed answer may name."""
    files = {"file": ("beer.png", picture.data, picture.mime)}
    made = brewery.ask("POST", "/api/v2/media", files=files, data={"description": picture.alt})
    return str(made["id"])


def test_a_picture_that_is_being_worked_on_is_waited_for(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, stand_in: StandIn, picture: Picture
) -> None:
    identifier = uploaded(brewery, picture)
    stand_in.fail("POST", "/api/v2/media", type="status", status=202, body={"id": identifier, "url": None})
    stand_in.fail("GET", f"/api/v1/media/{identifier}", count=2, type="status", status=206, body={"id": identifier, "url": None})
    mastodon.publish(client, draft(pictures=(picture,)))
    assert brewery.posts()[0]["media_attachments"][0]["id"] == identifier


def test_a_description_that_the_server_changed_stops_the_post(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, stand_in: StandIn, picture: Picture
) -> None:
    stand_in.fail("POST", "/api/v2/media", type="status", status=200, body={"id": "1", "description": "A glass of"})
    with pytest.raises(Rejected, match="description"):
        mastodon.publish(client, draft(pictures=(picture,)))
    assert not brewery.posts()


def test_a_post_is_withdrawn_and_withdrawing_again_is_no_error(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person
) -> None:
    remote_id = mastodon.publish(client, draft()).remote_id
    mastodon.withdraw(client, remote_id)
    assert not brewery.posts()
    mastodon.withdraw(client, remote_id)


def test_another_persons_post_is_not_withdrawn(mastodon: Mastodon, client: Client, olu: Person) -> None:
    with pytest.raises(Rejected):
        mastodon.withdraw(client, RemoteId(olu.says("Mine")))
    assert len(olu.posts()) == 1


def test_a_withdrawal_without_an_answer_is_unknown(mastodon: Mastodon, client: Client, draft: Draft, stand_in: StandIn) -> None:
    remote_id = mastodon.publish(client, draft()).remote_id
    stand_in.fail("DELETE", f"/api/v1/statuses/{remote_id}", type="status", status=502)
    with pytest.raises(OutcomeUnknown):
        mastodon.withdraw(client, remote_id)


def test_finding_looks_at_words_parent_and_pictures(
    mastodon: Mastodon, client: Client, draft: Draft, picture: Picture, olu: Person
) -> None:
    since = datetime.now(UTC)
    mastodon.publish(client, draft("Proost"))
    parent = RemoteId(olu.says("Hello"))
    for other in (draft("Prost"), draft("Proost", pictures=(picture,)), draft("Proost", reply_to=ReplyTo(parent, parent))):
        assert mastodon.find(client, other, since=since).published is None
    assert mastodon.find(client, draft("Proost"), since=since).published is not None


def test_the_same_words_from_before_are_not_taken_for_it(mastodon: Mastodon, client: Client, draft: Draft) -> None:
    mastodon.publish(client, draft("Every Friday: open brewery"))
    assert mastodon.find(client, draft("Every Friday: open brewery"), since=datetime.now(UTC) + timedelta(seconds=10)).published is None


def test_finding_goes_on_to_the_next_page(mastodon: Mastodon, client: Client, draft: Draft, brewery: Person) -> None:
    publication, since = draft("The first of many"), datetime.now(UTC)
    mastodon.publish(client, publication)
    for word in range(41):
        brewery.says(f"Word {word}")
    found = mastodon.find(client, publication, since=since)
    assert found.published is not None


def test_absence_is_not_claimed_when_the_pages_do_not_end(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, stand_in: StandIn
) -> None:
    page = [{"id": "9", "content": "<p>Another</p>", "created_at": datetime.now(UTC).isoformat()}]
    stand_in.fail("GET", f"/api/v1/accounts/{brewery.account['id']}/statuses", count=None, type="status", status=200, body=page)
    found = mastodon.find(client, draft(), since=datetime.now(UTC) - timedelta(minutes=1))
    assert (found.published, found.complete_until) == (None, None)


@pytest.mark.parametrize("body", [{}, "hello", {"error": "x"}])
def test_a_listing_that_is_no_list_proves_nothing(
    mastodon: Mastodon, client: Client, draft: Draft, brewery: Person, stand_in: StandIn, body: object
) -> None:
    stand_in.fail("GET", f"/api/v1/accounts/{brewery.account['id']}/statuses", type="status", status=200, body=body)
    with pytest.raises(Unreachable):
        mastodon.find(client, draft(), since=datetime.now(UTC))

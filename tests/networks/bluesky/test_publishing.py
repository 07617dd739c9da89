"""Publishing to the real PDS: once, exactly as signed, and found again."""
from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from PIL import Image

from countersign.base.errors import KeyRefused, OutcomeUnknown, Rejected, Unreachable
from countersign.base.values import RemoteId
from countersign.networks.bluesky.asking import Asking
from countersign.networks.bluesky.connector import Bluesky
from countersign.networks.contract import Credentials, Picture, Publication, Published
from tests.servers.bluesky import Box, Person
from tests.servers.lossy import Lossy
from tests.waiting import until

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.xdist_group("bluesky")]

type Draft = Callable[..., Publication]


def standing(person: Person, publication: Publication) -> list[dict[str, object]]:
    """Every record with this text in the account, as the PDS keeps them."""
    return [post for post in person.posts() if post["value"]["text"] == publication.text]


@pytest.fixture
def picture() -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (64, 36), (200, 120, 20)).save(out, "PNG")
    data = out.getvalue()
    return Picture(hashlib.sha256(data).hexdigest(), "image/png", data, "A glass of spring beer", 64, 36)


def test_a_post_stands_there_as_signed_under_our_own_key(bluesky: Bluesky, client: Asking, brewery: Person, draft: Draft) -> None:
    draft_ = draft("Prost! 👩‍👩‍👧 https://delinde.example/spring #beer", language="de")
    made = bluesky.publish(client, draft_)
    (post,) = standing(brewery, draft_)
    assert post["uri"] == made.remote_id == f"at://{brewery.did}/app.bsky.feed.post/{draft_.handle}"
    assert post["cid"] == made.cid
    assert made.url == f"https://bsky.app/profile/{brewery.did}/post/{draft_.handle}"
    value = post["value"]
    assert (value["text"], value["langs"]) == (draft_.text, ["de"])
    assert datetime.fromisoformat(value["createdAt"]) - draft_.created_at < timedelta(milliseconds=1)
    assert [facet["features"][0]["$type"].split("#")[1] for facet in value["facets"]] == ["link", "tag"]


def test_a_picture_goes_with_its_alt_text_and_shape(
    bluesky: Bluesky, client: Asking, brewery: Person, http: httpx.Client, draft: Draft, picture: Picture
) -> None:
    publication = draft("Look at this glass", pictures=(picture,))
    bluesky.publish(client, publication)
    (post,) = standing(brewery, publication)
    (image,) = post["value"]["embed"]["images"]
    assert image["alt"] == "A glass of spring beer"
    assert image["aspectRatio"] == {"width": 64, "height": 36}
    blob = {"did": brewery.did, "cid": image["image"]["ref"]["$link"]}
    assert http.get(f"{brewery.box.pds}/xrpc/com.atproto.sync.getBlob", params=blob).content == picture.data


def test_readers_see_the_picture_and_the_alt_text(bluesky: Bluesky, client: Asking, box: Box, draft: Draft, picture: Picture) -> None:
    made = bluesky.publish(client, draft("For everybody", pictures=(picture,)))
    sam = box.account("sam")
    seen = until(lambda: sam.ask("app.bsky.feed.getPosts", uris=made.remote_id)["posts"])
    assert seen[0]["embed"]["images"][0]["alt"] == "A glass of spring beer"


def test_a_mention_points_to_whose_handle_it_is_and_to_nobody_otherwise(bluesky: Bluesky, client: Asking, box: Box, brewery: Person, draft: Draft) -> None:
    tom = box.account("tom")
    publication = draft(f"Thanks @{tom.handle} and @nobody.test")
    bluesky.publish(client, publication)
    (post,) = standing(brewery, publication)
    (facet,) = post["value"]["facets"]
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#mention", "did": tom.did}]


def test_publishing_the_same_handle_twice_gives_one_record(bluesky: Bluesky, client: Asking, brewery: Person, draft: Draft, picture: Picture) -> None:
    publication = draft("Once only", pictures=(picture,))
    assert bluesky.publish(client, publication) == bluesky.publish(client, publication)
    assert len(standing(brewery, publication)) == 1


def test_a_second_text_under_the_same_handle_is_refused_and_changes_nothing(bluesky: Bluesky, client: Asking, brewery: Person, draft: Draft) -> None:
    publication = draft("The first text")
    bluesky.publish(client, publication)
    with pytest.raises(Rejected):
        bluesky.publish(client, replace(publication, text="Another text"))
    assert len(standing(brewery, publication)) == 1


def test_the_same_post_with_other_facets_counts_as_published(bluesky: Bluesky, client: Asking, box: Box, brewery: Person, draft: Draft) -> None:
    late = f"late-{draft().handle[-6:]}.test"
    publication = draft(f"Greetings to @{late}")
    first = bluesky.publish(client, publication)
    httpx.post(f"{box.pds}/xrpc/com.atproto.server.createAccount", json={"handle": late, "email": f"{late}@example.com", "password": "x" * 12}).raise_for_status()
    assert bluesky.publish(client, publication) == first  # the mention would now resolve, and the bytes differ
    assert len(standing(brewery, publication)) == 1


def test_after_preparing_the_one_write_is_sent_once(
    bluesky: Bluesky, credentials: Credentials, lossy: Lossy, lossy_http: httpx.Client, draft: Draft
) -> None:
    client = bluesky.client(lossy_http, credentials)
    publication = bluesky.prepare(client, draft("No second try"))
    bluesky.publish(client, publication)
    assert [line for line in lossy.seen if "putRecord" in line] == ["POST /xrpc/com.atproto.repo.putRecord 200"]


def test_a_write_that_was_sent_back_for_a_nonce_is_sent_once_more_and_stands_once(
    bluesky: Bluesky, credentials: Credentials, brewery: Person, lossy: Lossy, lossy_http: httpx.Client, draft: Draft
) -> None:
    publication = draft("Sent back first")
    bluesky.publish(bluesky.client(lossy_http, credentials), publication)
    writes = [line.rsplit(" ")[-1] for line in lossy.seen if "putRecord" in line]
    assert writes == ["401", "200"]
    assert len(standing(brewery, publication)) == 1


def test_a_lost_answer_is_unknown_and_settled_by_reading(
    bluesky: Bluesky, brewery: Person, credentials: Credentials, lossy: Lossy, lossy_http: httpx.Client, draft: Draft
) -> None:
    client, publication, since = bluesky.client(lossy_http, credentials), draft("Accepted in silence"), datetime.now(UTC)
    lossy.lose_answer("putRecord")
    with pytest.raises(OutcomeUnknown):
        bluesky.publish(client, publication)
    found = bluesky.find(client, publication, since=since)
    assert found.published
    assert found.published.remote_id.endswith(publication.handle)
    assert len(standing(brewery, publication)) == 1
    assert [line for line in lossy.seen if "putRecord" in line and line.endswith(" 200")] == ["POST /xrpc/com.atproto.repo.putRecord 200"]


def test_a_lost_request_is_unknown_and_its_absence_is_proven(
    bluesky: Bluesky, brewery: Person, credentials: Credentials, lossy: Lossy, lossy_http: httpx.Client, draft: Draft
) -> None:
    client, publication, since = bluesky.client(lossy_http, credentials), draft("Never arrived"), datetime.now(UTC)
    lossy.lose_request("putRecord")
    with pytest.raises(OutcomeUnknown):
        bluesky.publish(client, publication)
    found = bluesky.find(client, publication, since=since)
    assert found.published is None
    assert found.complete_until
    assert since < found.complete_until < datetime.now(UTC)
    bluesky.publish(client, publication)
    assert len(standing(brewery, publication)) == 1


def test_a_server_that_cannot_be_reached_got_nothing(bluesky: Bluesky, credentials: Credentials, draft: Draft) -> None:
    with httpx.Client(trust_env=False, proxy="http://127.0.0.1:9") as nowhere, pytest.raises(Unreachable):
        bluesky.publish(bluesky.client(nowhere, credentials), draft())


def test_a_key_that_has_run_out_is_not_sent(bluesky: Bluesky, http: httpx.Client, credentials: Credentials, draft: Draft) -> None:
    past = replace(credentials, expires_at=datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(Unreachable, match="must be renewed"):
        bluesky.publish(bluesky.client(http, past), draft())
    bluesky.profile(bluesky.client(http, credentials))  # the session lives on


def test_a_withdrawn_post_is_gone_and_withdrawing_twice_is_no_error(bluesky: Bluesky, client: Asking, brewery: Person, draft: Draft) -> None:
    publication = draft("Soon gone")
    made = bluesky.publish(client, publication)
    bluesky.withdraw(client, made.remote_id)
    bluesky.withdraw(client, made.remote_id)
    assert standing(brewery, publication) == []
    assert bluesky.find(client, publication, since=publication.created_at).published is None


def test_nobody_elses_post_is_ever_asked_to_be_deleted(bluesky: Bluesky, client: Asking, box: Box) -> None:
    leo = box.account("leo")
    post = leo.says("Mine")
    for foreign in (post["uri"], f"at://{client.identity.remote_id}/app.bsky.actor.profile/self", "nonsense"):
        with pytest.raises(Rejected):
            bluesky.withdraw(client, RemoteId(foreign))
    assert len(leo.posts()) == 1


def test_a_text_over_the_limit_is_rejected_by_the_network(bluesky: Bluesky, client: Asking, draft: Draft) -> None:
    limit = bluesky.limits(client).characters
    assert isinstance(bluesky.publish(client, draft("é" * limit)), Published)
    with pytest.raises(Rejected):
        bluesky.publish(client, draft("é" * (limit + 1)))


def test_the_key_can_post_and_gate_and_nothing_else(bluesky: Bluesky, client: Asking, brewery: Person) -> None:
    from countersign.networks.bluesky import asking

    with pytest.raises(Rejected):
        asking.write(client, "app.bsky.actor.profile", "self", {"$type": "app.bsky.actor.profile", "displayName": "x"}, over=None)
    with pytest.raises(Rejected):
        asking.procedure(client, "com.atproto.server.createAppPassword", name="persist")
    with pytest.raises((Rejected, KeyRefused)):
        asking.query(client, "com.atproto.server.listAppPasswords")


def test_the_profile_is_who_the_account_is_now(bluesky: Bluesky, client: Asking, brewery: Person) -> None:
    record = {"$type": "app.bsky.actor.profile", "displayName": "Brewery Delinde"}
    brewery.do("com.atproto.repo.putRecord", repo=brewery.did, collection="app.bsky.actor.profile", rkey="self", record=record)
    identity = until(lambda: (now := bluesky.profile(client)).name and now)
    assert (identity.remote_id, identity.handle, identity.name) == (brewery.did, f"@{brewery.handle}", "Brewery Delinde")

"""Publishing on the running practice network, well-behaved and otherwise, counted in its own ledger."""
from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from countersign.base.errors import KeyRefused, NetworkError, OutcomeUnknown, Rejected, Throttled, Unreachable
from countersign.networks import contract
from countersign.networks.practice.connector import Practice
from tests.practice.conftest import Connected
from tests.practice.words import LONG_AGO, picture, publication
from tests.servers.practice import IMPATIENCE, PracticeServer
from tests.waiting import until


def _find(linde: Connected, wanted: contract.Publication, since: datetime = LONG_AGO) -> contract.Found:
    return Practice().find(linde.client, wanted, since=since)


def test_the_connector_has_every_capability_of_the_practice_network() -> None:
    kinds = (
        contract.SignsIn, contract.Publishes, contract.Withdraws, contract.ReadsComments, contract.HidesComments,
        contract.DeletesComments, contract.ReadsProfile, contract.Counts,
    )  # fmt: skip
    assert all(isinstance(Practice(), kind) for kind in kinds)
    assert not isinstance(Practice(), contract.SignsInByAppPassword)


def test_a_post_stands_on_the_public_page(linde: Connected) -> None:
    post = linde.publish(publication("Vandaag brouwen wij <tripel> & meer"))
    assert "Vandaag brouwen wij &lt;tripel&gt; &amp; meer" in linde.network.page(f"/posts/{post}")
    assert "Vandaag brouwen wij" in linde.network.page("/")


def test_words_arrive_unaltered(linde: Connected) -> None:
    words = "  Regel één\n\nRegel twee 🍺\t👩‍👩‍👧 "
    linde.publish(publication(words))
    assert linde.client.request("GET", "/api/v1/account/posts").json()["posts"][0]["text"] == words


def test_pictures_stand_in_their_order_with_their_descriptions(linde: Connected) -> None:
    pictures = (picture("Een glas"), picture("Twee glazen", kind="PNG"))
    post = linde.publish(publication("Proost", pictures=pictures))
    page = linde.network.page(f"/posts/{post}")
    assert page.index('alt="Een glas"') < page.index('alt="Twee glazen"')
    told = linde.client.request("GET", "/api/v1/account/posts").json()["posts"][0]["pictures"]
    assert [httpx.get(one["url"]).content for one in told] == [one.data for one in pictures]


def test_an_answer_stands_under_what_it_answers(linde: Connected) -> None:
    post = linde.publish(publication("Nieuw bier"))
    reply = linde.network.reply_as("Joke Peeters", post, "Waar te koop?")
    answer = linde.publish(publication("In het café", answers=reply))
    comments = {one.remote_id: one for one in Practice().thread(linde.client, contract.RemoteId(post)).comments}
    assert (comments[answer].parent, comments[answer].on, comments[answer].is_ours) == (reply, post, True)


def test_the_limits_are_the_networks_own(linde: Connected) -> None:
    limits = Practice().limits(linde.client)
    assert (limits.characters, limits.attachments, limits.image_bytes) == (500, 4, 8_000_000)


def test_five_hundred_graphemes_fit(linde: Connected) -> None:
    words = "👩‍👩‍👧" * 500
    assert Practice().count(words) == 500
    assert linde.publish(publication(words))


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (publication("👩‍👩‍👧" * 501), "500"),
        (publication("   "), "words or a picture"),
        (publication("x", pictures=tuple(picture(str(n)) for n in range(5))), "4 pictures"),
        (publication("x", answers="1"), "no such post"),
    ],
)
def test_what_the_network_cannot_take_is_rejected(linde: Connected, wanted: contract.Publication, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        linde.publish(wanted)
    assert _find(linde, wanted).published is None


def test_a_file_that_is_no_picture_is_rejected(linde: Connected) -> None:
    hostile = contract.Picture("0" * 64, "image/jpeg", b"<svg onload=alert(1)>", "alt", 1, 1)
    with pytest.raises(Rejected, match="JPEG and PNG"):
        linde.publish(publication("x", pictures=(hostile,)))


def test_the_same_handle_publishes_once(linde: Connected) -> None:
    wanted = publication("Eén keer")
    assert linde.publish(wanted) == linde.publish(wanted)
    assert linde.network.page(f"/@{linde.handle}").count("Eén keer") == 1


def test_without_idempotency_the_same_handle_publishes_twice(linde: Connected) -> None:
    linde.network.control(idempotency=False)
    wanted = publication("Twee keer")
    assert linde.publish(wanted) != linde.publish(wanted)
    assert linde.network.page(f"/@{linde.handle}").count("Twee keer") == 2


def test_a_handle_that_was_forgotten_publishes_again(linde: Connected) -> None:
    linde.network.control(key_lives_seconds=0.2)
    wanted = publication("Vergeten")
    first = linde.publish(wanted)
    time.sleep(0.3)
    assert linde.publish(wanted) != first


def test_the_same_handle_after_a_deletion_publishes_nothing(linde: Connected) -> None:
    wanted = publication("Weg is weg")
    Practice().withdraw(linde.client, contract.RemoteId(linde.publish(wanted)))
    with pytest.raises(Rejected, match="409"):
        linde.publish(wanted)


def test_silence_after_accepting_is_an_unknown_outcome_and_reading_finds_the_post(linde: Connected) -> None:
    linde.network.control(silent_next=1)
    wanted = publication("Stil aanvaard")
    with pytest.raises(OutcomeUnknown):
        linde.publish(wanted)
    found = _find(linde, wanted)
    assert found.published is not None
    assert found.published.remote_id == linde.publish(wanted)


def test_a_lost_request_is_an_unknown_outcome_and_reading_proves_its_absence(linde: Connected) -> None:
    linde.network.control(lost_next=1)
    wanted = publication("Verloren")
    with pytest.raises(OutcomeUnknown):
        linde.publish(wanted)
    before = datetime.now(UTC)
    found = _find(linde, wanted)
    assert found.published is None
    assert found.complete_until is not None
    assert found.complete_until >= before - timedelta(milliseconds=50)
    assert linde.publish(wanted)


def test_nonsense_after_accepting_is_an_unknown_outcome(linde: Connected) -> None:
    linde.network.control(nonsense_next=1)
    wanted = publication("Onzin als antwoord")
    with pytest.raises(OutcomeUnknown):
        linde.publish(wanted)
    assert _find(linde, wanted).published is not None


def test_a_late_request_lands_after_its_sender_has_given_up(linde: Connected) -> None:
    linde.network.control(late_seconds=IMPATIENCE + 2)
    wanted = publication("Laat")
    with pytest.raises(OutcomeUnknown):
        linde.publish(wanted)
    assert _find(linde, wanted).published is None
    until(lambda: _find(linde, wanted).published)


def test_a_slow_answer_still_counts(linde: Connected) -> None:
    linde.network.control(slow_seconds=0.5)
    began = time.monotonic()
    assert linde.publish(publication("Traag"))
    assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, KeyRefused), (403, Rejected), (422, Rejected), (429, Throttled), (503, OutcomeUnknown)],
)
def test_each_refusal_is_told_as_what_it_means(linde: Connected, status: int, error: type[NetworkError]) -> None:
    linde.network.control(refusing=status, refusing_next=1)
    wanted = publication(f"Geweigerd met {status}")
    with pytest.raises(NetworkError) as raised:
        linde.publish(wanted)
    assert type(raised.value) is error
    assert _find(linde, wanted).published is None
    assert linde.publish(wanted)


def test_a_503_on_reading_is_unreachable_and_no_refused_key(linde: Connected) -> None:
    linde.network.control(applies_to="everything", refusing=503)
    with pytest.raises(Unreachable):
        Practice().profile(linde.client)


def test_a_picture_whose_upload_was_not_answered_leaves_nothing_published(linde: Connected) -> None:
    linde.network.control(applies_to="changes", silent_next=1)
    wanted = publication("Met foto", pictures=(picture("Glas"),))
    with pytest.raises(Unreachable):
        linde.publish(wanted)
    assert _find(linde, wanted).published is None


def test_the_rate_limit_says_when_to_come_back(linde: Connected) -> None:
    _wait_for_room_in_the_minute()
    linde.network.control(rate_limit=2)
    with pytest.raises(Throttled) as raised:
        [Practice().profile(linde.client) for _time in range(3)]
    assert timedelta(0) < raised.value.retry_at - datetime.now(UTC) <= timedelta(seconds=62)


@pytest.mark.parametrize("tells_key", [True, False])
def test_reading_finds_the_right_post_among_many(linde: Connected, tells_key: bool) -> None:
    wanted = publication("De gezochte", pictures=(picture("Een glas"),))
    post = linde.publish(wanted)
    for number in range(105):
        linde.publish(publication(f"Na de gezochte {number}"))
    linde.network.control(tells_key=tells_key)
    found = _find(linde, wanted, datetime.now(UTC) - timedelta(minutes=5)).published
    assert found is not None
    assert found.remote_id == post


def test_equal_words_under_another_key_are_another_post(linde: Connected) -> None:
    linde.publish(publication("Goedemorgen"))
    assert _find(linde, publication("Goedemorgen")).published is None


def test_without_keys_equal_words_of_an_earlier_day_are_another_post(linde: Connected) -> None:
    linde.network.control(tells_key=False)
    linde.publish(publication("Goedemorgen"))
    assert _find(linde, publication("Goedemorgen"), datetime.now(UTC) + timedelta(seconds=1)).published is None


def test_without_keys_another_description_is_another_post(linde: Connected) -> None:
    linde.network.control(tells_key=False)
    linde.publish(publication("Kijk", pictures=(picture("Een glas"),)))
    assert _find(linde, publication("Kijk", pictures=(picture("Een vat"),))).published is None


def test_a_reading_that_lags_says_up_to_when_it_is_complete(linde: Connected) -> None:
    linde.network.control(lag_seconds=30)
    wanted = publication("Nog niet te zien")
    linde.publish(wanted)
    found = _find(linde, wanted)
    assert found.published is None
    assert found.complete_until is not None
    assert found.complete_until < datetime.now(UTC) - timedelta(seconds=29)


def test_a_network_that_says_nothing_about_completeness_proves_no_absence(linde: Connected) -> None:
    linde.network.control(tells_as_of=False)
    assert _find(linde, publication("Nooit gezonden")) == contract.Found(None, None)


def test_a_withdrawn_post_is_gone_and_withdrawing_twice_is_no_error(linde: Connected) -> None:
    post = contract.RemoteId(linde.publish(publication("Te veel gezegd")))
    Practice().withdraw(linde.client, post)
    Practice().withdraw(linde.client, post)
    assert linde.network.browser.get(f"{linde.network.origin}/posts/{post}").status_code == 404
    assert "Te veel gezegd" not in linde.network.page("/")
    assert Practice().thread(linde.client, post).root_is_gone


def test_nobody_withdraws_the_post_of_another_account(linde: Connected) -> None:
    other = linde.network.client(linde.network.connect("delinde"))
    post = contract.RemoteId(Practice().publish(other, publication("Van een ander")).remote_id)
    with pytest.raises(Rejected, match="404"):
        Practice().withdraw(linde.client, post)
    assert "Van een ander" in linde.network.page(f"/posts/{post}")


def test_ids_sort_by_time_and_carry_it(linde: Connected) -> None:
    before = time.time()
    posts = [linde.publish(publication(f"Nummer {number}")) for number in range(5)]
    assert posts == sorted(posts, key=int)
    assert before - 1 <= (int(posts[0]) >> 16) / 1000 <= time.time() + 1


@pytest.mark.parametrize(
    ("fault", "error", "seconds"),
    [("silent_next", httpx.ReadTimeout, 1), ("lost_next", (httpx.ReadError, httpx.RemoteProtocolError), 20)],
)
def test_not_one_byte_of_an_answer_is_sent(
    linde: Connected, fault: str, error: type[Exception] | tuple[type[Exception], ...], seconds: float
) -> None:
    linde.network.control(**{fault: 1})
    with pytest.raises(error), httpx.stream("POST", f"{linde.network.origin}/api/v1/posts", json={}, timeout=seconds):
        pytest.fail("The network began to answer.")


def test_own_posts_are_paged_both_ways(linde: Connected) -> None:
    posts = [linde.publish(publication(f"Blad {number}")) for number in range(5)]
    assert _listed(linde, since_id=posts[0], limit="2") == [posts[4], posts[3]]
    assert _listed(linde, min_id=posts[0], limit="2") == [posts[1], posts[2]]
    assert _listed(linde, max_id=posts[2], limit="5") == [posts[1], posts[0]]


def test_the_ledger_counts_what_truly_arrived(linde: Connected) -> None:
    before = len(linde.network.ledger())
    wanted = publication("Geteld")
    linde.network.control(lost_next=1)
    with pytest.raises(OutcomeUnknown):
        linde.publish(wanted)
    post = linde.publish(wanted)
    linde.publish(wanted)
    entries = linde.network.ledger()[before:]
    assert [entry["outcome"] for entry in entries] == ["lost", "published", "repeated"]
    assert {entry["idempotency_key"] for entry in entries} == {wanted.handle}
    assert [entry["post"] for entry in entries] == [None, post, post]
    assert [entry["answer"] for entry in entries] == ["none", "given", "given"]
    assert entries[1]["account"] == linde.handle


def test_an_unknown_setting_is_refused(network: PracticeServer) -> None:
    answer = network.browser.post(f"{network.origin}/control.json", json={"silent": 1})
    assert answer.status_code == 422


def _listed(linde: Connected, **query: str) -> list[str]:
    return [post["id"] for post in linde.client.request("GET", "/api/v1/account/posts", params=query).json()["posts"]]


def _wait_for_room_in_the_minute() -> None:
    left = 60 - time.time() % 60
    if left < 10:
        time.sleep(left + 0.1)

"""What an auditor tried on failure paths: answers lost, processes gone at the wrong moment, hostile or broken input."""
from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.audit.models import Entry
from countersign.base.errors import CountersignError, Invalid
from countersign.calls import client, messages
from countersign.content.comments import collecting, deciding
from countersign.content.comments.jobs import COLLECT, act_again
from countersign.content.comments.models import Comment
from countersign.content.posts import releasing
from countersign.content.posts.jobs import RELEASE, release_due, settle_unknown
from countersign.content.posts.models import Delivery
from countersign.policy.charter.queries import clauses
from countersign.review.statement import iso
from tests.house import House, now

NEW_BEER = "Ons nieuwe seizoensbier is er."


def _approved(brewery: House) -> Delivery:
    return brewery.approved(brewery.actor("Ann"), brewery.actor("Ben"), NEW_BEER, brewery.account)


def _published(brewery: House) -> Delivery:
    delivery = _approved(brewery)
    brewery.release()
    delivery.refresh_from_db()
    assert delivery.state == "published"
    return delivery


def _thread(root: str, **more: object) -> dict[str, object]:
    comment = {
        "remote_id": "reply-1", "on": root, "parent": root, "author_id": "reader-1", "author_handle": "joke", "author_name": "Joke",
        "text": "Proost", "language": "nl", "url": "", "cid": "", "is_ours": False, "is_hidden": False, "at": iso(now()),
    }
    return {"on": root, "is_whole": True, "root_is_gone": False, "comments": [{**comment, **more}]}


# --- deliveries --------------------------------------------------------------------------------------------------------


def test_a_deletion_that_got_no_answer_is_not_shown_as_published_and_is_finished_later(brewery: House) -> None:
    delivery = _published(brewery)
    brewery.broker.kill()
    releasing.withdraw(brewery.actor("Ann"), delivery, at=now())
    delivery.refresh_from_db()
    assert delivery.state == "unconfirmed"
    brewery.broker.start()
    settle_unknown(now() + timedelta(minutes=1))
    delivery.refresh_from_db()
    assert delivery.state == "deleted"
    assert NEW_BEER not in brewery.network.page("/@delinde")


def test_a_deletion_that_cannot_be_settled_now_stays_open(brewery: House) -> None:
    delivery = _published(brewery)
    brewery.broker.kill()
    releasing.withdraw(brewery.actor("Ann"), delivery, at=now())
    settle_unknown(now() + timedelta(minutes=1))
    delivery.refresh_from_db()
    assert delivery.state == "unconfirmed"


def test_whoever_looked_for_a_deleted_post_does_not_bring_it_back_as_published(brewery: House) -> None:
    delivery = _published(brewery)
    brewery.broker.kill()
    releasing.withdraw(brewery.actor("Ann"), delivery, at=now())
    brewery.broker.start()
    delivery.refresh_from_db()
    releasing.say_what_is_there(brewery.actor("Ann"), delivery, remote_id="", url="", at=now())
    delivery.refresh_from_db()
    assert delivery.state == "deleted"


def test_what_was_recalled_while_its_sender_died_is_not_stuck(brewery: House) -> None:
    delivery = _approved(brewery)
    client.ask(messages.Recall(str(delivery.uid)))  # the broker took the recall; whoever asked died before writing it down
    brewery.claim(delivery)  # and the worker claimed it, and died as well
    settle_unknown(now() + timedelta(minutes=10))
    delivery.refresh_from_db()
    assert delivery.state == "held"
    releasing.recall(brewery.actor("Ann"), delivery.post, at=now())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.post.state) == ("recalled", "draft")


def test_a_refused_key_whose_answer_was_lost_holds_the_delivery(brewery: House) -> None:
    delivery = _approved(brewery)
    brewery.network.disconnect("delinde")
    fence = brewery.claim(delivery)
    assert client.ask(messages.Publish(str(delivery.uid), fence)).state == "held"
    releasing._write_down(RELEASE, delivery, messages.Outcome("unconfirmed"), now())  # as when that answer is lost
    settle_unknown(now() + timedelta(minutes=1))
    delivery.refresh_from_db()
    assert delivery.state == "held"


@pytest.mark.parametrize(
    ("remote_id", "url"),
    [("x" * 301, ""), ("7", "javascript:alert(1)"), ("7", "https://elsewhere.example/7"), ("7\x00", ""), ("", "https://a.example")],
)
def test_what_a_person_saw_is_a_name_and_an_address_at_that_network(brewery: House, remote_id: str, url: str) -> None:
    delivery = _approved(brewery)
    brewery.broker.kill()
    release_due(now())
    brewery.broker.start()
    with pytest.raises(Invalid):
        releasing.say_what_is_there(brewery.actor("Ann"), delivery, remote_id=remote_id, url=url, at=now())


# --- comments ----------------------------------------------------------------------------------------------------------


HOSTILE: list[dict[str, object]] = [
    {"text": "een\x00twee"}, {"text": "half \ud800"}, {"author_name": "N" * 2000}, {"author_handle": "n" * 301 + "\x00"},
    {"url": "https://a.example/" + "u" * 900},
]


def test_no_reader_can_stop_the_collecting_by_what_they_write(brewery: House) -> None:
    delivery = _published(brewery)
    threads = [_thread(delivery.remote_id, remote_id=f"reply-{n}", **hostile) for n, hostile in enumerate(HOSTILE)]
    whole = {**threads[0], "comments": [comment for thread in threads for comment in thread["comments"]]}  # type: ignore[attr-defined]
    assert collecting.keep(COLLECT, brewery.account, [whole], at=now()) == len(HOSTILE)
    for kept in Comment.objects.all():
        for field in ("text", "author_name", "author_handle", "url"):
            value = getattr(kept, field)
            assert b"\x00" not in value.encode()
            assert len(value) <= (Comment._meta.get_field(field).max_length or 10_000)
    assert collecting.keep(COLLECT, brewery.account, [whole], at=now()) == 0  # and it does not look changed for ever


def test_asking_again_and_again_fills_no_log(brewery: House) -> None:
    delivery = _published(brewery)
    collecting.keep(COLLECT, brewery.account, [_thread(delivery.remote_id)], at=now())
    clause = next(clause for clause in clauses() if clause.code == "R1")
    brewery.broker.kill()
    deciding.decide(brewery.actor("Mia"), Comment.objects.get(), "hide", clause, at=now())
    assert Comment.objects.get().state == "unconfirmed"
    before, at = Entry.objects.count(), now() + timedelta(minutes=2)
    assert act_again(at) == 1
    assert act_again(at + timedelta(seconds=15)) == 0  # a minute apart, not at every turn
    assert Entry.objects.count() == before


def test_our_own_answer_is_no_comment_to_delete(brewery: House) -> None:
    delivery = _published(brewery)
    collecting.keep(COLLECT, brewery.account, [_thread(delivery.remote_id, is_ours=True)], at=now())
    clause = next(clause for clause in clauses() if clause.code == "R1")
    with pytest.raises(CountersignError, match="our own"):
        deciding.decide(brewery.actor("Mia"), Comment.objects.get(), "delete", clause, at=now())

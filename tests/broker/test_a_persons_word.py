"""What a person says they saw: believed as far as reading shows it, kept under their name, and never deleted by us on it."""
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.access.grants.rights import Role
from countersign.base.errors import Invalid, Refused
from countersign.calls import client, messages
from countersign.content.posts import releasing
from countersign.content.posts.jobs import RELEASE
from countersign.content.posts.models import Delivery
from countersign.content.posts.queries import standing
from countersign.people.models import Lock
from countersign.people.states import LockKind
from tests.house import House, now
from tests.release.backups import work_until


@pytest.fixture
def house(transactional_db: None, tmp_path: Path) -> Iterator[House]:
    """A house in which a person is asked soon: an attempt has landed after two seconds."""
    house = House(tmp_path, timings="deadline=1.5,lease=2,late=0.2,patience=0.2,again=0.2,skew=5")
    try:
        house.open()
        yield house
    finally:
        house.close()


@pytest.fixture
def brewery(house: House) -> House:
    kim = house.person("Kim", Role.OFFICER, Role.REVIEWER)
    house.begin_roster(kim)
    house.person("Ann", Role.AUTHOR)
    house.put_on_roster(house.person("Ben", Role.REVIEWER), kim)
    house.account = house.connect(kim)  # type: ignore[attr-defined]
    return house


def unconfirmed(house: House, **control: object) -> Delivery:
    """A delivery whose outcome nobody knows, at a network that behaves like this."""
    delivery = house.approved(house.actor("Ann"), house.actor("Ben"), "Zaterdag open dag.", house.account)  # type: ignore[attr-defined]
    house.network.control(idempotency=False, **control)
    releasing.release(RELEASE, delivery, at=now())
    delivery.refresh_from_db()
    assert delivery.state == "unconfirmed"
    return delivery


def actions(house: House, delivery: Delivery) -> list[str]:
    page = standing.post_page(house.actor("Ann"), delivery.post, at=now())
    return [action.label for one in page.deliveries for action in one.actions]


def lines(house: House, delivery: Delivery) -> list[dict[str, str]]:
    """What the broker's file says became of a delivery."""
    bodies = [json.loads(raw)["body"] for raw in house.broker.journal.read_text().splitlines()]
    return [body for body in bodies if body.get("delivery") == str(delivery.uid) and body.get("step") == "ended"]


def look(house: House, delivery: Delivery, remote_id: str) -> Delivery:
    url = f"{house.network.origin}/posts/{remote_id}" if remote_id else ""
    releasing.say_what_is_there(house.actor("Ann"), delivery, remote_id=remote_id, url=url, at=now())
    delivery.refresh_from_db()
    return delivery


def post_there(house: House) -> str:
    """The id of the newest post at the network."""
    return [entry["post"] for entry in house.network.ledger() if entry["outcome"] == "published"][-1]


def test_what_reading_shows_is_kept_as_read_whatever_address_was_told(brewery: House) -> None:
    delivery = unconfirmed(brewery, silent_next=1)
    look(brewery, delivery, "4711")
    assert (delivery.state, delivery.remote_id) == ("published", post_there(brewery))
    assert lines(brewery, delivery)[-1]["by"] == ""


def test_what_reading_does_not_show_is_kept_under_the_name_of_who_told_it(brewery: House) -> None:
    delivery = unconfirmed(brewery, lost_next=1)
    look(brewery, delivery, "4711")
    assert (delivery.state, delivery.remote_id) == ("published", "4711")
    assert lines(brewery, delivery)[-1]["by"] == brewery.actor("Ann").uid


def test_what_somebody_told_us_is_not_deleted_by_us_and_its_address_is_said(brewery: House) -> None:
    innocent = brewery.approved(brewery.actor("Ann"), brewery.actor("Ben"), "Dit blijft staan.", brewery.account)  # type: ignore[attr-defined]
    releasing.release(RELEASE, innocent, at=now())
    victim = post_there(brewery)
    delivery = look(brewery, unconfirmed(brewery, lost_next=1), victim)
    assert delivery.remote_id == victim
    releasing.withdraw(brewery.actor("Ann"), delivery, at=now())
    delivery.refresh_from_db()
    assert (delivery.state, f"by hand: {brewery.network.origin}/posts/{victim}" in delivery.why) == ("published", True)
    assert "Dit blijft staan." in brewery.network.page(f"/posts/{victim}")


def test_a_deletion_that_hangs_is_given_back_to_a_person_as_well(brewery: House) -> None:
    delivery = look(brewery, unconfirmed(brewery, lost_next=1), "4711")
    brewery.broker.kill()
    releasing.withdraw(brewery.actor("Ann"), delivery, at=now())
    brewery.broker.start()
    work_until(lambda: Delivery.objects.get(uid=delivery.uid).state == "published")
    assert "by hand" in Delivery.objects.get(uid=delivery.uid).why


def test_once_reading_shows_that_it_is_ours_it_is_deleted(brewery: House) -> None:
    delivery = unconfirmed(brewery, silent_next=1)
    there = post_there(brewery)
    brewery.network.control(lag_seconds=600)  # it is not shown to us yet
    look(brewery, delivery, there)
    assert lines(brewery, delivery)[-1]["by"] == brewery.actor("Ann").uid
    brewery.network.control(lag_seconds=0)
    releasing.withdraw(brewery.actor("Ann"), delivery, at=now())
    delivery.refresh_from_db()
    assert (delivery.state, lines(brewery, delivery)[-1]["by"]) == ("deleted", "")
    assert "Zaterdag open dag." not in brewery.network.page("/@delinde")


def test_whoever_looked_is_a_person_who_may_work_here(brewery: House) -> None:
    delivery = unconfirmed(brewery, silent_next=1)
    for by in ("", "a person", "' OR 1=1 --"):
        with pytest.raises(Invalid):
            client.ask(messages.Looked(str(delivery.uid), "4711", "", by))
    with pytest.raises(Refused, match="not at work"):
        client.ask(messages.Looked(str(delivery.uid), "4711", "", "00000000-0000-0000-0000-000000000000"))
    Lock.objects.create(kind=LockKind.PERSON, target=brewery.actor("Ann").uid, reason="a lost phone", since=now())
    with pytest.raises(Refused, match="lock stands"):
        client.ask(messages.Looked(str(delivery.uid), "4711", "", brewery.actor("Ann").uid))


def test_the_page_asks_a_person_as_soon_as_the_protocol_does(brewery: House) -> None:
    delivery = unconfirmed(brewery, lost_next=1, tells_as_of=False)
    assert actions(brewery, delivery) == []
    work_until(lambda: Delivery.objects.get(uid=delivery.uid).asks_a_person)
    assert any("I looked" in label for label in actions(brewery, delivery))


def test_what_was_answered_asks_nobody_any_more(brewery: House) -> None:
    delivery = unconfirmed(brewery, silent_next=1, tells_as_of=False, lag_seconds=600)
    work_until(lambda: Delivery.objects.get(uid=delivery.uid).asks_a_person)
    brewery.network.control(lag_seconds=0)
    work_until(lambda: Delivery.objects.get(uid=delivery.uid).state == "published")
    assert not Delivery.objects.get(uid=delivery.uid).asks_a_person

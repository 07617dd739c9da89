"""What a leaver wrote becomes a colleague's draft; what was signed never goes out as it was."""
from __future__ import annotations

import pytest

from countersign.access.departures import departing, left, queries, replanning
from countersign.access.departures.models import Departure
from countersign.access.departures.opening import DEPART
from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.audit.models import Entry
from countersign.base.actor import PersonActor
from countersign.base.errors import CountersignError, Refused
from countersign.content.posts import submitting, taking_over
from countersign.content.posts.jobs import hand_over, void_what_is_locked
from countersign.content.posts.models import Delivery, Post
from countersign.people.models import Person
from tests.house import House, now

pytestmark = pytest.mark.django_db(transaction=True)


def sent(house: House) -> int:
    return sum(entry["path"] == "/api/v1/posts" for entry in house.network.ledger())


def leo_leaves(house: House, heir: Person | None) -> Departure:
    house.person("Tom", Role.OFFICER)
    return departing.depart(house.actor("Kim"), house.people["Leo"], why="Leaves.", heir=heir, at=now())


def written(house: House, leo: PersonActor) -> tuple[Post, Post, Delivery]:
    """A draft of Leo's, one that waits for a signature, one that Ben has signed."""
    account = house.account  # type: ignore[attr-defined]
    draft, waiting = house.write(leo, "Een ontwerp", account), house.write(leo, "Dit wacht", account)
    submitting.submit(leo, waiting, at=now())
    return draft, waiting, house.approved(leo, house.actor("Ben"), "Dit was getekend", account)


def kept(departure: Departure) -> list[str]:
    return [one.about.why for one in left.left_of(departure, on_roster=()) if one.kind == "kept"]  # type: ignore[union-attr]


def test_drafts_and_what_is_not_out_become_the_colleague_s_drafts(brewery: House) -> None:
    leo = brewery.person("Leo", Role.AUTHOR)
    written(brewery, leo)
    departure = leo_leaves(brewery, brewery.people["Ann"])
    assert len(kept(departure)) == 3
    void_what_is_locked(now())
    assert hand_over(now()) == 3
    assert set(Post.objects.values_list("author__name", "state")) == {("Ann", "draft")}
    assert Delivery.objects.get().state == "recalled"
    assert kept(departure) == []
    assert Entry.objects.filter(event="post.handed_over", actor="duty:depart").count() == 3
    brewery.release()
    assert (sent(brewery), hand_over(now())) == (0, 0)


def test_what_was_taken_over_goes_out_in_the_colleague_s_name(brewery: House) -> None:
    leo = brewery.person("Leo", Role.AUTHOR)
    draft, _waiting, delivery = written(brewery, leo)
    leo_leaves(brewery, brewery.people["Ann"])
    hand_over(now())
    ann = brewery.actor("Ann")
    for post in (draft, delivery.post):
        post.refresh_from_db()
        submitting.submit(ann, post, at=now())
        assert submitting.authors(post) == [ann.uid]
        brewery.sign(brewery.actor("Ben"), post)
    brewery.release()
    assert sent(brewery) == 2


def test_whoever_takes_over_cannot_countersign_it(brewery: House) -> None:
    leo = brewery.person("Leo", Role.AUTHOR)
    draft, _waiting, _delivery = written(brewery, leo)
    Grant.objects.create(person=brewery.people["Ben"], account=None, role=Role.AUTHOR, given_at=now())
    leo_leaves(brewery, brewery.people["Ben"])
    hand_over(now())
    draft.refresh_from_db()
    submitting.submit(brewery.actor("Ben"), draft, at=now())
    with pytest.raises(Refused):
        brewery.sign(brewery.actor("Ben"), draft)


def test_without_anybody_it_lies_there_and_nothing_of_it_goes_out(brewery: House) -> None:
    leo = brewery.person("Leo", Role.AUTHOR)
    written(brewery, leo)
    departure = leo_leaves(brewery, None)
    void_what_is_locked(now())
    assert (hand_over(now()), kept(departure)) == (0, [])
    brewery.release()
    assert sent(brewery) == 0
    replanning.name_heir(brewery.actor("Kim"), departure, brewery.people["Ann"], at=now())
    assert hand_over(now()) == 3


def test_a_colleague_without_the_role_is_named_on_the_list_and_gets_nothing_yet(brewery: House) -> None:
    leo = brewery.person("Leo", Role.AUTHOR)
    brewery.write(leo, "Een ontwerp", brewery.account)  # type: ignore[attr-defined]
    brewery.person("Sam", Role.AUDITOR)
    departure = leo_leaves(brewery, brewery.people["Sam"])
    assert hand_over(now()) == 0
    assert "Sam may not write" in kept(departure)[0]
    Grant.objects.create(person=brewery.people["Sam"], account=None, role=Role.AUTHOR, given_at=now())
    assert hand_over(now()) == 1


def test_without_the_broker_what_was_signed_waits_to_be_handed_over(brewery: House) -> None:
    leo = brewery.person("Leo", Role.AUTHOR)
    written(brewery, leo)
    leo_leaves(brewery, brewery.people["Ann"])
    brewery.broker.kill()
    assert hand_over(now()) == 2  # the draft, and what nobody had signed
    brewery.broker.start()
    assert hand_over(now()) == 1


def test_a_post_that_is_out_stays_its_writer_s(brewery: House) -> None:
    leo = brewery.person("Leo", Role.AUTHOR)
    delivery = brewery.approved(leo, brewery.actor("Ben"), "Al uit", brewery.account)  # type: ignore[attr-defined]
    brewery.release()
    departure = leo_leaves(brewery, brewery.people["Ann"])
    assert (hand_over(now()), kept(departure)) == (0, [])
    delivery.post.refresh_from_db()
    assert delivery.post.author == brewery.people["Leo"]


def test_only_the_worker_s_own_duty_hands_over(brewery: House) -> None:
    leo = brewery.person("Leo", Role.AUTHOR)
    post = brewery.write(leo, "Een ontwerp", brewery.account)  # type: ignore[attr-defined]
    departure = leo_leaves(brewery, brewery.people["Ann"])
    with pytest.raises(Refused):
        taking_over.take_over(brewery.actor("Kim"), post, departure, at=now())  # type: ignore[arg-type]
    taking_over.take_over(DEPART, post, departure, at=now())
    with pytest.raises(CountersignError):
        taking_over.take_over(DEPART, post, departure, at=now())


def test_the_page_says_when_whoever_takes_over_has_left_as_well(brewery: House) -> None:
    brewery.person("Leo", Role.AUTHOR)
    brewery.person("Eva", Role.AUTHOR)
    eva = brewery.people["Eva"]
    departure = leo_leaves(brewery, eva)
    assert not queries.departure_page(brewery.actor("Kim"), departure, at=now()).has_heir_left
    departing.depart(brewery.actor("Kim"), eva, why="Leaves too.", at=now())
    departure = Departure.objects.get(pk=departure.pk)
    assert queries.departure_page(brewery.actor("Kim"), departure, at=now()).has_heir_left

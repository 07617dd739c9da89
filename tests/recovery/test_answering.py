"""An officer answers what nothing explained: it was one of us, or it was not."""
from __future__ import annotations

import pytest

from countersign.access.grants.models import Account
from countersign.access.recovery import answering
from countersign.access.vault.models import Rotation, SealedVersion, Secret
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.people import queries as people
from countersign.people.models import Person
from countersign.review.models import Proposal
from tests.recovery.conftest import Post, as_actor, now

pytestmark = pytest.mark.django_db


def is_locked(account: Account) -> bool:
    return people.is_locked(account=str(account.uid))


def test_that_was_us_asks_a_second_officer_to_lift_the_lock_and_lifts_nothing_itself(post: Post, account: Account, kim: Person, tom: Person) -> None:
    event = post.event("address_changed", account)
    proposal = answering.that_was_us(as_actor(kim), event, "Tom moved it to the role mailbox", at=now())
    assert proposal is not None
    assert (proposal.act, proposal.state, proposal.proposed_by, is_locked(account)) == ("lock.lift", "waiting", kim, True)
    assert (event.state, event.words, event.answered_by) == ("ours", "Tom moved it to the role mailbox", kim)


def test_that_was_us_without_a_lock_is_words_alone(post: Post, account: Account, kim: Person) -> None:
    event = post.event("new_login", account)
    assert answering.that_was_us(as_actor(kim), event, "Ann, from the train", at=now()) is None
    assert (event.state, Proposal.objects.count()) == ("ours", 0)


def test_a_lock_that_another_open_event_holds_as_well_is_not_asked_to_be_lifted(post: Post, account: Account, kim: Person) -> None:
    first, second = post.event("address_changed", account), post.event("second_factor_off", account)
    assert answering.that_was_us(as_actor(kim), first, "We moved it", at=now()) is None
    assert answering.that_was_us(as_actor(kim), second, "We turned it off and on", at=now()) is not None


def test_not_us_keeps_the_lock_and_opens_a_rotation_within_the_hour(post: Post, account: Account, kim: Person) -> None:
    secret = Secret.objects.create(account=account, kind="password", made_at=now())
    SealedVersion.objects.create(secret=secret, version=1, sealed="{}", made_at=now(), current_from=now())
    event, at = post.event("address_changed", account), now()
    rotation = answering.not_us(as_actor(kim), event, "Nobody here", at=at)
    assert rotation is not None
    assert rotation == Rotation.objects.get(secret=secret)
    assert (rotation.due_at - at).total_seconds() == 3600
    assert (event.state, is_locked(account)) == ("not_ours", True)


def test_not_us_locks_an_account_that_was_not_locked_by_itself(post: Post, account: Account, kim: Person) -> None:
    event = post.event("new_login", account)
    assert not is_locked(account)
    answering.not_us(as_actor(kim), event, "Nobody here", at=now())
    assert (is_locked(account), event.case is not None) == (True, True)


def test_not_us_about_no_account_of_ours_locks_nothing(post: Post, account: Account, kim: Person) -> None:
    event = post.event("new_login", None)
    assert answering.not_us(as_actor(kim), event, "Not ours", at=now()) is None
    assert (event.state, is_locked(account)) == ("not_ours", False)


def test_one_may_find_out_later_that_it_was_not_us_and_never_the_other_way(post: Post, account: Account, kim: Person, tom: Person) -> None:
    event = post.event("new_login", account)
    answering.that_was_us(as_actor(kim), event, "Ann, I think", at=now())
    answering.not_us(as_actor(tom), event, "Ann was on leave", at=now())
    with pytest.raises(Conflict):
        answering.that_was_us(as_actor(kim), event, "It was Ann", at=now())
    assert is_locked(account)


def test_an_answer_says_something(post: Post, account: Account, kim: Person) -> None:
    event = post.event("reset", account)
    for answer in (answering.that_was_us, answering.not_us):
        with pytest.raises(Invalid):
            answer(as_actor(kim), event, "  ", at=now())
    event.refresh_from_db()
    assert event.state == "open"


def test_nobody_but_an_officer_answers(post: Post, account: Account, kim: Person, ann: Person, olu: Person) -> None:
    event = post.event("reset", account)
    for person in (ann, olu):
        with pytest.raises(Refused):
            answering.that_was_us(as_actor(person), event, "It was me", at=now())

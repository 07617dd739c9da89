"""What a locked person or device has signed must be signed anew; what waits is held; and nothing begins once it has answered."""
from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from countersign.access.grants.rights import Role
from countersign.access.lockout import answering, locking
from countersign.access.lockout.models import Case
from countersign.access.lockout.rules import Target
from countersign.base.actor import PersonActor
from countersign.base.errors import CountersignError
from countersign.content.posts import submitting
from countersign.content.posts.jobs import void_what_is_locked
from countersign.content.posts.models import Delivery, Post
from countersign.people.models import Device, Lock
from countersign.people.states import LockKind
from tests.house import House, now

pytestmark = pytest.mark.django_db(transaction=True)


def officer(house: House) -> PersonActor:
    return house.person("Tom", Role.OFFICER)


def lock(by: PersonActor, *targets: Target) -> Case:
    case = locking.lock(by, targets, reason="a suspicion", at=now())
    answering.answer(case)
    return case


def sent(house: House) -> int:
    """How many requests to create a post have arrived at the network, whatever became of them."""
    return sum(entry["path"] == "/api/v1/posts" for entry in house.network.ledger())


def lifted() -> None:
    Lock.objects.update(lifted_at=now(), state="lifted")


def on(actor: PersonActor, kind: LockKind = LockKind.PERSON) -> Target:
    uid = actor.uid if kind == LockKind.PERSON else str(Device.objects.get(person__uid=actor.uid).uid)
    return Target(kind, uid)


@pytest.mark.parametrize("kind", [LockKind.PERSON, LockKind.DEVICE])
def test_a_signature_of_whoever_is_locked_is_void_for_good(brewery: House, kind: LockKind) -> None:
    ann, ben = brewery.actor("Ann"), brewery.actor("Ben")
    delivery = brewery.approved(ann, ben, "Zaterdag open", brewery.account)  # type: ignore[attr-defined]
    lock(officer(brewery), on(ben, kind))
    assert void_what_is_locked(now()) == 2
    post = Post.objects.get(pk=delivery.post.pk)
    delivery.refresh_from_db()
    assert (post.state, delivery.state) == ("draft", "recalled")
    lifted()
    Delivery.objects.filter(pk=delivery.pk).update(state="due", due_at=now())  # by somebody with the database
    brewery.release()
    assert sent(brewery) == 0


def test_the_first_of_two_signatures_is_void_as_well(brewery: House) -> None:
    ann, ben = brewery.actor("Ann"), brewery.actor("Ben")
    brewery.account.signatures = 2  # type: ignore[attr-defined]
    brewery.account.save()  # type: ignore[attr-defined]
    post = brewery.write(ann, "Zondag open", brewery.account)  # type: ignore[attr-defined]
    submitting.submit(ann, post, at=now())
    assert not brewery.sign(ben, post)
    lock(officer(brewery), on(ben))
    void_what_is_locked(now())
    post.refresh_from_db()
    assert post.state == "draft"
    assert post.remarks.filter(kind="voided").count() == 1


def test_what_the_locked_person_wrote_is_held_and_goes_out_only_when_resumed(brewery: House) -> None:
    ann, ben = brewery.actor("Ann"), brewery.actor("Ben")
    delivery = brewery.approved(ann, ben, "Maandag dicht", brewery.account)  # type: ignore[attr-defined]
    lock(officer(brewery), on(ann))
    void_what_is_locked(now())
    delivery.refresh_from_db()
    assert delivery.state == "held"
    lifted()
    brewery.release()
    assert sent(brewery) == 0


def test_an_account_s_lock_holds_its_own_releases_alone(brewery: House) -> None:
    ann, ben, kim = brewery.actor("Ann"), brewery.actor("Ben"), brewery.actor("Kim")
    other = brewery.connect(kim, "delinde_fr")
    here = brewery.approved(ann, ben, "Hier", brewery.account)  # type: ignore[attr-defined]
    there = brewery.approved(ann, ben, "Daar", other)
    lock(officer(brewery), Target(LockKind.ACCOUNT, str(other.uid)))
    void_what_is_locked(now())
    brewery.release()
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.state, there.state) == ("published", "held")


def test_a_post_planned_for_later_is_looked_at_when_its_time_comes(brewery: House) -> None:
    ann, ben = brewery.actor("Ann"), brewery.actor("Ben")
    post = brewery.write(ann, "Morgen", brewery.account, release_at=now() + timedelta(days=1))  # type: ignore[attr-defined]
    submitting.submit(ann, post, at=now())
    brewery.sign(ben, post)
    lock(officer(brewery), Target(LockKind.NETWORK, network="practice"))
    void_what_is_locked(now())
    assert Delivery.objects.get(post=post).state == "due"


def test_the_broker_refuses_by_the_device_of_the_signer_alone(brewery: House) -> None:
    """No worker has voided anything yet: the broker itself reads the lock on the device behind the signature."""
    delivery = brewery.approved(brewery.actor("Ann"), brewery.actor("Ben"), "Nu", brewery.account)  # type: ignore[attr-defined]
    lock(officer(brewery), on(brewery.actor("Ben"), LockKind.DEVICE))
    brewery.release()
    delivery.refresh_from_db()
    assert delivery.state == "held"
    assert sent(brewery) == 0


def test_nothing_is_begun_once_a_lock_has_answered(brewery: House) -> None:
    """Posts go out as fast as they can while Ben is locked; what arrived after the answer is none."""
    ann, ben, tom = brewery.actor("Ann"), brewery.actor("Ben"), officer(brewery)
    for number in range(12):
        brewery.approved(ann, ben, f"Bericht {number}", brewery.account)  # type: ignore[attr-defined]
    done = threading.Thread(target=_release, args=(brewery,))
    done.start()
    lock(tom, on(ben))
    arrived = sent(brewery)
    done.join()
    brewery.settle()
    assert sent(brewery) == arrived


def _release(house: House) -> None:
    try:
        house.release()
    except CountersignError:
        pass
    finally:
        connection.close()



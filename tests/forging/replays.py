"""Replays: what went out once, was recalled, was deleted or refused, or belongs to another account, is asked for again."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection

from countersign.access.grants.models import Account
from countersign.access.vault.models import SecretVersion
from countersign.calls import client, messages
from countersign.content.posts.models import Delivery, Revision
from countersign.review.models import Countersignature
from tests.forging.world import LANDED, Answer, Case, World, matter_of, now, wait_until

OTHER = "This is not what was countersigned."
RECALLED = "This was recalled."
CLAIM = "The claim of this delivery no longer stands"
ELSEWHERE = "does not belong here"


def _sent(world: World, kind: str = "plain") -> Delivery:
    delivery = world.approved(kind)
    assert world.publish(delivery).kind == "published"
    return delivery


def _forgotten(delivery: Delivery) -> None:
    """The database forgets that a delivery was ever begun."""
    Delivery.objects.filter(pk=delivery.pk).update(
        state="due", fence=0, remote_id="", url="", cid="", published_at=None, lease_until=None, due_at=now()
    )


def _sent_again(fence: int | None) -> Callable[[World], Answer]:
    def attempt(world: World) -> Answer:
        delivery = _sent(world)
        _forgotten(delivery)
        return world.publish(delivery, fence=fence)

    return attempt


def _sent_again_spelled(world: World) -> Answer:
    delivery = _sent(world)
    _forgotten(delivery)
    return world.publish(delivery, fence=9, spelled=str(delivery.uid).upper())


def _sent_again_without_its_key(world: World) -> Answer:
    """The network has forgotten its idempotency keys, so only our own file stands in the way."""
    delivery = _sent(world)
    _forgotten(delivery)
    world.house.network.control(idempotency=False)
    try:
        return world.publish(delivery, fence=9)
    finally:
        world.house.network.behave()


def _copied(change: Callable[[World, dict[str, Any], str], None]) -> Callable[[World], Answer]:
    """The rows of a post that went out are copied under a new delivery."""

    def attempt(world: World) -> Answer:
        delivery = _sent(world)
        uid, request = str(uuid4()), dict(delivery.request)
        change(world, request, uid)
        revision = Revision.objects.get(pk=delivery.revision_id)
        revision.pk, revision.number = None, 2
        revision.save()
        for row in Countersignature.objects.filter(matter=matter_of(delivery)):
            row.pk, row.matter = None, f"post:{delivery.post.uid}:2"
            row.save()
        delivery.pk, delivery.uid, delivery.revision, delivery.request = None, uid, revision, request  # type: ignore[assignment]
        delivery.state, delivery.fence = "due", 0
        delivery.save()
        return world.publish(world.again(delivery))

    return attempt


def _renamed(world: World) -> Answer:
    """The delivery that went out gets another name, in its row and in its request."""
    delivery, uid = _sent(world), str(uuid4())
    _forgotten(delivery)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE posts_delivery SET uid = %s WHERE id = %s", [uid.replace("-", ""), delivery.pk])
    renamed = world.alter(world.again(delivery), lambda request: request.update(delivery=uid))
    return world.publish(renamed)


def _deleted_again(world: World) -> Answer:
    """It went out and was deleted at the network; now it is due again."""
    delivery = _sent(world)
    assert world.ask(messages.Withdraw(str(delivery.uid))).kind == "deleted"
    _forgotten(delivery)
    return world.publish(delivery, fence=9)


def _refused_again(world: World) -> Answer:
    """The network refused it for good; now it is due again."""
    delivery = world.approved()
    world.house.network.control(refusing=422, refusing_next=1)
    assert world.publish(delivery).kind == "failed"
    world.house.network.behave()
    _forgotten(delivery)
    return world.publish(delivery, fence=9)


def _taken_in_silence(forged: Callable[[World, Delivery], Answer]) -> Callable[[World], Answer]:
    """The network took it, said nothing, and forgets its idempotency key. `forged` brings the broker to believe that
    nothing is there, or fails to; then it is asked for again."""

    def attempt(world: World) -> Answer:
        delivery = world.approved()
        world.house.network.control(idempotency=False, silent_next=1)
        landed = now() + timedelta(seconds=LANDED)
        try:
            assert world.publish(delivery).kind == "unconfirmed"
            wait_until(landed)
            forged(world, delivery)
            return world.publish(world.restored(), fence=9)
        finally:
            world.house.network.behave()

    return attempt


def _said_to_be_absent(world: World, delivery: Delivery) -> Answer:
    """Somebody *looked*, and says that it is not there."""
    return world.ask(messages.Looked(str(delivery.uid), "", "", world.uid("Ann")))


def _others(request: dict[str, Any]) -> None:
    request.update(text="Niets.", handle=str(uuid4()))


def _looked_for_as_something_else(world: World, delivery: Delivery) -> Answer:
    """While the broker looks for it, the row asks for other words."""
    world.alter(delivery, _others)
    answer = world.ask(messages.Settle(str(delivery.uid)))
    assert answer.kind == "unconfirmed", answer
    return answer


def _said_to_be_absent_as_something_else(world: World, delivery: Delivery) -> Answer:
    """Somebody *looked*, and the row asks for other words, so that the broker's own reading finds nothing."""
    world.alter(delivery, _others)
    answer = world.ask(messages.Looked(str(delivery.uid), "", "", world.uid("Ann")))
    assert answer.kind == "Refused", answer
    return answer


def _looked_for_elsewhere(world: World, delivery: Delivery) -> Answer:
    """While the broker looks for it, the vault holds Olu's own key for our account."""
    with secrets_of(world):
        _put_olus_key(world)
        answer = world.ask(messages.Settle(str(delivery.uid)))
        assert answer.kind == "unconfirmed", answer
        return answer


def _recalled(recall: Callable[[str], str], publish: Callable[[str], str]) -> Callable[[World], Answer]:
    """Recalled under one spelling of its name, asked for under another."""

    def attempt(world: World) -> Answer:
        delivery = world.approved()
        uid = str(delivery.uid)
        client.ask(messages.Recall(recall(uid)))
        return world.publish(delivery, spelled=publish(uid))

    return attempt


def _unclaimed(state: str, *, row_fence: int = 1, fence: int = 1, remote_id: str = "") -> Callable[[World], Answer]:
    """Asked for although the row says that nobody claimed it, or somebody else did."""

    def attempt(world: World) -> Answer:
        delivery = world.approved()
        Delivery.objects.filter(pk=delivery.pk).update(state=state, fence=row_fence, remote_id=remote_id)
        return world.publish(delivery, claim=False, fence=fence)

    return attempt


def _fence_again(second: int) -> Callable[[World], Answer]:
    """Asked for under a fence that is spent."""

    def attempt(world: World) -> Answer:
        delivery = world.approved()
        assert CLAIM in world.publish(delivery, claim=False, fence=5).words
        time.sleep(0.3)
        return world.publish(delivery, fence=second)

    return attempt


# --- another account's --------------------------------------------------------------------------------------------


def _to_another_account(world: World) -> Answer:
    delivery = world.approved()
    Delivery.objects.filter(pk=delivery.pk).update(account=world.other)
    return world.publish(delivery)


def _to_another_account_wholly(world: World) -> Answer:
    """Row and request name the other account, as consistently as can be."""
    delivery, other = world.approved(), world.other
    Delivery.objects.filter(pk=delivery.pk).update(account=other)
    target = {"uid": str(other.uid), "network": other.network, "origin": other.origin, "remote_id": other.remote_id}
    return world.publish(world.alter(delivery, lambda request: request.update(account=target)))


@contextmanager
def secrets_of(world: World) -> Iterator[list[SecretVersion]]:
    """The sealed keys of the two accounts, put back afterwards."""
    rows = [SecretVersion.objects.get(account=account) for account in (world.account, world.other)]
    kept = [(row.pk, row.sealed, row.version) for row in rows]
    try:
        yield rows
    finally:
        SecretVersion.objects.exclude(pk__in=[pk for pk, _sealed, _version in kept]).filter(account=world.account).delete()
        for pk, sealed, version in kept:
            SecretVersion.objects.filter(pk=pk).update(sealed=sealed, version=version)


def _sealed_swapped(world: World) -> Answer:
    delivery = world.approved()
    with secrets_of(world) as (mine, other):
        SecretVersion.objects.filter(pk=mine.pk).update(sealed=other.sealed)
        return world.publish(delivery)


def _sealed_touched(world: World) -> Answer:
    delivery = world.approved()
    with secrets_of(world) as (mine, _other):
        at = len(mine.sealed) // 2
        touched = mine.sealed[:at] + ("A" if mine.sealed[at] != "A" else "B") + mine.sealed[at + 1 :]
        SecretVersion.objects.filter(pk=mine.pk).update(sealed=touched)
        return world.publish(delivery)


def _sealed_elsewhere(sealed: str) -> Callable[[World], Answer]:
    def attempt(world: World) -> Answer:
        delivery = world.approved()
        with secrets_of(world) as (mine, _other):
            SecretVersion.objects.filter(pk=mine.pk).update(sealed=sealed)
            return world.publish(delivery)

    return attempt


def _sealed_as_another_version(world: World) -> Answer:
    delivery = world.approved()
    with secrets_of(world) as (mine, _other):
        SecretVersion.objects.filter(pk=mine.pk).update(version=7)
        return world.publish(delivery)


def _sealed_by_the_broker_for_another_purpose(world: World) -> Answer:
    """Words that look like credentials, sealed by the broker as somebody's code generator, put in as an account's key."""
    delivery = world.approved()
    sealed = client.ask(messages.Seal(f"person:{world.uid('Olu')}", "totp", 1, '{"secret": "x"}')).sealed
    with secrets_of(world) as (mine, _other):
        SecretVersion.objects.filter(pk=mine.pk).update(sealed=sealed)
        return world.publish(delivery)


def _put_olus_key(world: World) -> None:
    """Olu signs in at the network as herself, for our account, and puts what the broker sealed into the vault."""
    uid = str(world.account.uid)
    begun = client.ask(messages.BeginConnection("practice", uid, world.house.network.origin, "olu", "olus-state"))
    query = world.house.network.answer(begun.authorize_url, "olu")
    made = client.ask(messages.FinishConnection("practice", uid, begun.pending, query, version=2))
    SecretVersion.objects.create(account=world.account, version=made.version, sealed=made.sealed, made_at=now())


def _reconnected_as_olus(world: World) -> Answer:
    delivery = world.approved()
    with secrets_of(world):
        _put_olus_key(world)
        return world.publish(delivery)


def _reconnected_as_olus_meanwhile(world: World) -> Answer:
    """Olu's key is put in while the network thinks about a key it then refuses, so that the broker goes on with hers."""
    delivery = world.approved()
    Delivery.objects.filter(pk=delivery.pk).update(state="sending", fence=1)
    with secrets_of(world), ThreadPoolExecutor(1) as aside:
        world.house.network.control(slow_seconds=0.8, refusing=401, refusing_next=1)
        try:
            sending = aside.submit(lambda: world.publish(delivery, claim=False, fence=1))
            _put_olus_key(world)
            return sending.result()
        finally:
            world.house.network.behave()


def _at_once_under_four_spellings(world: World) -> Answer:
    """Asked for four times at once, each time under another spelling of its name."""
    delivery = world.approved()
    Delivery.objects.filter(pk=delivery.pk).update(state="sending", fence=1)
    uid = str(delivery.uid)
    with ThreadPoolExecutor(4) as crowd:
        spelled = [uid, uid.upper(), _bare(uid), _urn(uid)]
        answers = list(crowd.map(lambda name: world.publish(delivery, claim=False, fence=1, spelled=name), spelled))
    assert {answer.kind for answer in answers} == {"published"}, answers
    return answers[-1]


def _account_renamed(world: World) -> Answer:
    """The account's row takes the other's place, and the delivery asks for what the row now says."""
    delivery, account = world.approved(), world.account
    Account.objects.filter(pk=account.pk).update(remote_id="4711", origin="https://elsewhere.example")
    try:
        target = {"uid": str(account.uid), "network": "practice", "origin": "https://elsewhere.example", "remote_id": "4711"}
        return world.publish(world.alter(delivery, lambda request: request.update(account=target)))
    finally:
        account.save()


def _same(uid: str) -> str:
    return uid


def _bare(uid: str) -> str:
    return uid.replace("-", "")


def _urn(uid: str) -> str:
    return f"urn:uuid:{uid}"


_NEW = "replay: a copy of what went out, as a new delivery"

CASES = [
    Case("replay: due again, with a new fence", _sent_again(9), "", "published", twin="plain", honest=1),
    Case("replay: due again, with its old fence", _sent_again(1), "", "published", twin="plain", honest=1),
    Case("replay: due again, under another spelling", _sent_again_spelled, "", "published", twin="plain", honest=1),
    Case("replay: due again, where the network forgot its key", _sent_again_without_its_key, "", "published", twin="plain", honest=1),
    Case(_NEW, _copied(lambda _w, request, uid: request.update(delivery=uid)), OTHER, twin="plain", honest=1),
    Case(f"{_NEW} that keeps the old name inside", _copied(lambda _w, _request, _uid: None), OTHER, twin="plain", honest=1),
    Case(f"{_NEW} with a new handle", _copied(lambda _w, request, uid: request.update(delivery=uid, handle=uid)), OTHER, twin="plain", honest=1),
    Case("replay: what went out, renamed", _renamed, OTHER, twin="plain", honest=1),
    Case("replay: deleted at the network, and due again", _deleted_again, "", "deleted", twin="plain", honest=1),
    Case("replay: refused by the network, and due again", _refused_again, "", "failed", twin="plain", honest=1),
    Case("replay: at once, under four spellings", _at_once_under_four_spellings, "", "published", twin="plain", honest=1),
    Case("replay: said to be absent", _taken_in_silence(_said_to_be_absent), "", "published", twin="plain", honest=1),
    Case("replay: looked for as something else", _taken_in_silence(_looked_for_as_something_else), "", "published",
         twin="plain", honest=1),
    Case("replay: said to be absent as something else", _taken_in_silence(_said_to_be_absent_as_something_else), "",
         "published", twin="plain", honest=1),
    Case("replay: looked for on another's timeline", _taken_in_silence(_looked_for_elsewhere), "", "published",
         twin="plain", honest=1),
    Case("recalled, and due again", _recalled(_same, _same), RECALLED, twin="plain"),
    Case("recalled, and due again in capitals", _recalled(_same, str.upper), RECALLED, twin="plain"),
    Case("recalled, and due again without dashes", _recalled(_same, _bare), RECALLED, twin="plain"),
    Case("recalled, and due again as a URN", _recalled(_same, _urn), RECALLED, twin="plain"),
    Case("recalled in capitals, and due again", _recalled(str.upper, _same), RECALLED, twin="plain"),
    Case("claim: none, and the row is due", _unclaimed("due"), CLAIM, "due", twin="plain"),
    Case("claim: none, and the row is held", _unclaimed("held"), CLAIM, "due", twin="plain"),
    Case("claim: none, and the row is recalled", _unclaimed("recalled"), CLAIM, "due", twin="plain"),
    Case("claim: none, and the row says published", _unclaimed("published", remote_id="1"), CLAIM, "due", twin="plain"),
    Case("claim: none, and the row is failed", _unclaimed("failed"), CLAIM, "due", twin="plain"),
    Case("claim: somebody's newer one", _unclaimed("sending", row_fence=4, fence=3), CLAIM, "due", twin="plain"),
    Case("claim: a fence ahead of the row's", _unclaimed("sending", row_fence=3, fence=4), CLAIM, "due", twin="plain"),
    Case("claim: a fence that is spent", _fence_again(5), "claimed before", "due", twin="plain"),
    Case("claim: a fence lower than one that is spent", _fence_again(2), "claimed before", "due", twin="plain"),
    Case("account: another one in the delivery's row", _to_another_account, OTHER),
    Case("account: another one in row and request", _to_another_account_wholly, OTHER),
    Case("account: row and request say it is another there", _account_renamed, OTHER),
    Case("account: Olu's own at the network", _reconnected_as_olus, OTHER),
    Case("account: Olu's own, put in while it is being sent", _reconnected_as_olus_meanwhile, "connected as somebody else",
         "due", "plain", honest=1),
    Case("secret: another account's", _sealed_swapped, ELSEWHERE),
    Case("secret: one byte changed", _sealed_touched, ELSEWHERE),
    Case("secret: as another version", _sealed_as_another_version, ELSEWHERE),
    Case("secret: sealed for another purpose", _sealed_by_the_broker_for_another_purpose, ELSEWHERE),
    Case("secret: empty", _sealed_elsewhere(""), ELSEWHERE),
    Case("secret: in clear", _sealed_elsewhere('{"identity": {}, "secret": "x"}'), ELSEWHERE),
    Case("secret: a list", _sealed_elsewhere("[]"), ELSEWHERE),
]

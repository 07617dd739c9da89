"""Releasing: what is approved and due goes out, once; what is unknown is settled; what must not go out is recalled.

Each act is three steps: claim here in one recorded transaction, ask the broker with none open, write down its answer in
another. A crash in between leaves a claimed row whose lease ends, and `settle` finds it. The broker's own file decides
whether anything is sent; these rows are what people see.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from countersign.access.grants import conditions, gate, rules
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.vault import keeping
from countersign.audit.recording import Record, recorded, refusals_recorded
from countersign.base.actor import Actor, DutyActor, PersonActor
from countersign.base.errors import (
    Conflict,
    CountersignError,
    Invalid,
    NetworkError,
    OutcomeUnknown,
    Refused,
    Unreachable,
)
from countersign.base.prepared import Prepared
from countersign.base.tables import move_all
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.content.posts.drafting import remark, require_on_all
from countersign.content.posts.models import Delivery, Post
from countersign.content.posts.states import DELIVERY, ENDS, DeliveryState, PostState

LOOK_AGAIN = timedelta(seconds=15)


def release(actor: DutyActor, delivery: Delivery, *, at: datetime) -> None:
    """Claim a due delivery, have the broker send it, and write down what became of it; or hold it, with the reason."""
    for claimed in release_many(actor, [], [delivery], at=at):
        _write_down(actor, claimed, sent(claimed), at)
    delivery.refresh_from_db()


def sent(delivery: Delivery) -> messages.Outcome:
    """Have the broker send a delivery under the fence its claim was given: what became of it."""
    try:
        outcome: messages.Outcome = client.ask(messages.Publish(str(delivery.uid), delivery.fence))
    except (Refused, Invalid) as refusal:  # Invalid: a stored picture is gone, or is no longer the one that was signed
        return messages.Outcome("held", why=refusal.what)
    except (Conflict, NetworkError) as error:  # NetworkError: the broker itself did not answer, so it may have sent
        return messages.Outcome("unconfirmed", why=error.what)
    return outcome


def release_many(
    actor: DutyActor, back: Sequence[tuple[Delivery, messages.Outcome]], begin: Sequence[Delivery], *, at: datetime
) -> list[Delivery]:
    """Write down what became of deliveries that were claimed before, and claim those of `begin` that are still due: in one
    change, for which the disk is waited for once. The claimed ones have their fence, and go to `sent`. What may not go out
    from its account now is held, with the reason.

    Conflict when there was nothing to write down and nothing was due any more.
    """
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.POST_RELEASE, on=None)
        changed = _write_down_all(record, back, at)
        claimed, held = _claim_all(record, begin, at)
        for delivery, outcome in back:
            if outcome.key_refused:
                keeping.mark_refused(actor, delivery.account, outcome.why, at=at)
        if not (changed or claimed or held):
            raise Conflict(_("Nothing of this is due any more."))
    return claimed


def settle(actor: DutyActor, delivery: Delivery, *, at: datetime) -> None:
    """Ask the broker what became of a delivery whose outcome is unknown, or whose sender died."""
    with refusals_recorded(actor, at=at, matter=delivery):
        gate.require(actor, Right.POST_RELEASE, on=None)  # of the house: looking sends nothing, so no account has to show anything
    try:
        outcome = client.ask(messages.Settle(str(delivery.uid)))
    except CountersignError as error:
        outcome = messages.Outcome("unconfirmed", why=error.what)
    _write_down(actor, delivery, outcome, at)


def recall(actor: PersonActor, post: Post, *, at: datetime) -> None:
    """Stop an approved post before it goes out; it is a draft again and its signatures are void.

    Conflict when part of it is on its way or out: then what is out is withdrawn instead.
    """
    with refusals_recorded(actor, at=at, matter=post):
        require_on_all(actor, Right.POST_RECALL, post)
    waiting = list(post.deliveries.filter(revision__number=post.revision, state__in=["due", "held"]))
    if not waiting:
        raise Conflict(_("Nothing of this is waiting to go out."))
    for delivery in waiting:
        client.ask(messages.Recall(str(delivery.uid)))
    with recorded(actor, at=at) as record:
        require_on_all(actor, Right.POST_RECALL, post)
        for delivery in waiting:
            delivery.refresh_from_db()
            delivery.move(DeliveryState.RECALLED, at=at)
            record("delivery.recalled", delivery, account=str(delivery.account.uid))
        others = post.deliveries.filter(revision__number=post.revision).exclude(state=DeliveryState.RECALLED)
        if others.exists():
            _finish(post, at)
        else:
            post.move(PostState.DRAFT, at=at)
        remark(actor, post, "", kind="recalled", at=at)


def resume(actor: PersonActor, delivery: Delivery, *, at: datetime) -> None:
    """Let a held delivery try again; the broker checks everything anew."""
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.POST_RECALL, on=delivery.account)
        delivery.move(DeliveryState.DUE, at=at, due_at=at, why="")
        record("delivery.resumed", delivery, account=str(delivery.account.uid))


def let_go(actor: DutyActor, account: Account, *, at: datetime) -> int:
    """Let what was held for want of something on its account go again, now that it is there; how many. What is out of its
    time by now is refused by the broker, and held with that reason."""
    with recorded(actor, at=at, account=account) as record:
        gate.require(actor, Right.POST_RELEASE, on=account)
        waiting = list(Delivery.objects.wanting(*_WANTS).filter(account=account).order_by("due_at", "pk").select_for_update())
        if not waiting:
            raise Conflict(_("Nothing of this account is held for that."))
        move_all(waiting, DeliveryState.DUE, at=at, due_at=at, why="")
        for delivery in waiting:
            record("delivery.resumed", delivery, account=str(account.uid))
        return len(waiting)


def wanting(at: datetime) -> list[Account]:
    """The accounts of which something is held that could go again now."""
    accounts = list(Account.objects.filter(pk__in=Delivery.objects.wanting(*_WANTS).values("account")))
    lacking = conditions.lacking(Right.POST_RELEASE, [account.pk for account in accounts], at)
    return [account for account in accounts if account.pk not in lacking]


# What a delivery is held for when it is held for want of a condition: the words say it, to people as to us.
_WANTS = tuple(rules.unmet(kind).why for kind in rules.NEEDS[Right.POST_RELEASE])


def withdraw(actor: PersonActor, delivery: Delivery, *, at: datetime) -> None:
    """Delete a published delivery at its network."""
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.POST_WITHDRAW, on=delivery.account)
        delivery.move(DeliveryState.DELETING, at=at, lease_until=at + _lease())
        record("delivery.withdrawal_begun", delivery, account=str(delivery.account.uid))
    try:
        outcome = client.ask(messages.Withdraw(str(delivery.uid), actor.uid))
    except (Unreachable, OutcomeUnknown) as error:  # the broker itself may not have answered: it may have deleted
        outcome = messages.Outcome("unconfirmed", why=error.what)
    except CountersignError as error:
        outcome = messages.Outcome("published", why=error.what)
    _write_down(actor, delivery, outcome, at)


def say_what_is_there(actor: PersonActor, delivery: Delivery, *, remote_id: str, url: str, at: datetime) -> None:
    """Settle an unconfirmed delivery by a person's own look at the network."""
    with refusals_recorded(actor, at=at, matter=delivery):
        gate.require(actor, Right.POST_WITHDRAW, on=delivery.account)
    _require_of_that_network(delivery, remote_id, url)
    uid, is_deletion = str(delivery.uid), bool(delivery.remote_id)  # it was known there: what is unknown is whether it still is
    outcome = client.ask(messages.Settle(uid) if is_deletion else messages.Looked(uid, remote_id, url, actor.uid))
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.POST_WITHDRAW, on=delivery.account)
        record("delivery.looked_at", delivery, account=str(delivery.account.uid), found=bool(remote_id))
    _write_down(actor, delivery, outcome, at)


def _require_of_that_network(delivery: Delivery, remote_id: str, url: str) -> None:
    """Raise Invalid unless this can be kept: the broker's file keeps it for good, and the page shows the address as a link."""
    if len(remote_id) > 300 or not remote_id.isprintable() or (url and not remote_id):
        raise Invalid(_("That is no name of a post."), field="remote_id")
    hosts = {urlsplit(delivery.account.origin).netloc, urlsplit(delivery.account.url).netloc}
    if url and (urlsplit(url).scheme not in {"http", "https"} or urlsplit(url).netloc not in hosts or len(url) > 600):
        raise Invalid(_("That is no address of a post at that network."), field="url")


def _lease() -> timedelta:
    """How long a claim in the database stands: longer than the broker's own lease on an attempt."""
    return timedelta(seconds=settings.LEASE_SECONDS)


def _claim_all(record: Record, begin: Sequence[Delivery], at: datetime) -> tuple[list[Delivery], list[Delivery]]:
    """Those that are claimed, and those that are held, because something is lacking on their account."""
    due = sorted(_STILL_DUE.ask(keys=[delivery.pk for delivery in begin]), key=attrgetter("due_at", "pk"))
    lacking = conditions.lacking(Right.POST_RELEASE, {delivery.account_id for delivery in due}, at)
    held = [delivery for delivery in due if delivery.account_id in lacking]
    for delivery in held:
        delivery.move(DeliveryState.HELD, at=at, why=lacking[delivery.account_id].why)
        record("delivery.held", delivery, account=str(delivery.account.uid), why=delivery.why)
    claimed = [delivery for delivery in due if delivery.account_id not in lacking]
    for fence, group in groupby(sorted(claimed, key=attrgetter("fence")), key=attrgetter("fence")):
        move_all(list(group), DeliveryState.SENDING, at=at, fence=fence + 1, lease_until=at + _lease())
    for delivery in claimed:
        record("delivery.claimed", delivery, account=str(delivery.account.uid), fence=delivery.fence)
    return claimed, held


def _write_down_all(record: Record, back: Sequence[tuple[Delivery, messages.Outcome]], at: datetime) -> bool:
    """Whether anything was new. What was settled meanwhile, by somebody who asked the broker as well, stays as it is."""
    rows, changed = {row.pk: row for row in _HELD.ask(keys=[delivery.pk for delivery, _outcome in back])}, list[Delivery]()
    for delivery, outcome in back:
        row, state = rows.get(delivery.pk), DeliveryState(outcome.state)
        if row is None or state not in DELIVERY.moves[DeliveryState(row.state)]:
            continue
        row.move(state, at=at, **_told(row, outcome, at))
        _record(record, row, str(delivery.account.uid), outcome)
        changed.append(row)
    _finish_all({row.post_id for row in changed}, at)
    return bool(changed)


def _finish_all(posts: Iterable[int], at: datetime) -> None:
    """Approved posts whose deliveries have all come to an end are done."""
    move_all(_ALL_ENDED.ask(keys=list(posts)), PostState.DONE, at=at)


def _all_ended(keys: list[int]) -> QuerySet[Post]:
    open_ones = Delivery.objects.filter(post=OuterRef("pk"), revision__number=OuterRef("revision")).exclude(state__in=ENDS)
    return Post.objects.filter(~Exists(open_ones), pk__in=keys, state=PostState.APPROVED).order_by("pk").select_for_update()


_ALL_ENDED = Prepared[Post](_all_ended)
_HELD = Prepared[Delivery](
    lambda keys: Delivery.objects.filter(pk__in=keys).order_by("pk").select_for_update().defer("request")
)
_STILL_DUE = Prepared[Delivery](  # what another worker claims at this moment is its own
    lambda keys: Delivery.objects.filter(pk__in=keys, state=DeliveryState.DUE).select_related("account").defer("request")
    .select_for_update(of=("self",), skip_locked=True)
)  # fmt: skip


def _write_down(actor: Actor, delivery: Delivery, outcome: messages.Outcome, at: datetime) -> None:
    if outcome.key_refused:
        keeping.mark_refused(actor, delivery.account, outcome.why, at=at)
    state = DeliveryState(outcome.state)
    delivery.refresh_from_db()
    fields = _told(delivery, outcome, at)
    if delivery.state == state:
        Delivery.objects.filter(pk=delivery.pk, state=state).update(**fields)  # nothing new: look again later
        return
    with recorded(actor, at=at) as record:
        delivery.move(state, at=at, **fields)
        _record(record, delivery, str(delivery.account.uid), outcome)
        _finish(delivery.post, at)


def _told(delivery: Delivery, outcome: messages.Outcome, at: datetime) -> dict[str, object]:
    """What an outcome says, for the row of its delivery."""
    state = DeliveryState(outcome.state)
    fields: dict[str, object] = {"why": outcome.why[:300], "asks_a_person": outcome.asks}
    if state == DeliveryState.PUBLISHED and outcome.remote_id:
        fields |= {"remote_id": outcome.remote_id, "url": outcome.url, "cid": outcome.cid}
        fields["published_at"] = delivery.published_at or at
    if state == DeliveryState.DELETED and not delivery.remote_id:  # an older copy of the database did not know that it was out
        fields["remote_id"] = outcome.remote_id
    if state in {DeliveryState.DUE, DeliveryState.UNCONFIRMED}:
        fields["due_at"] = datetime.fromisoformat(outcome.retry_at) if outcome.retry_at else at + LOOK_AGAIN
    return fields


def _record(record: Record, delivery: Delivery, account: str, outcome: messages.Outcome) -> None:
    state = DeliveryState(outcome.state)
    record(f"delivery.{_WORDS.get(state, state.value)}", delivery, account=account, remote_id=outcome.remote_id)


_WORDS = {DeliveryState.DUE: "put_off", DeliveryState.DELETED: "withdrawn"}


def _finish(post: Post, at: datetime) -> None:
    """An approved post whose deliveries have all come to an end is done."""
    post.refresh_from_db()
    open_ones = post.deliveries.filter(revision__number=post.revision).exclude(state__in=ENDS)
    if post.state == PostState.APPROVED and not open_ones.exists():
        post.move(PostState.DONE, at=at)

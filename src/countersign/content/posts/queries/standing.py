"""How a post stands, and each of its deliveries."""
from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import rules
from countersign.access.grants.queries import face, may
from countersign.access.grants.rights import Right
from countersign.access.grants.states import ConditionKind
from countersign.base.actor import PersonActor
from countersign.base.values import Digest
from countersign.content.posts.models import Delivery, Post, Revision
from countersign.content.posts.queries.composing import previews_of_draft
from countersign.content.posts.queries.reviewing import may_on_all, previews_of, remarks, review_url, signatures
from countersign.content.posts.states import DeliveryState, PostState
from countersign.content.posts.titles import title_of
from countersign.web import values

_UNSHOWN = rules.unmet(ConditionKind.SECOND_FACTOR)
SOON = timedelta(hours=1)  # what goes out within this is shown with a clock and a button to stop it


def post_page(actor: PersonActor, post: Post, *, at: datetime) -> values.PostPage:
    """`posts/post.html`: how a post stands."""
    revision = Revision.objects.filter(post=post, number=post.revision).first()
    deliveries = list(post.deliveries.select_related("account", "revision").order_by("-revision__number", "account_id"))
    waiting = [d for d in deliveries if d.state in {DeliveryState.DUE, DeliveryState.HELD}]
    may_recall = all(bool(may(actor, Right.POST_RECALL, on=d.account)) for d in waiting)
    recall_until = min((d.due_at for d in waiting if at < d.due_at < at + SOON), default=None)
    return values.PostPage(
        title=title_of(post), state=_state(post, deliveries), author=values.Who(post.author.name), revision=post.revision,
        fingerprint=Digest(revision.digest).fingerprint if revision else "",
        deliveries=tuple(_delivery(actor, d, at) for d in deliveries),
        previews=previews_of(revision) if revision and post.state != PostState.DRAFT else previews_of_draft(post),
        events=_events(post), list_url=reverse("posts:list"), release_at=post.release_at,
        recall_until=recall_until, recall_url=reverse("posts:recall", args=[post.uid]) if waiting and may_recall else "",
        signatures=() if post.state == PostState.DRAFT else signatures(post), needed=revision.signatures if revision else 1,
        actions=_actions(actor, post, recallable=bool(waiting) and recall_until is None),
        links=_links(post),
    )


def _state(post: Post, deliveries: list[Delivery]) -> str:
    """The post's state, or `held` while something of it is, or `deleted` once nothing of what went out is there any more."""
    if post.state == PostState.APPROVED and any(delivery.state == DeliveryState.HELD for delivery in deliveries):
        return str(DeliveryState.HELD)
    out = [delivery for delivery in deliveries if delivery.published_at]
    is_gone = bool(out) and all(delivery.state == DeliveryState.DELETED for delivery in out)
    return "deleted" if post.state == PostState.DONE and is_gone else str(post.state)


def _links(post: Post) -> tuple[tuple[str, str], ...]:
    if post.state == PostState.SUBMITTED:
        return ((gettext("Open the review"), review_url(post.uid)),)
    if post.state == PostState.DRAFT:
        return ((gettext("Go on writing"), reverse("posts:edit", args=[post.uid])),)
    return ()


def _actions(actor: PersonActor, post: Post, *, recallable: bool) -> tuple[values.Action, ...]:
    if recallable:
        allowed = may_on_all(actor, Right.POST_RECALL, post)
        return (values.Action(gettext("Take it back to change it"), reverse("posts:recall", args=[post.uid]), may=allowed),)
    if post.state in {PostState.SUBMITTED, PostState.REJECTED}:
        allowed = may_on_all(actor, Right.POST_DRAFT, post)
        return (values.Action(gettext("Take it back to change it"), reverse("posts:take-back", args=[post.uid]), may=allowed),)
    return ()


def _delivery(actor: PersonActor, delivery: Delivery, at: datetime) -> values.DeliveryState:
    uid = [delivery.uid]
    is_gone = delivery.state == DeliveryState.DELETED
    actions = list[values.Action]()
    withdraw = may(actor, Right.POST_WITHDRAW, on=delivery.account)
    if delivery.state == DeliveryState.PUBLISHED:
        label = gettext("Delete it from {network}").format(network=face(delivery.account).network_name)
        actions.append(values.Action(label, reverse("posts:withdraw", args=uid), tone="danger", may=withdraw))
    if delivery.state == DeliveryState.HELD:
        resume = may(actor, Right.POST_RECALL, on=delivery.account)
        actions.append(values.Action(gettext("Try again"), reverse("posts:resume", args=uid), may=resume))
    wants_evidence = delivery.state == DeliveryState.HELD and delivery.why == _UNSHOWN.why
    is_long = at - delivery.state_since > timedelta(minutes=5)
    if delivery.state == DeliveryState.UNCONFIRMED and (delivery.asks_a_person or is_long):
        look = reverse("posts:look", args=uid)
        actions.append(values.Action(gettext("I looked: nothing is there"), look, "found", "no", may=withdraw))
    return values.DeliveryState(
        face(delivery.account), delivery.state, delivery.state_since if is_gone else delivery.published_at or delivery.state_since,
        url="" if is_gone else delivery.url,
        why=gettext(delivery.why) if delivery.why else "", by_hand_url=delivery.account.url if delivery.state == DeliveryState.UNCONFIRMED else "",
        by_hand_text=gettext("Look at the account") if delivery.state == DeliveryState.UNCONFIRMED else "",
        actions=tuple(actions), next_at=delivery.due_at if delivery.state == DeliveryState.DUE and delivery.fence else None,
        attempts=delivery.fence, remedy=gettext(_UNSHOWN.remedy) if wants_evidence else "",
        remedy_url=reverse("evidence:account", args=[delivery.account.uid]) if wants_evidence else "",
    )


def _events(post: Post) -> tuple[values.Event, ...]:
    name = post.author.name
    found = [values.Event(post.drafted_at, gettext("{name} began it").format(name=name), icon="pencil-line")]
    for revision in post.revisions.select_related("submitted_by"):
        text = gettext("{name} submitted revision {number}").format(name=revision.submitted_by.name, number=revision.number)
        found.append(values.Event(revision.submitted_at, text, icon="send"))
    for remark in remarks(post):
        if remark.chip:
            text = f"{remark.who.name}: {remark.chip}"
            found.append(values.Event(remark.at, text, icon="fingerprint", tone=remark.chip_tone, detail=remark.text))
    for delivery in post.deliveries.select_related("account"):
        if delivery.published_at:
            text = gettext("Out on {handle}").format(handle=delivery.account.handle)
            found.append(values.Event(delivery.published_at, text, icon="badge-check", tone="ok", url=delivery.url))
        if delivery.published_at and delivery.state == DeliveryState.DELETED:
            text = gettext("Deleted from {handle}").format(handle=delivery.account.handle)
            found.append(values.Event(delivery.state_since, text, icon="trash-2", tone="warn"))
    return tuple(sorted(found, key=lambda event: event.at))

"""Which posts a person may read, and what every page shows of one."""
from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import gate
from countersign.access.grants.queries import face
from countersign.access.grants.rights import Right
from countersign.base.actor import PersonActor
from countersign.content.media.models import File
from countersign.content.posts.models import Attachment, Delivery, Post, Variant
from countersign.content.posts.states import DeliveryState, PostState
from countersign.content.posts.titles import is_empty
from countersign.web import values


def visible(actor: PersonActor) -> QuerySet[Post]:
    """The posts a person may read: those that go only to accounts on which they may, and their own beginnings."""
    accounts = gate.accounts(actor, Right.POST_READ)
    if not accounts.exists():
        return Post.objects.none()
    elsewhere = Variant.objects.exclude(account__in=accounts).values("post_id")
    unaddressed = Q(variants__isnull=True)
    return Post.objects.exclude(pk__in=elsewhere).exclude(unaddressed & ~Q(author__uid=actor.uid))


def with_parts(posts: QuerySet[Post]) -> QuerySet[Post]:
    """The same posts with what rows and pages show, in a fixed number of queries."""
    return posts.select_related("author").prefetch_related(
        Prefetch("variants", Variant.objects.select_related("account").order_by("account_id")),
        Prefetch("attachments", Attachment.objects.select_related("file").order_by("position")),
    )


def may_be_discarded(post: Post) -> bool:
    """Whether a draft can be deleted: nobody has been asked to sign it yet."""
    return post.state == PostState.DRAFT and post.revision == 0


def discarding(post: Post) -> values.Action | None:
    """The button that deletes an empty draft where it stands in a list."""
    if not (is_empty(post) and may_be_discarded(post)):
        return None
    return values.Action(gettext("Delete"), reverse("posts:discard", args=[post.uid]), tone="danger")


def shown_state(post: Post, deliveries: Iterable[Delivery]) -> str:
    """How a post stands, in one word: its state, or what became of it at the networks where that says more."""
    if post.state not in {PostState.APPROVED, PostState.DONE}:
        return str(post.state)
    states = [delivery.state for delivery in deliveries if delivery.revision.number == post.revision]
    under_way = next((str(state) for state in _UNDER_WAY if state in states), "")
    if under_way or post.state == PostState.APPROVED:
        return under_way or str(post.state)
    there, gone = states.count(DeliveryState.PUBLISHED), states.count(DeliveryState.DELETED)
    if not there:
        return str(DeliveryState.DELETED if gone else DeliveryState.FAILED)
    return "partly" if there < len(states) else str(post.state)


# What is told of a post before anything else, the most urgent first.
_UNDER_WAY = (DeliveryState.UNCONFIRMED, DeliveryState.HELD, DeliveryState.DELETING, DeliveryState.SENDING)


def picture_url(file: File) -> str:
    """Where the cleaned picture can be seen by whoever may."""
    return reverse("posts:picture", args=[file.uid])


def faces(post: Post) -> tuple[values.Face, ...]:
    """The accounts a post goes to."""
    return tuple(face(variant.account) for variant in post.variants.all())


def replying_to(post: Post) -> str:
    """The handle of whoever this answers, or an empty text."""
    quoted = (post.answers or {}).get("quoted")
    return str(quoted["handle"]) if quoted else ""

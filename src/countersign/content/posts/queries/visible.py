"""Which posts a person may read, and what every page shows of one."""
from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import gate
from countersign.access.grants.queries import face
from countersign.access.grants.rights import Right
from countersign.base.actor import PersonActor
from countersign.content.media.models import File
from countersign.content.posts.models import Attachment, Post, Variant
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


def title_of(post: Post) -> str:
    """A post's title, or its first words."""
    if post.title:
        return post.title
    first = next((v.text for v in post.variants.all() if v.text.strip()), "")
    words = " ".join(first.split())
    return (words[:70] + "…" if len(words) > 70 else words) or gettext("Untitled")


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

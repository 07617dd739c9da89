"""What of a leaver's a colleague is to take over: posts that are not out, on accounts on which the colleague may write."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.departures.hooks import Kept
from countersign.access.departures.models import Departure
from countersign.access.departures.states import DepartureState
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.base.actor import PersonActor
from countersign.content.posts.models import Delivery, DeliveryQuerySet, Post, PostQuerySet
from countersign.content.posts.states import DeliveryState, PostState
from countersign.content.posts.titles import title_of
from countersign.people.models import Person
from countersign.people.states import PersonState

_BEGUN = (PostState.DRAFT, PostState.SUBMITTED, PostState.REJECTED, PostState.APPROVED)
_WAITING = (DeliveryState.DUE, DeliveryState.HELD)


def waiting(post: Post) -> DeliveryQuerySet:
    """The deliveries of a post that are not out and not on their way."""
    rows = Delivery.objects.filter(post=post, revision__number=post.revision, state__in=_WAITING)
    return rows.select_related("account")


def posts_of(people: Iterable[int] | QuerySet[Any]) -> PostQuerySet:
    """What these people, by their keys, wrote and what is not out: drafts, what waits, and what is signed and has not gone."""
    mine = Post.objects.filter(author__in=people if isinstance(people, QuerySet) else list(people), state__in=_BEGUN)
    is_waiting = Exists(Delivery.objects.filter(post=OuterRef("pk"), state__in=_WAITING))
    return mine.filter(~Q(state=PostState.APPROVED) | is_waiting).select_related("author").prefetch_related("variants__account")


def with_heirs(departures: Iterable[Departure]) -> dict[int, Departure]:
    """The departures that have begun and name somebody, by the key of who left."""
    begun = (DepartureState.OPEN, DepartureState.CLOSED)
    return {one.person_id: one for one in departures if one.heir_id is not None and one.state in begun}


def may_take(heir: Person, post: Post) -> bool:
    """Whether a colleague may write on every account of a post; otherwise it would only lie there."""
    actor: PersonActor = heir.as_actor()
    if heir.state != PersonState.ACTIVE:
        return False
    accounts = [variant.account for variant in post.variants.all()]
    return all(gate.may(actor, Right.POST_DRAFT, on=account).allowed for account in accounts)


def still_kept(departures: Sequence[Departure]) -> dict[int, list[Kept]]:
    """What is to be handed over and is not yet, with why, by the key of each departure."""
    by_person, found = with_heirs(departures), dict[int, list[Kept]]()
    if not by_person:
        return found
    for post in posts_of(by_person):
        departure = by_person[post.author_id]
        heir = departure.heir
        is_soon = heir is not None and may_take(heir, post)
        why = gettext("It is being handed over.") if is_soon else gettext(
            "{name} may not write on its account: give them the role, or name somebody else."
        ).format(name=heir.name if heir else "")
        found.setdefault(departure.pk, []).append(Kept(title_of(post), why, reverse("posts:post", args=[post.uid])))
    return found

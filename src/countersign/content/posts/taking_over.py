"""Taking over: what a leaver wrote and what is not out yet becomes a colleague's draft.

The colleague is its author from then on, stands by its words, submits it anew and cannot countersign it. Who wrote it first
stays in the log: the lock on a leaver would keep out for good what still named them.
"""
from __future__ import annotations

from datetime import datetime

from countersign.access.departures.models import Departure
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict
from countersign.base.words import _
from countersign.content.posts import taken
from countersign.content.posts.drafting import hold
from countersign.content.posts.models import Edit, Post, Remark
from countersign.content.posts.states import DeliveryState, PostState
from countersign.content.posts.voiding import is_recalled
from countersign.people.models import Person

_FROZEN = (PostState.SUBMITTED, PostState.APPROVED)


def take_over(actor: DutyActor, post: Post, departure: Departure, *, at: datetime) -> bool:
    """Hand a leaver's post to whoever takes over; False when it is out, or on its way. What was signed is called back first, in
    the broker's own file, so that it never goes out as it was. Conflict when it moved on meanwhile."""
    with refusals_recorded(actor, at=at, matter=post):
        gate.require(actor, Right.POST_HAND_OVER, on=None)
    heir = departure.heir
    if heir is None:
        raise Conflict(_("Nobody takes over."))
    waiting = list(taken.waiting(post))
    if post.state == PostState.APPROVED and not waiting:
        return False
    gone = [delivery for delivery in waiting if is_recalled(delivery)]
    with recorded(actor, at=at, matter=post) as record:
        gate.require(actor, Right.POST_HAND_OVER, on=None)
        seen = post.matter, post.state
        hold(post)
        if (post.matter, post.state) != seen or post.author_id != departure.person_id:
            raise Conflict(_("The post moved on."))
        for delivery in gone:
            delivery.move(DeliveryState.RECALLED, at=at, why=_("Whoever wrote it has left."))
            record("delivery.recalled", delivery, account=str(delivery.account.uid))
        others = post.deliveries.filter(revision__number=post.revision).exclude(state=DeliveryState.RECALLED)
        if post.state in _FROZEN and not others.exists():
            post.move(PostState.DRAFT, at=at)
        _give(post, departure.person, heir, at)
        record("post.handed_over", post, of=departure.person.label, to=heir.label)
    return True


def _give(post: Post, leaver: Person, heir: Person, at: datetime) -> None:
    Post.objects.filter(pk=post.pk).update(author=heir)
    Edit.objects.filter(post=post, person=leaver).delete()
    Edit.objects.update_or_create(post=post, person=heir, defaults={"edited_at": at})
    Remark.objects.create(post=post, person=heir, kind="handed_over", said_at=at)


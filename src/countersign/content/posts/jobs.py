"""What the worker does for posts: find what is due and have it released, look for what is unknown."""
from __future__ import annotations

from datetime import datetime

from countersign.access.departures.models import Departure
from countersign.access.departures.opening import DEPART
from countersign.access.departures.states import DepartureState
from countersign.access.lockout.models import Step
from countersign.access.lockout.states import StepKind
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict, NetworkError, Refused
from countersign.content.posts import releasing, taken, taking_over, voiding
from countersign.content.posts.crew import crew
from countersign.content.posts.models import Delivery
from countersign.people.states import PersonState

RELEASE = DutyActor("release")
BATCH = 24


def release_due(at: datetime) -> int:
    """Release what is due, oldest first, for some seconds or until nothing is due or on its way; how much was done.

    Not 0 while something is on its way: the next call goes on with it. Another worker's claim is no error.
    """
    return crew().release_due(RELEASE, at)


def finish_release(at: datetime) -> int:
    """Begin nothing more, and write down what comes back of what is on its way; how much was written down."""
    return crew().finish(RELEASE, at)


def void_what_is_locked(at: datetime) -> int:
    """Void pending signatures and hold waiting releases where somebody locked; how many cases were seen to."""
    done = 0
    for step in Step.objects.waiting(StepKind.SIGNATURES, StepKind.RELEASES).select_related("case").order_by("pk")[:BATCH]:
        try:
            voiding.void(RELEASE, step, at=at)
        except (Conflict, NetworkError):
            continue  # at the next turn
        done += 1
    return done


def hand_over(at: datetime) -> int:
    """Hand what leavers wrote, and what is not out, to whoever takes over; how much was handed over."""
    begun = [DepartureState.OPEN, DepartureState.CLOSED]
    with_heir = Departure.objects.filter(state__in=begun, heir__state=PersonState.ACTIVE).select_related("person", "heir")
    departures = taken.with_heirs(with_heir.filter(person__posts__in=taken.posts_of(with_heir.values("person"))).distinct())
    done = 0
    for post in taken.posts_of(departures).order_by("pk"):
        departure = departures[post.author_id]
        if departure.heir is None or not taken.may_take(departure.heir, post):
            continue  # the departure's list says so
        try:
            done += taking_over.take_over(DEPART, post, departure, at=at)
        except (Conflict, NetworkError):
            continue  # at the next turn
        if done >= BATCH:
            break
    return done


def let_go(at: datetime) -> int:
    """Let go what was held for want of evidence that is there again; how many deliveries."""
    done = 0
    for account in releasing.wanting(at):
        try:
            done += releasing.let_go(RELEASE, account, at=at)
        except (Conflict, Refused):
            continue  # somebody was faster, or it has ended meanwhile
    return done


def settle_unknown(at: datetime) -> int:
    """Settle what is unknown; how many were looked at."""
    looked = 0
    unknown = Delivery.objects.overdue_for_settling(at).select_related("account", "post")
    for delivery in unknown.order_by("due_at", "pk")[:BATCH]:
        try:
            releasing.settle(RELEASE, delivery, at=at)
        except Conflict:
            continue
        looked += 1
    return looked

"""The actions on departures, with who may carry them out."""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from countersign.access.departures import answering, closing, departing, opening, replanning, telling
from countersign.access.departures.departing import Leaving
from countersign.access.departures.models import Departure
from countersign.access.departures.states import Way
from countersign.access.grants import inviting
from countersign.access.lockout import locking
from countersign.access.lockout.models import Case
from countersign.base.actor import Actor
from countersign.content.posts import taking_over
from countersign.people.models import Lock
from tests.house import now
from tests.matrix.acts import HELPERS, act
from tests.matrix.departure_doors import WHY, on_the_roster, opened, planned, worked_off
from tests.matrix.lock_doors import case_of
from tests.matrix.world import World

HELPERS |= {
    "countersign.access.departures.departing.plan_end": "joins the invitation of a guest, and asks by depart_all",
    "countersign.access.departures.departing.require_may_plan": "is how actions ask, of a person or a directory's key",
}


@act(departing.depart, "officer")
def _(w: World) -> Callable[[Actor], object]:
    person = w.colleague()
    return lambda a: departing.depart(a, person, why=WHY, at=now())


@act(departing.depart_all, "officer")
def _(w: World) -> Callable[[Actor], object]:
    leaving = [Leaving(w.colleague()), Leaving(w.colleague())]
    return lambda a: departing.depart_all(a, leaving, why=WHY, way=Way.FILE, at=now())


@act(departing.begin_now, "officer")
def _(w: World) -> Callable[[Actor], object]:
    departure = planned(w)
    return lambda a: departing.begin_now(a, departure, at=now())


def due(w: World) -> Departure:
    """One whose minute has come and that no worker has opened."""
    departure = planned(w)
    past = now() - timedelta(seconds=1)
    Departure.objects.filter(pk=departure.pk).update(starts_at=past)
    Case.objects.filter(holds__lock=departure.lock).update(since=past)
    Lock.objects.filter(pk=departure.lock_id).update(since=past)
    departure.refresh_from_db()
    return departure


@act(opening.open_all, "depart")
def _(w: World) -> Callable[[Actor], object]:
    departure = due(w)
    return lambda a: opening.open_all(a, [departure], at=now())  # type: ignore[arg-type]


@act(replanning.cancel, "officer")
def _(w: World) -> Callable[[Actor], object]:
    departure = planned(w)
    return lambda a: replanning.cancel(a, departure, at=now())  # type: ignore[arg-type]


@act(replanning.change_time, "officer")
def _(w: World) -> Callable[[Actor], object]:
    departure = planned(w)
    return lambda a: replanning.change_time(a, departure, now() + timedelta(days=9), at=now())  # type: ignore[arg-type]


@act(replanning.name_heir, "officer")
def _(w: World) -> Callable[[Actor], object]:
    departure, ann = planned(w), w.person("Ann")
    return lambda a: replanning.name_heir(a, departure, ann, at=now())  # type: ignore[arg-type]


@act(answering.answer, "officer")
def _(w: World) -> Callable[[Actor], object]:
    task = opened(w).tasks.get(kind="device")
    return lambda a: answering.answer(a, task, "given_back", at=now())  # type: ignore[arg-type]


@act(answering.ask_off, "officer")
def _(w: World) -> Callable[[Actor], object]:
    departure, key = on_the_roster(w)
    return lambda a: answering.ask_off(a, departure, key, at=now())  # type: ignore[arg-type]


@act(closing.close, "officer")
def _(w: World) -> Callable[[Actor], object]:
    departure = worked_off(w)
    return lambda a: closing.close(a, departure, at=now())  # type: ignore[arg-type]


@act(telling.tell, "notify watch")
def _(w: World) -> Callable[[Actor], object]:
    departure = planned(w)
    Departure.objects.filter(pk=departure.pk).update(way=Way.GUEST)
    return lambda a: telling.tell(a, at=now())  # type: ignore[arg-type]


@act(telling.tell_opened, "notify watch")
def _(w: World) -> Callable[[Actor], object]:
    opened(w)
    return lambda a: telling.tell_opened(a, at=now())  # type: ignore[arg-type]


@act(inviting.leave, "depart")
def _(w: World) -> Callable[[Actor], object]:
    person = w.colleague()
    return lambda a: inviting.leave(a, person, at=now())  # type: ignore[arg-type]


@act(locking.unplan_one, "officer devices depart watch")
def _(w: World) -> Callable[[Actor], object]:
    lock = Lock.objects.get(hold__case=case_of(w, since=now() + timedelta(days=1)))
    return lambda a: locking.unplan_one(a, lock, at=now())


@act(taking_over.take_over, "depart")
def _(w: World) -> Callable[[Actor], object]:
    post, person = w.draft(), w.colleague()
    departure = departing.depart(w.actor("Kim"), person, why=WHY, heir=w.person("Ann"), at=now())
    post.author = person
    post.save()
    return lambda a: taking_over.take_over(a, post, departure, at=now())  # type: ignore[arg-type]

"""What is left to do in a departure: it closes only when this list is empty.

Everything is read from where it stands, nothing is ticked off: a rotation by its proof, a passkey by the roster, an app and
a question by who answered. Asked for many departures at once, in a handful of queries.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from countersign.access.departures import hooks
from countersign.access.departures.models import Departure, Opened, Task
from countersign.access.departures.states import DepartureState
from countersign.access.lockout.models import Hold, SignOut, Step
from countersign.access.lockout.states import StepKind
from countersign.access.vault.models import Exposure, Rotation, Secret
from countersign.access.vault.queries import open_rotations
from countersign.access.vault.states import RotationState
from countersign.people.models import Credential

_FOR_PEOPLE = (StepKind.APPS, StepKind.TOLD)  # apps are on the list one by one; a mail that fails keeps nobody here


class Kind(StrEnum):
    """What kind of thing is left, in the order in which it is shown."""

    LOCK = "lock"
    ROTATION = "rotation"
    SECRET = "secret"  # noqa: S105  # seen, and nobody has decided yet that it is replaced
    PASSKEY = "passkey"
    APP = "app"
    TASK = "task"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that is left: its kind, and the row that it is about."""

    kind: Kind
    about: Step | Rotation | Secret | Credential | SignOut | Task | hooks.Kept
    due_at: datetime | None = None


def left_of(departure: Departure, *, on_roster: Collection[str]) -> list[Left]:
    """What is left of one departure. `on_roster` are the passkeys that may sign, as the broker or our copy says."""
    return left([departure], on_roster=on_roster)[departure.pk]


def left(departures: Sequence[Departure], *, on_roster: Collection[str]) -> dict[int, list[Left]]:
    """What is left of each open departure, by its key; nothing of those that have not begun, or are over."""
    found: dict[int, list[Left]] = {departure.pk: [] for departure in departures}
    open_ones = [departure for departure in departures if departure.state == DepartureState.OPEN]
    if open_ones:
        for departure, one in _each(open_ones, on_roster):
            found[departure].append(one)
    for those in found.values():
        those.sort(key=lambda one: list(Kind).index(one.kind))
    return found


def _each(departures: Sequence[Departure], on_roster: Collection[str]) -> Iterable[tuple[int, Left]]:
    by_person = {departure.person_id: departure.pk for departure in departures}
    yield from _steps(departures)
    yield from _rotations(departures, by_person)
    for key in Credential.objects.filter(person__in=by_person, credential_id__in=list(on_roster)).order_by("pk"):
        yield by_person[key.person_id], Left(Kind.PASSKEY, key)
    apps = SignOut.objects.filter(done_at=None, app__ended_at=None, app__device__person__in=by_person)
    for sign_out in apps.select_related("app__device", "app__account", "case").order_by("pk"):
        yield by_person[sign_out.app.device.person_id], Left(Kind.APP, sign_out)
    tasks = Task.objects.waiting().filter(departure__in=departures).select_related("account", "device")
    for task in tasks.order_by("pk"):
        yield task.departure_id, Left(Kind.TASK, task)
    for departure, those in hooks.kept(departures).items():
        yield from ((departure, Left(Kind.KEPT, one)) for one in those)


def _steps(departures: Sequence[Departure]) -> Iterable[tuple[int, Left]]:
    """What the lock has set going and is not done: the broker's answer, signatures, releases, keys, rotations."""
    by_lock = {departure.lock_id: departure.pk for departure in departures}
    holds = Hold.objects.filter(lock__in=by_lock)
    steps = Step.objects.filter(case__in=holds.values("case"), done_at=None).exclude(kind__in=_FOR_PEOPLE)
    by_case: dict[int, list[Step]] = {}
    for step in steps.order_by("pk"):
        by_case.setdefault(step.case_id, []).append(step)
    for lock, case in holds.values_list("lock_id", "case_id"):
        yield from ((by_lock[lock], Left(Kind.LOCK, step)) for step in by_case.get(case, ()))


def _rotations(departures: Sequence[Departure], by_person: dict[int, int]) -> Iterable[tuple[int, Left]]:
    shown = set[tuple[int, int]]()
    links = Opened.objects.filter(departure__in=departures).exclude(rotation__state=RotationState.CONFIRMED)
    for link in links.select_related("rotation__account", "rotation__secret").order_by("rotation__due_at", "pk"):
        shown.add((link.departure_id, link.rotation_id))
        yield link.departure_id, Left(Kind.ROTATION, link.rotation, link.rotation.due_at)
    seen = Exposure.objects.that_still_count().filter(person__in=by_person).select_related("version__secret__account")
    secrets = {(by_person[one.person_id], one.version.secret) for one in seen}
    rotations = open_rotations({secret for _departure, secret in secrets})
    for departure, secret in sorted(secrets, key=lambda pair: pair[1].pk):
        rotation = rotations.get(secret.pk)
        if rotation is None:
            yield departure, Left(Kind.SECRET, secret)
        elif (departure, rotation.pk) not in shown:
            yield departure, Left(Kind.ROTATION, rotation, rotation.due_at)

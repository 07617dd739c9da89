"""The actions on locks, with who may carry them out."""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from countersign.access.lockout import answering, beginning, drilling, keeping_keys, lifting, locking, recording_apps
from countersign.access.lockout.models import App
from countersign.access.lockout.rules import Target
from countersign.base.actor import Actor
from countersign.content.posts import voiding
from countersign.people.models import Lock
from countersign.people.states import LockKind
from tests.house import now
from tests.matrix.acts import HELPERS, OWN_FACTOR, act
from tests.matrix.lock_doors import case_of, device_of, key_of, task_of
from tests.matrix.world import World

_BY_THE_ACT = "asks as the registered act says, whoever calls: tests/review/test_proposing.py"
HELPERS |= {
    "countersign.access.lockout.guessing.wrong": "counts a wrong code; nobody is named by it",
    "countersign.access.lockout.locking.lock_by_card": "the printed code is itself the proof: tests/lockout/test_lost.py",
    "countersign.access.lockout.locking.lock_by_program": "its key was checked, and for this purpose: tests/lockout/test_keys.py",
    "countersign.access.lockout.locking.lock_colleague": "anybody at work here may, a few times an hour: tests/lockout/test_locking.py",
    "countersign.access.lockout.locking.lock_own": OWN_FACTOR,
    "countersign.access.lockout.locking.lock_shown": "the factor that was shown is itself the proof: tests/lockout/test_lost.py",
    "countersign.access.lockout.making_cards.make_card": OWN_FACTOR,
    "countersign.review.proposing.propose": _BY_THE_ACT,
    "countersign.review.proposing.refuse": _BY_THE_ACT,
    "countersign.review.proposing.require_may_sign": "is how the act asks",
    "countersign.review.proposing.sign": _BY_THE_ACT,
    "countersign.review.proposing.statement_for": _BY_THE_ACT,
    "countersign.review.proposing.use": "joins the change of the act it was granted for; its proposer alone may",
    "countersign.review.proposing.withdraw": _BY_THE_ACT,
}


@act(locking.lock, "officer devices depart watch")
def _(w: World) -> Callable[[Actor], object]:
    target = Target(LockKind.PERSON, str(w.colleague().uid))
    return lambda a: locking.lock(a, [target], reason="a suspicion", at=now())


@act(locking.unplan, "officer devices depart watch")
def _(w: World) -> Callable[[Actor], object]:
    case = case_of(w, since=now() + timedelta(days=1))
    return lambda a: locking.unplan(a, case, at=now())  # type: ignore[arg-type]


@act(beginning.begin, "lock")
def _(w: World) -> Callable[[Actor], object]:
    case = case_of(w, since=now() + timedelta(seconds=1))
    return lambda a: beginning.begin(a, case, at=now() + timedelta(seconds=2))  # type: ignore[arg-type]


@act(answering.carry_on, "lock")
def _(w: World) -> Callable[[Actor], object]:
    case = case_of(w)
    case.steps.exclude(kind="broker").update(done_at=now())
    return lambda a: answering.carry_on(a, case, at=now())  # type: ignore[arg-type]


@act(answering.tick_app, "officer")
def _(w: World) -> Callable[[Actor], object]:
    task = task_of(w)
    return lambda a: answering.tick_app(a, task, at=now())  # type: ignore[arg-type]


@act(keeping_keys.make_key, "officer")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: keeping_keys.make_key(a, name="Desk", purpose="lock", days=30, at=now())  # type: ignore[arg-type]


@act(keeping_keys.end_key, "officer")
def _(w: World) -> Callable[[Actor], object]:
    key, _text = key_of(w)
    return lambda a: keeping_keys.end_key(a, key, at=now())  # type: ignore[arg-type]


@act(recording_apps.record_app, "officer")
def _(w: World) -> Callable[[Actor], object]:
    device = device_of(w.colleague())
    return lambda a: recording_apps.record_app(a, device, network="x", at=now())  # type: ignore[arg-type]


@act(recording_apps.forget_app, "officer")
def _(w: World) -> Callable[[Actor], object]:
    device = device_of(w.colleague())
    app = App.objects.create(device=device, network="x", recorded_by=device.person, recorded_at=now())
    return lambda a: recording_apps.forget_app(a, app, at=now())  # type: ignore[arg-type]


@act(lifting.ask, "officer")
def _(w: World) -> Callable[[Actor], object]:
    case = case_of(w)
    return lambda a: lifting.ask(a, case, reason="It was found.", at=now())  # type: ignore[arg-type]


@act(lifting.lift_at_server, "operator")
def _(w: World) -> Callable[[Actor], object]:
    case, officers = case_of(w), [w.person("Kim"), w.person("Tom")]
    return lambda a: lifting.lift_at_server(a, case, officers, reason="Nobody can sign in.", at=now())  # type: ignore[arg-type]


@act(drilling.drill, "officer")
def _(w: World) -> Callable[[Actor], object]:
    target = Target(LockKind.DEVICE, str(device_of(w.colleague()).uid))
    return lambda a: drilling.drill(a, target, reason="A drill.", at=now())  # type: ignore[arg-type]


@act(voiding.void, "release")
def _(w: World) -> Callable[[Actor], object]:
    w.approved()
    case = locking.lock(w.actor("Tom"), [Target(LockKind.ACCOUNT, str(w.account.uid))], reason="a suspicion", at=now())
    Lock.objects.filter(hold__case=case).update(lifted_at=now(), state="lifted")  # the row stays for the step to read
    return lambda a: voiding.void(a, case.steps.get(kind="releases"), at=now())  # type: ignore[arg-type]

"""The actions on devices, with who may carry them out."""
from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from countersign.access.devices import approving, excepting, idling, posturing, retiring, telling
from countersign.access.devices.models import Posture
from countersign.access.devices.posturing import Signed
from countersign.base.actor import Actor
from countersign.people.described import Described
from tests.house import now
from tests.matrix.acts import HELPERS, OWN_FACTOR, act
from tests.matrix.device_doors import key_of, standing, waiting
from tests.matrix.world import World

HELPERS |= {
    "countersign.access.devices.approving.is_alone": "reads whether there is another officer, for the rule about one's own device",
    "countersign.access.devices.asking.ask": OWN_FACTOR,
    "countersign.access.devices.posturing.note_failure": "counts a report that was not taken",
    "countersign.people.entering.recognise": OWN_FACTOR,
    "countersign.people.equipping.give_own_passkey": OWN_FACTOR,
}


@act(approving.approve, "officer")
def _(w: World) -> Callable[[Actor], object]:
    device = waiting(w)
    return lambda a: approving.approve(a, device, at=now())  # type: ignore[arg-type]


@act(approving.refuse, "officer")
def _(w: World) -> Callable[[Actor], object]:
    device = waiting(w)
    return lambda a: approving.refuse(a, device, "Not yours.", at=now())  # type: ignore[arg-type]


@act(approving.describe, "officer")
def _(w: World) -> Callable[[Actor], object]:
    device = standing(w)
    return lambda a: approving.describe(a, device, Described("Till"), tag="", at=now())  # type: ignore[arg-type]


@act(retiring.retire, "officer")
def _(w: World) -> Callable[[Actor], object]:
    device = standing(w)
    return lambda a: retiring.retire(a, device, "Sold.", at=now())  # type: ignore[arg-type]


@act(retiring.leave, "own")
def _(w: World) -> Callable[[Actor], object]:
    device = waiting(w, "Ann")
    return lambda a: retiring.leave(a, device, at=now())  # type: ignore[arg-type]


@act(excepting.propose, "officer")
def _(w: World) -> Callable[[Actor], object]:
    device = standing(w)
    return lambda a: excepting.propose(a, device, days="30", reason="Her key is in the post.", at=now())  # type: ignore[arg-type]


@act(idling.lock, "devices")
def _(w: World) -> Callable[[Actor], object]:
    device = standing(w)
    return lambda a: idling.lock(a, device, idling.IDLE, at=now())  # type: ignore[arg-type]


@act(idling.lock_idle, "devices")
def _(w: World) -> Callable[[Actor], object]:
    device = standing(w)
    return lambda a: idling.lock_idle(a, device, at=now())  # type: ignore[arg-type]


@act(posturing.make_key, "officer")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: posturing.make_key(a, "Intune", at=now())  # type: ignore[arg-type]


@act(posturing.end_key, "officer")
def _(w: World) -> Callable[[Actor], object]:
    key, _secret = key_of(w)
    return lambda a: posturing.end_key(a, key, at=now())  # type: ignore[arg-type]


@act(posturing.take, "devices")
def _(w: World) -> Callable[[Actor], object]:
    key, _secret = key_of(w)
    tag = uuid4().hex
    Posture.objects.create(device=waiting(w), tag=tag)
    body = f'{{"devices": [{{"tag": "{tag}", "state": "compliant"}}]}}'.encode()
    return lambda a: posturing.take(a, key, Signed(str(key.uid), uuid4().hex, "0", "", body), at=now())  # type: ignore[arg-type]


@act(telling.tell_officers, "notify watch")
def _(w: World) -> Callable[[Actor], object]:
    device = waiting(w)
    return lambda a: telling.tell_officers(a, device, at=now())  # type: ignore[arg-type]

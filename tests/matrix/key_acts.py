"""Actions on the wrapping key: an operator's, on the machine itself, and nobody else's."""
from __future__ import annotations

from collections.abc import Callable

from countersign.access.vault import keykeeping, rewrapping
from countersign.base.actor import Actor
from tests.house import now
from tests.matrix.acts import act
from tests.matrix.world import World

KEY = "0123456789abcdef"


@act(keykeeping.note_replaced, "operator")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: keykeeping.note_replaced(a, KEY, former=KEY, at=now())  # type: ignore[arg-type]


@act(keykeeping.note_former_ended, "operator")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: keykeeping.note_former_ended(a, KEY, at=now())  # type: ignore[arg-type]


@act(keykeeping.note_kit_made, "operator")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: keykeeping.note_kit_made(a, KEY, at=now())  # type: ignore[arg-type]


@act(keykeeping.note_kit_drilled, "operator")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: keykeeping.note_kit_drilled(a, KEY, at=now())  # type: ignore[arg-type]


@act(rewrapping.rewrap, "operator")
def _(w: World) -> Callable[[Actor], object]:
    return lambda a: rewrapping.rewrap(a, at=now())  # type: ignore[arg-type]

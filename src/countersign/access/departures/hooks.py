"""What packages above tell this one when the program starts, since it may not import them: what of theirs is left to do."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from countersign.access.departures.models import Departure


@dataclass(frozen=True, slots=True)
class Kept:
    """Something of a leaver's that another package has not handed over yet: its name, why, and where it is."""

    name: str
    why: str
    url: str


type Ask = Callable[[Departure], Sequence[Kept]]

_asked: list[Ask] = []


def ask_as_well(ask: Ask) -> None:
    """Say how to find what another package still has of a leaver's. Called at the start."""
    if ask not in _asked:
        _asked.append(ask)


def kept(departure: Departure) -> list[Kept]:
    """What other packages still have of a leaver's that a colleague is to take over."""
    return [one for ask in _asked for one in ask(departure)]

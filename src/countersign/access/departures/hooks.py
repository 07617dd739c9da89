"""What packages above tell this one when the program starts, since it may not import them: what of theirs is left to do."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from countersign.access.departures.models import Departure


@dataclass(frozen=True, slots=True)
class Kept:
    """Something of a leaver's that another package has not handed over yet: its name, why, and where it is."""

    name: str
    why: str
    url: str


type Ask = Callable[[Sequence[Departure]], Mapping[int, Sequence[Kept]]]

_asked: list[Ask] = []


def ask_as_well(ask: Ask) -> None:
    """Say how to find what another package still has of leavers, by the key of each departure. Called at the start."""
    if ask not in _asked:
        _asked.append(ask)


def kept(departures: Sequence[Departure]) -> dict[int, list[Kept]]:
    """What other packages still have that a colleague is to take over, by the key of each departure."""
    found: dict[int, list[Kept]] = {}
    for ask in _asked:
        for departure, those in ask(departures).items():
            found.setdefault(departure, []).extend(those)
    return found

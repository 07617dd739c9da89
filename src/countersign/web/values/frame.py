"""The frame of every page: organisation, person, navigation."""
from __future__ import annotations

from dataclasses import dataclass

from countersign.web.values.shared import ALLOWED, Notice, Verdict, _initials, _tone


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the rail. Items with the same `group` stand together under it; the first ones have none.

    One that `may` not be followed is shown without a link, with its reason.
    """

    url: str
    label: str
    icon: str
    count: int = 0
    is_current: bool = False
    group: str = ""
    may: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class FrameOrganisation:
    """The organisation's card: its name, and how many accounts and people it has."""

    name: str
    accounts: int
    people: int


@dataclass(frozen=True, slots=True)
class FramePerson:
    """Who is signed in. `roles` is one short line, already joined (`Officer, reviewer`); `url` leads to their security page."""

    name: str
    roles: str = ""
    url: str = ""

    @property
    def initials(self) -> str:
        """At most two letters."""
        return _initials(self.name)

    @property
    def tone(self) -> int:
        """The avatar's colour, 0 to 5."""
        return _tone(self.name)


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page, as `frame` in the context. `warning` is a standing sentence, such as one officer only."""

    organisation: FrameOrganisation
    items: tuple[NavItem, ...]
    person: FramePerson
    warning: Notice | None = None

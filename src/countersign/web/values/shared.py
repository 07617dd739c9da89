"""What several pages share: people, faces, buttons, notices."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


def _tone(text: str) -> int:
    """One of six quiet colours, the same for the same text."""
    return sum(text.encode()) % 6


def _initials(name: str) -> str:
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@dataclass(frozen=True, slots=True)
class Who:
    """A person, or whoever wrote something: a name to show and the colour of its avatar."""

    name: str
    handle: str = ""

    @property
    def initials(self) -> str:
        """At most two letters."""
        return _initials(self.name or self.handle)

    @property
    def tone(self) -> int:
        """The avatar's colour, 0 to 5."""
        return _tone(self.name or self.handle)


@dataclass(frozen=True, slots=True)
class Face:
    """An account of ours as pages show it. `network` is the connector's word, `network_name` what people call it."""

    uid: str
    network: str
    network_name: str
    handle: str
    name: str
    url: str = ""

    @property
    def initials(self) -> str:
        """At most two letters."""
        return _initials(self.name or self.handle)

    @property
    def tone(self) -> int:
        """The avatar's colour, 0 to 5."""
        return _tone(self.handle)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a control may be used; if not, `why` and what to do about it."""

    is_allowed: bool = True
    why: str = ""
    remedy: str = ""

    def __bool__(self) -> bool:
        return self.is_allowed


ALLOWED = Verdict()


@dataclass(frozen=True, slots=True)
class Action:
    """A button that posts: `name` and `value` travel with it. `tone` is `primary`, `ghost`, `danger` or empty."""

    label: str
    url: str
    name: str = ""
    value: str = ""
    tone: str = ""
    may: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter above a list."""

    label: str
    url: str
    count: int = 0
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence or two in a box. `tone` is `info`, `ok`, `warn` or `bad`."""

    tone: str
    title: str
    text: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a diary. `tone` is `ok`, `warn`, `bad`, `seal` or empty; `icon` is a Lucide name in the sprite."""

    at: datetime
    text: str
    icon: str = "circle-dot"
    tone: str = ""
    detail: str = ""
    who: Who | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select or a set of radio buttons."""

    value: str
    label: str
    help: str = ""
    is_chosen: bool = False
    may: Verdict = ALLOWED

"""Comments: the queue and one comment with its thread."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Face, Notice, Tab, Verdict, Who


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment in the queue. `flag` is a word on why it is looked at first."""

    url: str
    by: Who
    text: str
    at: datetime
    account: Face
    state: str
    is_current: bool = False
    flag: str = ""
    uid: str = ""
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """One comment of a thread, with the answers to it."""

    by: Who
    text: str
    at: datetime
    state: str = ""
    url: str = ""
    is_ours: bool = False
    is_current: bool = False
    is_gone: bool = False
    edited_at: datetime | None = None
    answers: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the charter. `number` is how it is cited (`3.2`); by one that `stays` nothing is hidden or deleted."""

    code: str
    number: str
    title: str
    text: str = ""
    is_chosen: bool = False
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be decided: `keep`, `answer`, `hide`, `delete` or `escalate`.

    `is_by_hand` says that the network does not let us do it: the decision is noted, and a person does it at `by_hand_url`.
    """

    word: str
    label: str
    help: str = ""
    icon: str = "check"
    is_chosen: bool = False
    is_by_hand: bool = False
    by_hand_url: str = ""
    may: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """What was decided about a comment."""

    by: Who
    at: datetime
    label: str
    clause: Clause | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class CommentDetail:
    """The comment being looked at. `decide_url` takes a POST of `deed`, `clause`, `words` (to colleagues).

    With `mistakes`, the chosen deed and clause and the `words` are those that were sent.
    """

    by: Who
    text: str
    at: datetime
    state: str
    account: Face
    thread: tuple[Said, ...]
    root_text: str
    root_url: str
    decide_url: str
    back_url: str
    deeds: tuple[Deed, ...] = ()
    clauses: tuple[Clause, ...] = ()
    decisions: tuple[DecisionMade, ...] = ()
    root_thumb_url: str = ""
    url: str = ""
    language: str = ""
    state_note: Notice | None = None
    done_by_hand_url: str = ""
    words: str = ""
    charter_url: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)

    @property
    def clause_groups(self) -> tuple[tuple[str, tuple[Clause, ...]], ...]:
        """The clauses by which comments stay, and those by which they go, each as a group with its name."""
        groups = (("stays", tuple(c for c in self.clauses if c.stays)), ("goes", tuple(c for c in self.clauses if not c.stays)))
        return tuple(group for group in groups if group[1])


@dataclass(frozen=True, slots=True)
class ReadTo:
    """Up to when everything on an account has been read, and when its comments were last collected."""

    account: Face
    until: datetime | None
    collected_at: datetime | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class CommentQueue:
    """`comments/queue.html`: the list, and the comment chosen from it. `told` says what has just been done."""

    rows: tuple[CommentRow, ...]
    tabs: tuple[Tab, ...]
    read_to: tuple[ReadTo, ...] = ()
    detail: CommentDetail | None = None
    newer_url: str = ""
    older_url: str = ""
    read_url: str = ""
    told: Notice | None = None

    @property
    def unread(self) -> tuple[CommentRow, ...]:
        """The rows nobody has marked as read."""
        return tuple(row for row in self.rows if not row.is_read)

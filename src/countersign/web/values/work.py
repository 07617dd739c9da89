"""My work: what waits for somebody."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from countersign.web.values.proposals import ProposalRow
from countersign.web.values.shared import ALLOWED, Action, Face, Notice, Verdict, Who


@dataclass(frozen=True, slots=True)
class WaitingPost:
    """A post that waits for the reader's signature."""

    url: str
    title: str
    author: Who
    accounts: tuple[Face, ...]
    release_at: datetime | None
    signatures: int
    needed: int
    open_checks: int
    thumb_url: str = ""


@dataclass(frozen=True, slots=True)
class MyDraft:
    """A post of the reader's own that is not finished. `note` says why it came back, in the words of `by`.

    `discard` deletes it, where nothing was written into it yet.
    """

    url: str
    title: str
    state: str
    accounts: tuple[Face, ...]
    edited_at: datetime
    note: str = ""
    by: Who | None = None
    discard: Action | None = None


@dataclass(frozen=True, slots=True)
class GoingOut:
    """A signed post that goes out soon. While `recall_until` is ahead, `recall_url` (POST) takes it back."""

    url: str
    title: str
    accounts: tuple[Face, ...]
    release_at: datetime
    recall_until: datetime | None = None
    recall_url: str = ""


@dataclass(frozen=True, slots=True)
class WaitingComments:
    """Comments nobody has decided yet. `read_until` is the moment up to which everything has been read.

    `by_hand` counts those that are decided and that a person must still hide or delete at the network.
    """

    url: str
    count: int
    oldest_at: datetime | None = None
    escalated: int = 0
    read_until: datetime | None = None
    is_late: bool = False
    by_hand: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps on a new installation."""

    label: str
    text: str
    url: str
    link: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """`desk/home.html`: my work."""

    greeting: str
    waiting: tuple[WaitingPost, ...] = ()
    drafts: tuple[MyDraft, ...] = ()
    going_out: tuple[GoingOut, ...] = ()
    comments: WaitingComments | None = None
    alerts: tuple[Notice, ...] = ()
    steps: tuple[Step, ...] = ()
    proposals: tuple[ProposalRow, ...] = ()
    compose_url: str = ""
    may_compose: Verdict = ALLOWED
    may_sign: bool = True
    posts_url: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether the column of one's own work would be empty."""
        return not (self.may_sign or self.waiting or self.proposals or self.drafts or self.alerts or self.open_steps)

    @property
    def comments_first(self) -> bool:
        """Whether comments are what waits for this person, and so stand first on a phone."""
        return bool(self.comments and self.comments.count and not self.waiting and not self.proposals)

    @property
    def has_nothing(self) -> bool:
        """Whether nothing waits for this person."""
        comments = self.comments.count if self.comments else 0
        return not (self.waiting or self.proposals or self.drafts or self.going_out or self.alerts or comments or self.open_steps)

    @property
    def open_steps(self) -> int:
        """How many first steps are left."""
        return sum(1 for step in self.steps if not step.is_done)

    @property
    def done_steps(self) -> int:
        """How many first steps are done."""
        return len(self.steps) - self.open_steps

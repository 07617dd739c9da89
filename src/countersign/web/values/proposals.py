"""Proposals: acts that take two people."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Action, Verdict, Who


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in a list. `is_mine`: the reader's own signature is what it waits for."""

    url: str
    title: str
    about: str
    by: Who
    at: datetime
    ends_at: datetime
    state: str
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class Proposals:
    """`desk/proposals.html`: everything that takes two people."""

    waiting: tuple[ProposalRow, ...] = ()
    settled: tuple[ProposalRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposalSaid:
    """One line of what is signed: its label and its text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """`desk/proposal.html`: what is proposed, who signed, and the buttons. `words` are whoever refused it."""

    title: str
    state: str
    by: Who
    at: datetime
    ends_at: datetime
    reason: str
    lines: tuple[ProposalSaid, ...]
    fingerprint: str
    list_url: str
    next_url: str = ""
    signed: tuple[tuple[Who, datetime], ...] = ()
    words: str = ""
    may_sign: Verdict = ALLOWED
    options_url: str = ""
    submit_url: str = ""
    refuse_url: str = ""
    withdraw: Action | None = None

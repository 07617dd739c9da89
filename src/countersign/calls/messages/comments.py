"""Collecting comments and acting on them."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign.calls.messages.base import Call
from countersign.calls.messages.publishing import Outcome


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads as the network shows them (contract.Thread as dicts) and the cursor to go on from."""

    threads: list[dict[str, Any]]
    cursor: str


@dataclass(frozen=True, slots=True)
class Collect(Call):
    """Read the threads under `roots` and under whatever has news since `cursor`."""

    answer = Threads
    account: str
    roots: list[str]
    cursor: str


@dataclass(frozen=True, slots=True)
class ActOnComment(Call):
    """`deed` is `hide`, `show` or `delete`; the comment stands under our post `root`. `by` is the UUID of the person who
    decided it."""

    answer = Outcome
    account: str
    comment: str
    root: str
    deed: str
    by: str = ""

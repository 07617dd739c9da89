"""The acts that take two people, and what each means: told by the packages above when the program starts.

A second person signs with a passkey what the first one proposed. This package keeps and checks the signatures; who may,
what the page says, and what happens with the last signature, the package that owns the matter says in an `Act`.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign.base.actor import PersonActor
from countersign.review.models import Proposal

type Lines = Sequence[tuple[str, str]]  # label and text, in the reader's language


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of act that takes two people.

    `title` is marked for translation. `require_may_propose` and `require_may_sign` raise Refused by asking the gate; they
    run inside the change. `lines` is what a signer reads. `carry_out` runs in the change that takes the last signature;
    without it the proposal is *granted*, to be used once by its proposer (`proposing.use`). With `is_signed_by_both` the
    proposer's own passkey has to sign as well: whoever verifies later (the broker) then has two signatures.
    """

    name: str
    title: str
    lives: timedelta
    require_may_propose: Callable[[PersonActor, Proposal], None]
    require_may_sign: Callable[[PersonActor, Proposal], None]
    lines: Callable[[Proposal], Lines]
    next_url: Callable[[Proposal], str]
    carry_out: Callable[[PersonActor, Proposal, datetime], None] | None = None
    is_signed_by_both: bool = False


_acts: dict[str, Act] = {}


def register(act: Act) -> None:
    """Make an act known; once each, when the program starts."""
    if act.name in _acts and _acts[act.name] != act:
        raise RuntimeError(f"Two acts are called {act.name!r}.")
    _acts[act.name] = act


def known(name: str) -> Act:
    """The act of this name."""
    return _acts[name]


def names() -> frozenset[str]:
    """Every act there is."""
    return frozenset(_acts)



"""Conditions of an account on which a right depends (`rules.NEEDS`), and who watches over each.

The gate keeps no copy of them. The package that keeps the records of a condition says, each time it is asked, for which
accounts they hold now: a record that was deleted or has grown old counts at once no longer. What nobody watches over is
never met.
"""
from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from countersign.access.grants import rules
from countersign.access.grants.rights import Right
from countersign.access.grants.states import ConditionKind

type Watch = Callable[[Collection[int], datetime], frozenset[int]]  # of these accounts, by their keys: those that meet it at a moment

_watches: dict[ConditionKind, Watch] = {}


def watch(kind: ConditionKind, met_by: Watch) -> None:
    """Say who watches over a condition; once each, when the program starts."""
    if _watches.get(kind, met_by) is not met_by:
        raise RuntimeError(f"Two packages watch over {kind}.")
    _watches[kind] = met_by


def met(account: int, at: datetime) -> frozenset[ConditionKind]:
    """The conditions that hold for an account at a moment."""
    return frozenset(kind for kind, met_by in _watches.items() if account in met_by([account], at))


def lacking(right: Right, accounts: Collection[int], at: datetime) -> dict[int, rules.Verdict]:
    """Those of these accounts on which nobody may use a right at a moment, each with the reason."""
    found: dict[int, rules.Verdict] = {}
    for kind in sorted(rules.NEEDS.get(right, ())):
        met_by = _watches.get(kind)
        meeting = met_by(accounts, at) if met_by else frozenset[int]()
        found = {**{one: rules.unmet(kind) for one in accounts if one not in meeting}, **found}
    return found

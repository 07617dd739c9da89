"""Adopting: the default charter that a new installation starts with."""
from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import Actor
from countersign.policy.charter.models import Charter, Clause
from countersign.policy.charter.states import CharterState

DEFAULT = Path(__file__).with_name("default.json")


def adopt_default(actor: Actor, *, at: datetime) -> Charter:
    """The charter in force; the one that ships, adopted as version 1, when there is none yet."""
    with refusals_recorded(actor, at=at, matter="charter:1"):
        gate.require(actor, Right.CHARTER_ADOPT, on=None)
    if standing := Charter.objects.filter(state=CharterState.ADOPTED).first():
        return standing
    content = json.loads(DEFAULT.read_text(encoding="utf-8"))
    with recorded(actor, at=at) as record:
        charter = Charter.objects.create(
            version=1, title=content["title"], preamble=content["preamble"], state=CharterState.ADOPTED, state_since=at,
            adopted_at=at,
        )
        Clause.objects.bulk_create(
            Clause(charter=charter, position=position, **clause) for position, clause in enumerate(content["clauses"], 1)
        )
        record("charter.adopted", "charter:1", version=1)
        return charter

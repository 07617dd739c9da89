"""Following the broker's file: our tables say what it says, so that nothing that was asked alone stays untold."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from countersign.access.glass import rules
from countersign.access.glass.models import Glass
from countersign.access.glass.states import GlassState
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.vault import rotating
from countersign.access.vault.models import Exposure, Secret
from countersign.access.vault.states import Way
from countersign.audit.recording import Record, recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Person
from countersign.review.statement import iso, moment

_EVENTS = {GlassState.BROKEN: "glass.broken", GlassState.LAPSED: "glass.lapsed", GlassState.VETOED: "glass.vetoed"}


def agree(actor: DutyActor, *, at: datetime) -> int:
    """Let our tables say what the broker's file says: after a crash, and after a web process that kept silent. How many changed."""
    with refusals_recorded(actor, at=at, matter="glass"):
        gate.require(actor, Right.GLASS_FOLLOW, on=None)
    told, done = client.ask(messages.ReadGlass()), 0
    for row in told.rows:
        known = Glass.objects.filter(uid=row["case"]).first()
        if known is not None and known.state == row["state"]:
            continue
        with recorded(actor, at=at, matter=f"glass:{row['case']}", account=row["account"]) as record:
            gate.require(actor, Right.GLASS_FOLLOW, on=None)
            _follow(record, known, row, at)
        done += 1
    return done


def copied(row: dict[str, Any], *, reason: str = "") -> Glass:
    """Our copy of a row of the broker's file, made inside a recorded change."""
    asked_at, ripe_at, ends_at = (moment(row[name]) for name in ("asked_at", "ripe_at", "ends_at"))
    return Glass.objects.create(
        uid=row["case"], secret=Secret.objects.select_related("account").get(uid=row["secret"]), versions=row["versions"],
        reason=reason, digest=row["reason"], asked_by=Person.objects.get(uid=row["person"]), asked_at=asked_at, ripe_at=ripe_at,
        ends_at=ends_at, state=GlassState.ASKED, state_since=asked_at,
    )  # fmt: skip


def stamp(at: datetime) -> str:
    """A moment as it is signed."""
    return iso(at)


def _follow(record: Record, known: Glass | None, row: dict[str, Any], at: datetime) -> None:
    if known is None:
        known = copied(row)
        record("glass.asked", str(known), account=row["account"], kind=row["kind"])
    state = GlassState(row["state"])
    if state == GlassState.ASKED:
        return
    by = Person.objects.filter(uid=row["by"]).first() if row["by"] else known.asked_by
    known.move(state, at=at, settled_by=None if state == GlassState.LAPSED else by)
    record(_EVENTS[state], str(known), account=row["account"])
    if state == GlassState.BROKEN:
        _count_as_seen(known, at)


def _count_as_seen(glass: Glass, at: datetime) -> None:
    """What the broker gave out was seen, whatever became of the page: it is in the ledger, and is replaced."""
    for version in glass.secret.versions.filter(version__in=glass.versions):
        Exposure.objects.create(person=glass.asked_by, version=version, way=Way.CHECKED_OUT, at=at, purpose=glass.reason)
    rotating.open(rotating.ROTATE, glass.secret, _("The glass was broken."), due_at=at + rules.ROTATE_WITHIN, at=at)

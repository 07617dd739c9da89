"""Restoring: the log goes on after a backup was put back, and says that it was."""
from __future__ import annotations

from datetime import datetime
from pathlib import Path

from countersign.audit import checkpointing
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor


def note_restored(actor: DutyActor, *, what: str, at: datetime) -> Path | None:
    """Note that a backup of `what` was put back, and let the log be signed as it is now. Where the file went that said
    what was signed before, if the log does not fit it any more."""
    aside = checkpointing.set_aside(at)
    with recorded(actor, at=at) as record:
        record("backup.restored", "installation", what=what)
    return aside

"""`countersign audit export`: the log in one file, by whoever runs the machine."""
from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.exporting import export_to
from countersign.base.actor import DutyActor
from countersign.base.errors import CountersignError

KEEPER = DutyActor("keep")


def main(path: str) -> int:
    """Export to a new file; the exit status."""
    try:
        count = export_to(
            Path(path), KEEPER, at=datetime.now(UTC), ask_gate=lambda actor: gate.require(actor, Right.LOG_EXPORT, on=None)
        )
    except CountersignError as error:
        print(f"{error.what} {error.remedy}".strip(), file=sys.stderr)
        return 1
    print(f"{count} entries were written to {path}. Verify it anywhere with: countersign audit verify {path}")
    return 0

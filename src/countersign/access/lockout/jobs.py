"""What the worker does for locks: begin those whose time has come, carry on with what is not done."""
from __future__ import annotations

from datetime import datetime

from countersign.access.lockout import answering, beginning
from countersign.access.lockout.models import Case
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict

LOCK = DutyActor("lock")
BATCH = 20


def carry_out_locks(at: datetime) -> int:
    """Begin what is due and carry on with the rest; how many began."""
    begun = 0
    for case in Case.objects.to_begin(at).order_by("since")[:BATCH]:
        try:
            beginning.begin(LOCK, case, at=at)
        except Conflict:
            continue  # another worker was first, or it was taken back
        begun += 1
    for case in Case.objects.for_the_worker().order_by("-begun_at")[:BATCH]:
        try:
            answering.carry_on(LOCK, case, at=at)
        except Conflict:
            continue
    return begun

"""`countersign restored`: a backup was put back. Nothing that may be out already is sent before it has been read back.

Run while nothing else does, by the user of the broker. Where the mark beside the keys was left as it was, the broker would
notice by itself that its journal went back; whoever put everything back, the keys' folder too, must say so.
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError

from countersign.audit import restoring as log
from countersign.base.actor import DutyActor
from countersign.base.errors import CountersignError
from countersign.processes.broker import restoring
from countersign.processes.broker.restoring import Told


def main(words: Sequence[str]) -> int:
    """Note it in the broker's journal and in the log; 1 when that cannot be done."""
    told, at = _told(words), datetime.now(UTC)
    try:
        what = _tell_broker(told, at)
        _tell_log(what, at)
    except (CountersignError, OSError, DatabaseError) as error:
        print(f"{error} {getattr(error, 'remedy', '')}".strip(), file=sys.stderr)
        return 1
    print("Start everything. `countersign doctor` says how much is still to be read back.")
    return 0


def _told(words: Sequence[str]) -> Told:
    parser = argparse.ArgumentParser(prog="countersign restored", description="Say that a backup was put back.")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--journal-kept", action="store_true", help="only the database was put back; the journal was left as it was")
    either.add_argument("--let-go", action="store_true", help="nothing was deleted or taken back since: what is not there goes out")
    parser.add_argument("--since", type=_moment, metavar="MOMENT", help="when the backup was taken (2026-11-24T02:00+01:00); "
                        "needed where something was started before this command")
    given = parser.parse_args(words)
    return Told(given.journal_kept, given.let_go, given.since)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _tell_broker(told: Told, at: datetime) -> str:
    """Note the gap, if there is one, and return what was put back."""
    if not (settings.BROKER_DIRECTORY / "journal").exists():
        raise FileNotFoundError("There is no journal: put back the newest copy there is, then run this again.")
    gap = restoring.tell(settings.BROKER_DIRECTORY, settings.MARK, told, at=at)
    if gap is None:
        print("The journal is as it was left: it knows what is out, and sends none of it again.")
        return "the database"
    print(f"What may have gone out from {gap.since:%Y-%m-%d %H:%M} to {gap.until:%Y-%m-%d %H:%M} UTC is read back before it is sent.")
    print("What is then not there goes out." if gap.lets_go else "What is then not there is held: a person lets it go, or takes it back.")
    return "the database and the journal"


def _tell_log(what: str, at: datetime) -> None:
    aside = log.note_restored(DutyActor("restore"), what=what, at=at)
    if aside:
        print(f"The log lacks entries that were signed here: from now on it is signed as it is. What was signed is in {aside.name}.")

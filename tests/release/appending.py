"""A process that appends to a journal: until it is killed, until the disk is full, or once, to see whether it may.

    python appending.py for_ever PATH      prints the number of each line once it is acknowledged
    python appending.py until_full PATH    goes on until a line is refused, makes room, and appends one more
    python appending.py limited PATH       the same, the size of files being limited instead of the disk
"""
from __future__ import annotations

import resource
import sys
from itertools import count
from pathlib import Path

from countersign.base.errors import CountersignError
from countersign.processes.broker.journal import Journal


def for_ever(path: Path) -> None:
    """Append and say so."""
    with Journal(path) as journal:
        print(journal.head.number, flush=True)
        for turn in count():
            line = journal.append("attempt", {"delivery": "ø" * (turn % 3000), "turn": turn})
            print(line.number, flush=True)


def until_full(path: Path) -> None:
    """Fill the disk, be refused, make room, go on; print what was said and the two heads."""
    ballast = path.with_name("ballast")
    ballast.write_bytes(b"\0" * 8192)
    with Journal(path) as journal:
        _refused_twice(journal, path)
        ballast.unlink()
        print(journal.append("attempt", {"delivery": "after"}).number, flush=True)


def limited(path: Path) -> None:
    """Hit the limit of the process, be refused, lift it, go on; print the same."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    with Journal(path) as journal:
        _refused_twice(journal, path)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(journal.append("attempt", {"delivery": "after"}).number, flush=True)


def _refused_twice(journal: Journal, path: Path) -> None:
    while (said := _refused(journal)) is None:
        pass
    size = path.stat().st_size
    again = _refused(journal)
    print(said, again == said, size == path.stat().st_size, journal.head.number, sep="|", flush=True)


def _refused(journal: Journal) -> str | None:
    try:
        journal.append("attempt", {"delivery": "x" * 777})
    except CountersignError as error:
        return error.what
    return None


if __name__ == "__main__":
    {"for_ever": for_ever, "until_full": until_full, "limited": limited}[sys.argv[1]](Path(sys.argv[2]))

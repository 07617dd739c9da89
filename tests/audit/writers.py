"""One of several processes that write to the log at once: `python writers.py THREADS ENTRIES`. Run by `test_writers`.

With `prepare` as its only word it makes the tables.
"""
from __future__ import annotations

import os
import sys
import threading
from datetime import UTC, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "countersign.config.settings")
django.setup()

from django.db import connection  # noqa: E402

from countersign.audit.models import Checkpoint, Entry, Frontier  # noqa: E402
from countersign.audit.recording import recorded  # noqa: E402
from countersign.base.actor import DutyActor  # noqa: E402

AT = datetime(2026, 11, 24, 13, 2, 3, tzinfo=UTC)


def prepare() -> None:
    """Make the log's tables."""
    with connection.schema_editor() as editor:
        for table in (Entry, Frontier, Checkpoint):
            editor.create_model(table)


def write(number: int, entries: int) -> None:
    """Write as one writer."""
    for each in range(entries):
        with recorded(DutyActor(f"writer{os.getpid()}-{number}"), at=AT) as record:
            record("post.drafted", f"post:{each}")
            record("post.edited", f"post:{each}")
    connection.close()


if sys.argv[1] == "prepare":
    prepare()
else:
    threads = [threading.Thread(target=write, args=(number, int(sys.argv[2]))) for number in range(int(sys.argv[1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

"""Backups of a running house, and putting them back: the database, the broker's journal, the mark beside the keys."""
from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.db import connection

from countersign.content.posts.jobs import release_due, settle_unknown
from countersign.content.posts.models import Delivery
from tests.house import House, now

_MOVING = ("due", "sending", "unconfirmed")


class Backup:
    """A copy of a house as it is now. Whatever is put back is put back with the broker stopped."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder = house, folder
        folder.mkdir()
        with closing(sqlite3.connect(_live())) as live, closing(sqlite3.connect(folder / "database")) as copy:
            live.backup(copy)
        for path in (house.broker.journal, house.broker.mark):
            shutil.copyfile(path, folder / path.name)

    def put_back(self, *, database: bool = False, journal: bool = False, mark: bool = False) -> None:
        """Put these back over what is there."""
        self.house.broker.end()
        if database:
            connection.close()
            with closing(sqlite3.connect(self.folder / "database")) as copy, closing(sqlite3.connect(_live())) as live:
                copy.backup(live)
        broker = self.house.broker
        for path in [broker.journal] * journal + [broker.mark] * mark:
            shutil.copyfile(self.folder / path.name, path)


def _live() -> str:
    return str(connection.settings_dict["NAME"])


def work_until(is_so: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """What the worker does, until something is so."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise AssertionError(f"Not so: {list(Delivery.objects.values_list('state', 'why'))}")
        release_due(now())
        settle_unknown(now())
        time.sleep(0.1)


def work(*, seconds: float = 15.0) -> None:
    """What the worker does, until nothing moves any more that is due by now."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        release_due(now())
        settle_unknown(now())
        moving = Delivery.objects.filter(state__in=_MOVING)
        if not any(delivery.state != "due" or delivery.due_at <= now() for delivery in moving):
            return
        time.sleep(0.1)
    raise AssertionError(f"Not settled: {list(Delivery.objects.values_list('state', 'why'))}")

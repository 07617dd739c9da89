"""Counting wrong lock-only codes: a row an address and a window, so that ten thousand cost a few rows and five lines of the log.

Once an address has had its few, this process counts in memory and writes it down every hundred, or with the next one after
a second: a wrong code then costs one look-up. What is in memory is lost with the process, a hundred at most.
"""
from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError
from django.db.models import F

from countersign.access.lockout import rules
from countersign.access.lockout.models import Guesses
from countersign.audit.recording import recorded
from countersign.base.actor import Visitor
from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.people.queries import keyed

TOO_MANY = _("Too many wrong codes came from here.")
_AT_ONCE, _PAUSE, _MOST = 100, timedelta(seconds=1), 10_000  # addresses that are remembered


@dataclass
class Tally:
    """What one process has counted and not written down yet, for addresses that have had their few."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    rows: dict[tuple[str, datetime], tuple[int, datetime]] = field(default_factory=dict)

    def take(self, where: str, since: datetime, at: datetime) -> int | None:
        """Count one more. How many are to be written down now, or None: not yet. 1 for an address that is not remembered."""
        with self.guard:
            if (where, since) not in self.rows:
                return 1
            count, written = self.rows[(where, since)]
            is_due = count + 1 >= _AT_ONCE or at - written >= _PAUSE
            self.rows[(where, since)] = (0, at) if is_due else (count + 1, written)
            return count + 1 if is_due else None

    def remember(self, where: str, since: datetime, at: datetime) -> None:
        """From now on count this address in memory, until the window ends."""
        with self.guard:
            for key in [key for key in self.rows if key[1] < since]:
                del self.rows[key]
            if len(self.rows) < _MOST:
                self.rows.setdefault((where, since), (0, at))


tally = Tally()


def wrong(actor: Visitor, *, where: str, at: datetime) -> Invalid:
    """Count one wrong code; the words for whoever typed it."""
    since, place = _window(at), keyed(_neighbourhood(where))
    count = tally.take(place, since, at)
    if count is None:
        return _too_many()
    from_where, from_everywhere = _count(place, since, count), _count("", since, count)
    if rules.is_told(from_everywhere, more=count):
        with recorded(actor, at=at) as record:
            Guesses.objects.filter(since__lt=since - timedelta(days=1)).delete()
            record("lock_card.mistyped", "lock-card", count=from_everywhere, from_here=from_where)
    if rules.is_too_many(from_where=from_where - 1, from_everywhere=from_everywhere - 1):
        tally.remember(place, since, at)
        return _too_many()
    return Invalid(
        _("That is not a code of a card that counts."),
        remedy=_("Type the four groups as they are printed; letters in any case."), field="code",
    )  # fmt: skip


def _too_many() -> Invalid:
    return Invalid(
        TOO_MANY, remedy=_("A right code still works. Otherwise use your password, or ask a colleague to lock you out."),
        field="code",
    )  # fmt: skip


def _window(at: datetime) -> datetime:
    seconds = int(rules.WINDOW.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)


def _count(where: str, since: datetime, more: int) -> int:
    rows = Guesses.objects.filter(where=where, since=since)
    if not rows.update(count=F("count") + more):
        try:
            Guesses.objects.create(where=where, since=since, count=more)
        except IntegrityError:  # another one was first
            rows.update(count=F("count") + more)
    return rows.values_list("count", flat=True).get()


def _neighbourhood(where: str) -> str:
    """An address as far as one caller cannot change it at will: in IPv6 the first 64 bits."""
    try:
        found = ipaddress.ip_address(where)
    except ValueError:
        return where
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)

"""After a restored backup: what the journal may have forgotten is read back at its network before anything is sent.

A *gap* is a time of which lines are missing. It is noticed when the mark is ahead of the journal, or missing, or of
another life; when the database knows of published posts that the journal does not; and otherwise told by whoever put the
backup back. It is a line of the journal itself, so it is never forgotten again. Whatever may have gone out in a gap is
in doubt until it has been read back.
"""
from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from countersign.base.errors import Refused
from countersign.calls import messages
from countersign.content.posts import manifest, protocol
from countersign.content.posts.models import Delivery
from countersign.content.posts.states import DeliveryState
from countersign.processes.broker.journal import Journal
from countersign.processes.broker.mark import Mark, Noted
from countersign.processes.broker.office import Office
from countersign.review.statement import iso

_LAG = timedelta(minutes=2)  # how long after a power cut the disk may show an older mark than was written
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)  # before there was anything to send
_NEWEST = 20  # published posts of the database that are compared with the journal
_DEEDS = ("attempt", "withdrawn")  # lines that are only written once the journal was compared with mark and database
_WAITING = (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.HELD, DeliveryState.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which lines are missing from the journal. `line` is the number of the line that says so, `at` when it was
    written: whoever sent in the gap had stopped by then. `lets_go`: nothing was deleted or taken back in it."""

    line: int
    since: datetime
    until: datetime
    at: datetime
    lets_go: bool


def gaps(journal: Journal) -> list[Gap]:
    """Every gap that the journal knows of, oldest first."""
    return [
        Gap(
            line.number, datetime.fromisoformat(line.body["since"]), datetime.fromisoformat(line.body["until"]),
            datetime.fromisoformat(line.body["at"]), bool(line.body["lets_go"]),
        )
        for line in journal.lines("gap")
    ]  # fmt: skip


def begin_life(journal: Journal, mark: Mark, *, at: datetime) -> Gap | None:
    """Begin a life of the broker in the journal and the mark; before that, note the gap that they show, if they do."""
    until = _end_of_gap(journal, mark.read(), at)
    gap = _note(journal, until=until, at=at, lets_go=False) if until else None
    _start(journal, mark, at)
    return gap


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever put a backup back says. With `is_kept` the journal was left as it was, and there is only a gap if the mark
    says otherwise. `since`: when the backup was taken, where a broker already ran on it and the journal's own word is no
    longer good enough."""

    is_kept: bool = False
    lets_go: bool = False
    since: datetime | None = None


def tell(directory: Path, mark_path: Path, told: Told, *, at: datetime) -> Gap | None:
    """Note that a backup was put back, while no broker runs; Conflict while one does."""
    with Journal(directory / "journal") as journal:
        mark = Mark(mark_path)
        try:
            until = _end_of_gap(journal, mark.read(), at) or (None if told.is_kept else at)
            gap = _note(journal, until=until, at=at, lets_go=told.lets_go, since=told.since) if until else None
            _start(journal, mark, at)
        finally:
            mark.close()
        return gap


def doubt(office: Office, delivery: Delivery) -> None:
    """Note that a delivery may have gone out without our file knowing, if it may have."""
    _compare_with_database(office)
    if pending := _pending(office, delivery):
        office.book.doubt(
            str(delivery.uid), since=min(gap.since for gap in pending), at=max(gap.at for gap in pending),
            lets_go=all(gap.lets_go for gap in pending),
        )  # fmt: skip


def read(office: Office, _call: messages.ReadGap) -> messages.Gap:
    """The newest gap, and how much is still in doubt. Empty texts when there never was one."""
    known = gaps(office.journal)
    if not known:
        return messages.Gap("", "", "", 0)
    rows = Delivery.objects.filter(state__in=_WAITING).iterator(chunk_size=1000)
    in_doubt = sum(1 for row in rows if _pending(office, row) or _is_open(office, row))
    return messages.Gap(iso(known[-1].since), iso(known[-1].until), iso(known[-1].at), in_doubt)


def _pending(office: Office, delivery: Delivery) -> list[Gap]:
    """The gaps in which a delivery may have gone out, and after which our file says nothing about it yet."""
    known = gaps(office.journal)
    if not known:
        return []
    lines = office.journal.lines_where(office.book.kind, "delivery", str(delivery.uid))
    newest = lines[-1].number if lines else 0
    opened_at = _opened_at(delivery)
    return [gap for gap in known if gap.line > newest and opened_at <= gap.until]


def _opened_at(delivery: Delivery) -> datetime:
    """The first moment at which it may have gone out. What is no request of ours may have gone out at any."""
    try:
        return manifest.request(delivery.request).window.opens_at
    except (Refused, OverflowError):
        return _BEGINNING


def _is_open(office: Office, delivery: Delivery) -> bool:
    return bool(office.book.history(str(delivery.uid), at=datetime.now(UTC)).open)


def _end_of_gap(journal: Journal, noted: Noted | None, at: datetime) -> datetime | None:
    """Up to when lines may be missing, by what the mark says; None when none are."""
    number = journal.lines_at_opening
    if noted is None:
        return at if number else None
    if noted.life == _life(journal) and noted.number <= number:
        return None
    is_later = noted.number > number and noted.at >= _last_moment(journal)
    return min(at, noted.at + _LAG) if is_later else at


def _start(journal: Journal, mark: Mark, at: datetime) -> None:
    life = os.urandom(16).hex()
    journal.append("started", {"life": life, "at": iso(at)})
    mark.begin(life, journal.head.number, at=at)


def _note(journal: Journal, *, until: datetime, at: datetime, lets_go: bool, since: datetime | None = None) -> Gap:
    since = min(since or until, _last_moment(journal), until)
    body = {"since": iso(since), "until": iso(until), "at": iso(at), "lets_go": lets_go}
    return Gap(journal.append("gap", body).number, since, until, at, lets_go)


def _life(journal: Journal) -> str:
    started = journal.lines("started")
    return str(started[-1].body["life"]) if started else ""


def _last_moment(journal: Journal) -> datetime:
    """When the journal, as it was opened, last knew of something done at a network: whatever is missing came after it."""
    found = [line for kind in _DEEDS for line in journal.lines(kind) if line.number <= journal.lines_at_opening]
    newest = max(found, key=lambda line: line.number, default=None)
    return datetime.fromisoformat(newest.body["at"]) if newest else _BEGINNING


def _compare_with_database(office: Office) -> None:
    """Once in a life: published posts that our file does not know, as when broker and mark were put back and the database
    was not. Those before the newest gap were found by it."""
    with office.guard:
        if office.is_compared:
            return
        known = gaps(office.journal)
        rows = Delivery.objects.filter(published_at__gt=known[-1].at if known else _BEGINNING)
        newest, now = rows.order_by("-published_at").values_list("uid", flat=True)[:_NEWEST], datetime.now(UTC)
        if not all(protocol.is_settled(office.book.history(str(uid), at=now)) for uid in newest):
            _note(office.journal, until=now, at=now, lets_go=False)
        office.is_compared = True

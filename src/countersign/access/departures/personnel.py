"""Reading a file from personnel: a line a person, with their mail address, their last day or minute, and who takes over.

Plain Python: what is on a line and what is wrong with it; who that is, `queries` finds out.
"""
from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from countersign.base.errors import Invalid
from countersign.base.words import _

MOST_BYTES = 1_000_000
MOST_LINES = 2000
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_HOURS = ("%H:%M", "%H:%M:%S")

NO_ADDRESS = _("There is no mail address in the first column.")
NO_DAY = _("The last day is not understood: write it as 2026-11-30, or 2026-11-30 17:00.")
TWICE = _("The same address stands on an earlier line.")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: its number, what it says, and what is wrong with it in itself, marked for translation."""

    number: int
    email: str
    starts_at: datetime | None = None  # None: now
    heir: str = ""
    mistake: str = ""


def text_of(raw: bytes) -> str:
    """The text of an upload, as spreadsheets save it: UTF-8 with or without its mark, or the Windows code page."""
    if len(raw) > MOST_BYTES:
        raise Invalid(_("This file is too large."), field="file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def lines(text: str, zone: tzinfo) -> list[Line]:
    """The lines of a file, without its heading and empty ones. Invalid for none at all, or too many.

    A comma, a semicolon or a tab between the columns; a day without an hour lasts to its end, in the house's time zone.
    """
    seen, found = set[str](), []
    for number, cells in _rows(text):
        line = _line(number, cells, zone)
        if line.email in seen and not line.mistake:
            line = Line(number, line.email, line.starts_at, line.heir, TWICE)
        seen.add(line.email)
        found.append(line)
        if len(found) > MOST_LINES:
            raise Invalid(_("This file has more than {most} lines."), field="file", most=MOST_LINES)
    if not found:
        raise Invalid(_("There is nobody in this file."), field="file")
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    between = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=between)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            is_heading = reader.line_num == 1 and bool(stripped) and "@" not in stripped[0]
            if any(stripped) and not is_heading:
                yield reader.line_num, stripped
    except csv.Error as error:
        raise Invalid(_("Line {number} is no line of such a file."), field="file", number=reader.line_num) from error


def _line(number: int, cells: list[str], zone: tzinfo) -> Line:
    email, day, heir = (*cells, "", "", "")[:3]
    if "@" not in email:
        return Line(number, email.lower(), mistake=NO_ADDRESS)
    try:
        return Line(number, email.lower(), moment(day, zone), heir.lower())
    except ValueError:
        return Line(number, email.lower(), heir=heir.lower(), mistake=NO_DAY)


def moment(text: str, zone: tzinfo) -> datetime | None:
    """When somebody's access ends: at the minute that is named, or when their last day is over; None for nothing. ValueError."""
    if not text:
        return None
    day, _space, hour = text.replace("T", " ").partition(" ")
    when = _day(day)
    if not hour.strip():
        return datetime.combine(when + timedelta(days=1), time(), zone)
    return datetime.combine(when, _hour(hour.strip()), zone)


def _day(text: str) -> date:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise ValueError(text)


def _hour(text: str) -> time:
    for form in _HOURS:
        try:
            return datetime.strptime(text, form).time()  # noqa: DTZ007  # nor has an hour
        except ValueError:
            continue
    raise ValueError(text)

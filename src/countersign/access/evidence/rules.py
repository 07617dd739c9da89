"""How long each kind of evidence counts, and what may be stated or excepted. Plain Python."""
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign.access.evidence.states import Source
from countersign.base.errors import Invalid
from countersign.base.words import _

# How long a look counts. The longer it is, the longer a second factor may be off before publishing stops.
SHELF_LIFE: dict[Source, timedelta] = {
    Source.API: timedelta(days=7),  # asked every day and costs nothing: a week bridges an outage of the network, and no more
    Source.MAIL: timedelta(days=90),  # the network writes only when something changes, so silence in between is good news
    Source.DRILL: timedelta(days=90),  # drills are due every quarter (A4)
    Source.LEDGER: timedelta(days=30),  # a code that was used shows that the network asked for one on that day, no more
    Source.STATEMENT: timedelta(days=90),  # people can look once a quarter; more often they would sign without looking
}
COMES = (Source.API, Source.MAIL, Source.STATEMENT)  # what is noted by now; a drill and a code that was used are told of by nobody yet
ASK_EVERY = timedelta(days=1)
ASK_AGAIN = timedelta(hours=1)  # after an answer that did not come
SOON = timedelta(days=7)  # before its end people are asked to renew it
SOON_BY_API = timedelta(days=2)  # the same for what renews itself every day: then it has failed for five days
FIRST_DAYS = timedelta(days=14)  # for a new account, and for those there at the upgrade
LONGEST_EXCEPTION = timedelta(days=30)
LOOKED_WITHIN = timedelta(days=2)  # before it is stated
MOST_PICTURE_BYTES = 4_000_000
STATE, EXCEPT = "evidence.state", "evidence.except"  # the acts of two people

_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Looks:
    """A picture that goes with a statement: what it is and its digest. It is kept as it came, and never shown in a page."""

    mime: str
    sha256: str


def ends_at(source: Source, seen_at: datetime) -> datetime:
    """Until when a look counts."""
    return seen_at + SHELF_LIFE[source]


def is_soon(source: Source | None, until: datetime, *, at: datetime) -> bool:
    """Whether people should be asked to renew what ends then; None is an allowance."""
    return until - at <= (SOON_BY_API if source is Source.API else SOON)


def is_overtaken(seen_at: datetime, *, off_at: datetime | None) -> bool:
    """Whether it was seen to be off at that moment or later: then an earlier look proves nothing."""
    return off_at is not None and seen_at <= off_at


def require_seen_lately(seen_at: datetime, *, at: datetime) -> None:
    """Raise Invalid for a look that lies ahead, or too long ago to be stated."""
    if not timedelta() <= at - seen_at <= LOOKED_WITHIN:
        raise Invalid(_("State what you saw within the last two days."), field="seen_at")


def until(days: str, *, at: datetime) -> datetime:
    """The end of an exception of so many days; Invalid beyond thirty."""
    if not (days.isascii() and days.isdecimal()) or len(days) > 3 or not 1 <= int(days) <= LONGEST_EXCEPTION.days:
        raise Invalid(_("An exception lasts from 1 to {most} days."), field="days", most=LONGEST_EXCEPTION.days)
    return at + timedelta(days=int(days))


def picture(content: bytes) -> Looks:
    """What a picture is, by its first bytes; Invalid when it is no PNG or JPEG, or too large."""
    if len(content) > MOST_PICTURE_BYTES:
        raise Invalid(_("The picture is larger than 4 MB."), field="picture")
    for begins, mime in _PICTURES.items():
        if content.startswith(begins):
            return Looks(mime, hashlib.sha256(content).hexdigest())
    raise Invalid(_("Give a picture as PNG or JPEG."), field="picture")

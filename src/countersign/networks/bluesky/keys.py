"""Names of things: record keys that we choose ourselves, and `at://` addresses."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from countersign.base.errors import Rejected
from countersign.base.values import RemoteId
from countersign.base.words import _

POST, THREADGATE, PROFILE = "app.bsky.feed.post", "app.bsky.feed.threadgate", "app.bsky.actor.profile"

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"  # base32 that sorts like the number
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def handle(at: datetime, entropy: int) -> str:
    """A record key of the kind posts have (a TID): it sorts by time and can be chosen before the first send.

    A TID holds microseconds and a ten-bit clock number. Ours holds the second of `at`; the microseconds and the clock
    number come from `entropy` (at least 30 random bits), so that posts due at the same moment get different keys.
    """
    seconds = (at - _BEGINNING) // timedelta(seconds=1)
    number = (seconds * 1_000_000 + entropy % 1_000_000) << 10 | (entropy // 1_000_000) % 1024
    return "".join(_LETTERS[number >> shift & 31] for shift in range(60, -1, -5))


class Address(NamedTuple):
    """The three parts of `at://did/collection/key`."""

    did: str
    collection: str
    key: str

    def __str__(self) -> str:
        return f"at://{self.did}/{self.collection}/{self.key}"


def address(uri: str) -> Address | None:
    """The parts of an `at://` address of a record, or None where it is none."""
    parts = uri.removeprefix("at://").split("/")
    is_one = uri.startswith("at://did:") and len(parts) == 3 and all(parts)
    return Address(*parts) if is_one else None


def own_post(remote_id: RemoteId, did: str) -> Address:
    """The address of a post of ours. Raises Rejected for anything else: nobody else's record is ever written to."""
    found = address(remote_id)
    if found is None or found.did != did or found.collection != POST:
        raise Rejected(_("This is not a post of this account."))
    return found


def page(uri: str) -> str:
    """The page where people see the post at `uri`; empty where it is not a post."""
    found = address(uri)
    return f"https://bsky.app/profile/{found.did}/post/{found.key}" if found and found.collection == POST else ""


def stamp(at: datetime) -> str:
    """A moment as records write it: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: object) -> datetime | None:
    """The moment a record or a server wrote, or None where it is none."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)

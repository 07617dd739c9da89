"""A mail taken apart: its head, its words as plain text and as a page, its links. Nothing in it is believed or opened."""
from __future__ import annotations

import email
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from countersign.inspection.mails.headers import Head, Malformed, head_of
from countersign.inspection.mails.pages import LONGEST_TEXT, MOST_LINKS, Link, read_page

LARGEST = 262_144  # bytes of a mail that is read; a larger one is cut off there and never genuine
MOST_PARTS = 40
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says."""

    raw: bytes
    head: Head
    plain: str
    page: str
    links: tuple[Link, ...]
    has_attachment: bool

    @property
    def subject(self) -> str:
        """The subject as people read it."""
        return self.head.text("subject")

    @property
    def words(self) -> str:
        """Everything it says: the page, which is what people see, or else the plain text."""
        return self.page or self.plain

    @property
    def digest(self) -> str:
        """SHA-256 of the whole."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def sent_at(self) -> datetime | None:
        """When it says that it was written."""
        try:
            found = parsedate_to_datetime(self.head.text("date"))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            return None


def read_letter(raw: bytes) -> Letter:
    """Take a mail apart. Raises Malformed when it is not put together as mails are."""
    head = head_of(raw)
    if raw.lower().count(b"boundary=") > MOST_PARTS:
        raise Malformed("It has too many parts.")
    try:
        parts = _leaves(email.message_from_bytes(raw))
    except (RecursionError, ValueError, LookupError, AssertionError, IndexError) as error:
        raise Malformed("Its parts cannot be told apart.") from error
    plain, pages, links, attached = [], [], list[Link](), False
    for part in parts:
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or not kind.startswith(("text/", "image/")):
            attached = True
        elif kind == "text/html":
            words, found = read_page(_content(part))
            pages.append(words)
            links += found
        elif kind.startswith("text/"):
            plain.append(_content(part)[:LONGEST_TEXT])
    links += [Link(address, "") for text in plain for address in _ADDRESS.findall(text)[:MOST_LINKS]]
    return Letter(raw, head, "\n".join(plain), "\n".join(pages), tuple(links), attached)


def _leaves(whole: Message) -> list[Message]:
    """The parts that hold something, without recursion. Malformed when there are too many."""
    waiting, leaves, seen = [whole], list[Message](), 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > MOST_PARTS:
            raise Malformed("It has too many parts.")
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list) and part.get_content_maintype() == "multipart":
            waiting[:0] = [one for one in inner if isinstance(one, Message)]
        else:
            leaves.append(part)
    return leaves


def _content(part: Message) -> str:
    """A part's text; what does not fit its charset is replaced, an unknown charset is read as UTF-8."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")

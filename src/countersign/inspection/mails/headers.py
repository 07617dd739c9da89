"""The head of a mail, read once and strictly: whoever verifies and whoever decides must see the same lines.

Parsers disagree about bare carriage returns and lines without a name; here both are no mail at all.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses

MOST_LINES, LONGEST_HEAD, LONGEST_VALUE = 400, 65_536, 4_000  # of a head: fields, bytes; characters of one value
_FIELD = re.compile(rb"([!-9;-~]{1,200}):(.*)", re.DOTALL)
_SINGLE = ("from", "subject", "date", "to", "sender", "reply-to", "message-id", "content-type", "content-transfer-encoding", "mime-version")


class Malformed(ValueError):
    """This is not put together as a mail."""


@dataclass(frozen=True, slots=True)
class Head:
    """The fields of a mail in their order, names in lower case, values as they came, without the line ends of folding."""

    fields: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for found, value in self.fields if found == name]

    def text(self, name: str) -> str:
        """A field's first value as people read it; empty when there is none."""
        return decoded(next(iter(self.all(name)), ""))

    def addresses(self, name: str) -> list[tuple[str, str]]:
        """Display names and addresses of a field; the address is empty where none can be read."""
        try:
            found = getaddresses([value[:LONGEST_VALUE] for value in self.all(name)[:20]])
        except (RecursionError, ValueError, IndexError):  # comments within comments
            return []
        return [(decoded(shown), address.strip().lower()) for shown, address in found]

    @property
    def doubled(self) -> list[str]:
        """Fields that may stand once and stand twice."""
        return [name for name in _SINGLE if len(self.all(name)) > 1]


def head_of(raw: bytes) -> Head:
    """The head of a mail. Raises Malformed for anything that two parsers could read in two ways."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    if len(head) > LONGEST_HEAD:
        raise Malformed("The head is too long.")
    lines = re.split(rb"\r?\n", head)
    if len(lines) > MOST_LINES * 4 or any(b"\r" in line or b"\0" in line for line in lines):
        raise Malformed("A line ends in the middle.")
    fields = list[tuple[str, bytearray]]()
    for line in lines:
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1][1].extend(line)
        elif found := _FIELD.fullmatch(line):
            fields.append((found[1].decode("ascii").lower(), bytearray(found[2])))
        else:
            raise Malformed("A line of the head has no name.")
    if not fields or len(fields) > MOST_LINES:
        raise Malformed("Too few or too many fields.")
    return Head(tuple((name, value.decode("utf-8", "replace").strip()) for name, value in fields))


def decoded(value: str) -> str:
    """A value with its encoded words read; as it stands when they cannot be."""
    value = value[:LONGEST_VALUE]
    try:
        return str(make_header(decode_header(value))).strip()
    except (HeaderParseError, LookupError, ValueError, AssertionError, RecursionError):
        return value

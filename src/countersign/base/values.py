"""Small values that mean one thing each."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NewType, NoReturn
from uuid import UUID

import rfc8785

RemoteId = NewType("RemoteId", str)


def canonical(content: Any) -> bytes:
    """The one byte string that stands for this JSON value (RFC 8785). ValueError when there is none."""
    return _encode(content).encode() if _is_plain(content) else rfc8785.dumps(content)


# Python's own encoder is several times faster, and writes the same bytes as long as no number is broken or very large and
# no name of a part needs to be sorted by anything but its ASCII characters.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_LARGEST = 2**53 - 1


def _is_plain(content: Any) -> bool:
    parts = [content]
    for part in parts:  # which grows on the way
        kind = type(part)
        if kind is dict:
            if not all(map(str.isascii, part)):
                return False
            parts += part.values()
        elif kind is list:
            parts += part
        elif kind is int:
            if not -_LARGEST <= part <= _LARGEST:
                return False
        elif kind is not str and kind is not bool and part is not None:
            return False
    return True


def known_uuids(texts: Iterable[str]) -> list[UUID]:
    """Those of the texts that are UUIDs; whatever else was sent names nothing."""
    return [found for text in texts if (found := _uuid(text))]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Digest:
    """A SHA-256 digest, as 64 lower-case hexadecimal characters."""

    hex: str

    @classmethod
    def of(cls, domain: str, content: Any) -> Digest:
        """Digest a JSON value under a domain such as `countersign/request/v1`, so that no digest serves for two things."""
        return cls(hashlib.sha256(domain.encode() + b"\0" + canonical(content)).hexdigest())

    @property
    def bytes(self) -> bytes:
        """The 32 bytes themselves."""
        return bytes.fromhex(self.hex)

    @property
    def fingerprint(self) -> str:
        """The short form shown on pages and in notices: first eight and last six characters."""
        return f"{self.hex[:8]}…{self.hex[-6:]}"

    def __str__(self) -> str:
        return self.hex


class Secret:
    """Text that must not be shown: it prints as dots and refuses to be pickled, compared or formatted."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Every call of this is a place to review."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(•••)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Secret cannot be pickled.")

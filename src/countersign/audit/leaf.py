"""One entry of the log as the bytes that are hashed.

Plain Python. A leaf is canonical JSON (RFC 8785) and carries the number of its format. Names, addresses and people's free
words never stand in it: it holds a keyed hash of them, and they can be erased without the tree noticing.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

from countersign.base.values import Digest, canonical

FORMAT = 1
SALT_BYTES = 16
_DOMAIN = b"countersign/audit-personal/v1\0"


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted of one event, before it has a number.

    `actor` and `matter` are labels such as `person:<uid>` and `post:<uid>`, `account` the uid of an account or empty.
    `personal` is the canonical JSON of what stands outside the leaf, `salt` the 16 random bytes that key its hash.
    """

    at: datetime
    actor: str
    event: str
    matter: str
    account: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    personal: bytes = b""
    salt: bytes = b""

    def leaf(self, number: int) -> bytes:
        """The bytes that are hashed when this becomes entry `number`."""
        content = {
            "account": self.account,
            "actor": self.actor,
            "at": moment(self.at),
            "details": self.details,
            "event": self.event,
            "format": FORMAT,
            "matter": self.matter,
            "number": number,
        }
        if self.personal:  # sorts last, which verifying relies on
            content["personal"] = commitment(self.salt, self.personal)
        return canonical(content)


def commitment(salt: bytes, personal: bytes) -> str:
    """What the leaf holds in place of personal data: SHA-256 keyed with a salt that is erased with them."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes.")
    return sha256(_DOMAIN + salt + personal).hexdigest()


def moment(at: datetime) -> str:
    """An instant as the log writes it: UTC, six decimals, `Z`. Raises ValueError for a time without a zone."""
    if at.utcoffset() is None:
        raise ValueError("The log takes only times that name their zone.")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(value: object) -> Any:
    """A detail as JSON. Raises TypeError for anything that has no one obvious form, a Secret among them."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case UUID() | Digest():
            return str(value)
        case Mapping():
            return {str(key): plain(part) for key, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case set() | frozenset():
            return sorted(plain(part) for part in value)
    raise TypeError(f"A {type(value).__name__} cannot stand in the audit log.")

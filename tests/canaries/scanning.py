"""Looking for a secret in bytes, in every form in which it may stand there."""
from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Canary:
    """One secret. `shown` names the only collected pages on which it may stand, once in a life."""

    name: str
    secret: bytes
    shown: frozenset[str] = frozenset()


def forms(secret: bytes) -> Iterator[tuple[str, bytes]]:
    """The spellings of a secret that a byte scan looks for."""
    text = secret.decode("latin-1")
    yield "raw", secret
    yield "hex", secret.hex().encode()
    yield "HEX", secret.hex().upper().encode()
    yield "percent", "".join(f"%{byte:02X}" for byte in secret).encode()
    yield "percent, lower case", "".join(f"%{byte:02x}" for byte in secret).encode()
    yield "quoted", quote(secret, safe="").encode()
    yield "JSON", "".join(f"\\u{byte:04x}" for byte in secret).encode()
    yield "Python", repr(secret)[2:-1].encode()
    yield "UTF-16LE", text.encode("utf-16-le")
    yield "UTF-16BE", text.encode("utf-16-be")
    yield "base32", base64.b32encode(secret).rstrip(b"=")
    for skipped in range(3):  # where it stands in a longer text decides how it looks in base64
        middle = base64.b64encode(b"\0" * skipped + secret)[(0, 2, 3)[skipped] :].rstrip(b"=")[:-1]
        yield f"base64 after {skipped}", middle
        yield f"base64url after {skipped}", middle.replace(b"+", b"-").replace(b"/", b"_")
    yield "reversed", secret[::-1]


def found(canary: Canary, data: bytes) -> list[str]:
    """In which forms the secret stands in these bytes."""
    return sorted({name for name, spelled in forms(canary.secret) if spelled in data})

"""How a picture travels to the sandbox and back: two lengths, a JSON object, bytes. Plain Python.

Nothing that comes back is believed: the reader says how long a parcel may be and looks at each value.
"""
from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

_LENGTHS = struct.Struct(">II")
OUT_OF_TIME, OUT_OF_MEMORY = 124, 125  # how the worker ends when a job used up its CPU time or its memory
_LONGEST_HEADER = 1_000_000  # bytes


def pack(header: dict[str, Any], body: bytes = b"") -> bytes:
    """A parcel as bytes."""
    raw = json.dumps(header, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(raw), len(body)) + raw + body


def receive(read: Callable[[int], bytes], *, longest: int) -> tuple[dict[str, Any], bytes]:
    """Read one parcel with `read(at most n)`; EOFError when the other side has gone, ValueError when it is none."""
    header_length, body_length = _LENGTHS.unpack(_exactly(read, _LENGTHS.size))
    if header_length > _LONGEST_HEADER or body_length > longest:
        raise ValueError("A parcel is longer than it may be.")
    header = json.loads(_exactly(read, header_length))
    if not isinstance(header, dict):
        raise ValueError("A parcel begins with a JSON object.")
    return header, _exactly(read, body_length)


def _exactly(read: Callable[[int], bytes], length: int) -> bytes:
    parts, missing = [], length
    while missing:
        part = read(min(missing, 1 << 20))
        if not part:
            raise EOFError("The other side has gone.")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)

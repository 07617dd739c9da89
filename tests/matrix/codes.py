"""A code generator as somebody's phone has it, written apart from the product's own (RFC 6238)."""
from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time


def code_at(seed: str, steps: int = 0) -> str:
    """The six digits that the app shows now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(seed.replace(" ", "")), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def seed_and_ticket(page: str) -> tuple[str, str]:
    """What a page that sets a code generator up shows."""
    seed = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert seed
    assert ticket
    return seed[1], ticket[1]

"""TOTP seeds (RFC 6238: SHA-1, thirty seconds, six digits): read from what a person pastes, and turned into a code."""
from __future__ import annotations

import binascii
import hashlib
import hmac
import struct
from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

from countersign.base.errors import Invalid
from countersign.base.values import Secret
from countersign.base.words import _

STEP = 30  # seconds of one code
_USUAL = {"algorithm": "SHA1", "digits": "6", "period": "30"}


def clean(text: str) -> str:
    """The seed in what was pasted: base32 as a page shows it, or an `otpauth` address. Invalid when it is none, or makes
    other codes than the usual ones."""
    text = text.strip()
    if text.lower().startswith("otpauth:"):
        said = {name: values[0] for name, values in parse_qs(urlsplit(text).query).items()}
        if any(said.get(name, usual).upper() != usual for name, usual in _USUAL.items()):
            raise Invalid(_("This generator makes other codes than six digits every thirty seconds."), field="value")
        text = said.get("secret", "")
    seed = text.replace(" ", "").replace("-", "").upper().rstrip("=")
    try:
        if len(_raw(seed)) < 10:
            raise ValueError("short")
    except (binascii.Error, ValueError) as error:
        raise Invalid(_("That is no TOTP seed: letters A to Z and digits 2 to 7, at least sixteen."), field="value") from error
    return seed


def code(seed: Secret, step: int) -> str:
    """The code of one step."""
    digest = hmac.new(_raw(seed.reveal().upper()), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 0xF
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


def _raw(seed: str) -> bytes:
    return b32decode(seed + "=" * (-len(seed) % 8))

"""Sealing: one random data key encrypts one version of one secret, once. Plain Python; used by the broker alone.

AES-256-GCM throughout. The data key is wrapped under HKDF-SHA256 of the wrapping key; both encryptions bind the context
(organisation, owner, field, version) as associated data, so that a sealed value opens only where it belongs.
"""
from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from countersign.base.errors import Refused
from countersign.base.values import Secret, canonical
from countersign.base.words import _

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Context:
    """Where a sealed value belongs. `owner` is `account:<uid>`, `person:<uid>`, `file:<sha256>` …"""

    organisation: str
    owner: str
    field: str
    version: int


class WrappingKey:
    """The key that wraps data keys. It prints as dots and leaves this module in no form but wrapped keys."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != _KEY_BYTES:
            raise ValueError(f"A wrapping key has {_KEY_BYTES} bytes.")
        self._aead = AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"countersign/wrap/v1").derive(raw))
        digest = Hash(SHA256())
        digest.update(b"countersign/key-id/v1\0" + raw)
        self.id = digest.finalize().hex()[:16]

    def __repr__(self) -> str:
        return f"WrappingKey({self.id}, •••)"

    def seal(self, secret: Secret, context: Context) -> str:
        """Seal a secret; two seals of equal secrets differ."""
        bound = canonical(asdict(context))
        data_key = AESGCM.generate_key(256)
        wrap_nonce, nonce = os.urandom(12), os.urandom(12)
        return json.dumps(
            {
                "v": 1,
                "key": self.id,
                "wrapped": _text(wrap_nonce + self._aead.encrypt(wrap_nonce, data_key, b"key\0" + bound)),
                "sealed": _text(nonce + AESGCM(data_key).encrypt(nonce, secret.reveal().encode(), bound)),
            },
            separators=(",", ":"),
        )

    def open(self, sealed: str, context: Context) -> Secret:
        """Open what `seal` made under this key in this very context; Refused otherwise."""
        bound = canonical(asdict(context))
        try:
            parts = json.loads(sealed)
            wrapped, body = b64decode(parts["wrapped"], validate=True), b64decode(parts["sealed"], validate=True)
            data_key = self._aead.decrypt(wrapped[:12], wrapped[12:], b"key\0" + bound)
            return Secret(AESGCM(data_key).decrypt(body[:12], body[12:], bound).decode())
        except (InvalidTag, KeyError, ValueError, TypeError) as error:
            raise Refused(_("This secret does not belong here, or was sealed with another key.")) from error


def load(path: Path) -> WrappingKey:
    """The wrapping key of a file that only its owner may read. PermissionError when others may."""
    mode = path.stat().st_mode & 0o077
    if mode:
        raise PermissionError(f"{path.name} may be read by others; allow its owner alone (chmod 400).")
    return WrappingKey(b64decode(path.read_text(encoding="ascii"), validate=True))


def make(path: Path) -> None:
    """Make a new wrapping key in a file that must not exist yet."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="ascii") as file:
        file.write(_text(os.urandom(_KEY_BYTES)))
        file.flush()
        os.fsync(file.fileno())


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()

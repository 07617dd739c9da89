"""Sealing: one random data key encrypts one version of one secret, once. Plain Python; used by the broker alone.

AES-256-GCM throughout. The data key is wrapped by a wrapping key (`wrapping`); both encryptions bind the context
(organisation, owner, field, version) as associated data, so that a sealed value opens only where it belongs.
"""
from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countersign.access.vault.wrapping import NotWrapped, Wraps
from countersign.base.errors import Refused
from countersign.base.values import Secret, canonical
from countersign.base.words import _


@dataclass(frozen=True, slots=True)
class Context:
    """Where a sealed value belongs. `owner` is `account:<uid>`, `person:<uid>`, `file:<sha256>` …"""

    organisation: str
    owner: str
    field: str
    version: int


class Keyring:
    """The wrapping key that seals, and former ones that still open what they sealed. It prints as dots."""

    def __init__(self, current: Wraps, former: Sequence[Wraps] = ()) -> None:
        self._current = current
        self._keys = {key.id: key for key in (*former, current)}

    def __repr__(self) -> str:
        return f"Keyring({self.id}, •••)"

    @property
    def id(self) -> str:
        """Which wrapping key seals now."""
        return self._current.id

    @property
    def former(self) -> frozenset[str]:
        """The wrapping keys that only open."""
        return frozenset(self._keys) - {self.id}

    def seal(self, secret: Secret, context: Context) -> str:
        """Seal a secret; two seals of equal secrets differ."""
        bound, data_key, nonce = _bound(context), AESGCM.generate_key(256), os.urandom(12)
        body = nonce + AESGCM(data_key).encrypt(nonce, secret.reveal().encode(), bound)
        return self._written(data_key, _text(body), bound)

    def open(self, sealed: str, context: Context) -> Secret:
        """Open what `seal` made under one of these keys in this very context; Refused otherwise."""
        bound = _bound(context)
        try:
            parts = _parts(sealed)
            body = _bytes(parts["sealed"])
            return Secret(AESGCM(self._data_key(parts, bound)).decrypt(body[:12], body[12:], bound).decode())
        except (InvalidTag, NotWrapped, KeyError, ValueError, TypeError) as error:
            raise Refused(_("This secret does not belong here, or was sealed with another key.")) from error

    def rewrapped(self, sealed: str, context: Context) -> str:
        """The same sealed value with its data key wrapped by the current key; unchanged when it is already.

        The secret itself is opened as well, so that what does not belong here is not wrapped anew: Refused as `open`.
        """
        self.open(sealed, context)
        parts = json.loads(sealed)
        if parts["key"] == self.id:
            return sealed
        bound = _bound(context)
        return self._written(self._data_key(parts, bound), parts["sealed"], bound)

    def _data_key(self, parts: dict[str, Any], bound: bytes) -> bytes:
        return self._keys[parts["key"]].unwrap(_bytes(parts["wrapped"]), b"key\0" + bound)

    def _written(self, data_key: bytes, body: str, bound: bytes) -> str:
        wrapped = self._current.wrap(data_key, b"key\0" + bound)
        return _spelled({"v": 1, "key": self.id, "wrapped": _text(wrapped), "sealed": body})


def _bound(context: Context) -> bytes:
    return canonical(asdict(context))


def _spelled(parts: dict[str, Any]) -> str:
    return json.dumps(parts, separators=(",", ":"))


def _parts(sealed: str) -> dict[str, Any]:
    """What a sealed value consists of; ValueError on any other spelling of it, so that no byte can be altered unseen."""
    parts: dict[str, Any] = json.loads(sealed)
    if parts["v"] != 1 or _spelled(parts) != sealed:
        raise ValueError("Not a sealed value in its one spelling.")
    return parts


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    raw = b64decode(text, validate=True)
    if _text(raw) != text:
        raise ValueError("Not base64 in its one spelling.")
    return raw

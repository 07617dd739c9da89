"""Software passkeys of the demonstration's cast. They lie on this disk, which no real passkey does: never in earnest."""
from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from fido2 import cbor
from fido2.cose import ES256

from countersign.review.verifying import Assertion, b64, unb64

_PRESENT_AND_VERIFIED = 0x05


def place() -> Path:
    """Where they lie; the file says that this is a demonstration."""
    return Path(settings.KEYS) / "demonstration.json"


def is_demonstration() -> bool:
    """Whether this installation was filled by `countersign demo`."""
    return place().exists()


@dataclass(frozen=True)
class DemoKey:
    """One software passkey (ES256)."""

    credential_id: str
    private: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls) -> DemoKey:
        """A new one."""
        return cls(b64(secrets.token_bytes(32)), ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_key(self) -> bytes:
        """The public key, COSE."""
        key: Any = ES256
        return cbor.encode(key.from_cryptography_key(self.private.public_key()))

    def answer(self, challenge: bytes) -> Assertion:
        """What a passkey would answer on our own page, its user verified."""
        content = {"type": "webauthn.get", "challenge": b64(challenge), "origin": str(settings.ORIGIN), "crossOrigin": False}
        client = json.dumps(content, separators=(",", ":")).encode()
        data = hashlib.sha256(settings.RP_ID.encode()).digest() + bytes([_PRESENT_AND_VERIFIED]) + bytes(4)
        signed = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return Assertion(self.credential_id, data, client, signed)


def keep(keys: dict[str, DemoKey]) -> None:
    """Keep the cast's keys by name, for their owner alone (0600)."""
    content = {name: [key.credential_id, b64(_raw(key))] for name, key in keys.items()}
    handle = os.open(place(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(content, file)


def load() -> dict[str, DemoKey]:
    """The cast's keys by name."""
    content = json.loads(place().read_text(encoding="ascii"))
    return {name: DemoKey(credential, _private(unb64(raw))) for name, (credential, raw) in content.items()}


def _raw(key: DemoKey) -> bytes:
    return key.private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _private(raw: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(raw, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("A demonstration key is ES256.")
    return key

"""Passkeys of other kinds than a phone's: odd keys that officers put on the roster, and answers made by hand."""
from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from django.conf import settings
from fido2 import cbor
from fido2.cose import ES256, RS256, EdDSA
from fido2.utils import websafe_encode

USER_PRESENT, USER_VERIFIED = 0x01, 0x04


def client_data(asked: bytes, **changes: Any) -> bytes:
    """What a browser says about a challenge; a change of None leaves the part away."""
    content = {"type": "webauthn.get", "challenge": websafe_encode(asked), "origin": str(settings.ORIGIN), "crossOrigin": False}
    return json.dumps({k: v for k, v in {**content, **changes}.items() if v is not None}, separators=(",", ":")).encode()


def authenticator_data(flags: int = USER_PRESENT | USER_VERIFIED, *, rp_id: str = "") -> bytes:
    """What an authenticator says of itself."""
    return hashlib.sha256((rp_id or settings.RP_ID).encode()).digest() + bytes([flags]) + bytes(4)


class Passkey:
    """A key of one of `KINDS`. Each signs as well as its kind can; only `ed25519` and `rsa` are what they say."""

    KINDS = ("ed25519", "rsa", "rsa that signs ES256", "P-256 called RS256", "SHA-1", "P-256 of no point", "empty")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.credential_id_text = websafe_encode(secrets.token_bytes(32))
        self._curve = ec.generate_private_key(ec.SECP256R1())
        self._edwards = ed25519.Ed25519PrivateKey.generate()
        self._rsa = rsa.generate_private_key(65537, 2048) if "rsa" in kind or kind == "SHA-1" else None

    @property
    def public_key_cose(self) -> bytes:
        """The public key as the roster has it."""
        point = dict(ES256.from_cryptography_key(self._curve.public_key()))
        match self.kind:
            case "ed25519":
                return cbor.encode(dict(EdDSA.from_cryptography_key(self._edwards.public_key())))
            case "rsa" | "rsa that signs ES256" if self._rsa:
                return cbor.encode(dict(RS256.from_cryptography_key(self._rsa.public_key())))
            case "SHA-1" if self._rsa:
                return cbor.encode({**RS256.from_cryptography_key(self._rsa.public_key()), 3: -65535})
            case "P-256 called RS256":
                return cbor.encode({**point, 3: -257})
            case "P-256 of no point":
                return cbor.encode({**point, -3: bytes(32)})
        return cbor.encode({1: 2, 3: -7})

    def sign(self, challenge: bytes) -> dict[str, str]:
        """Answer a challenge as a browser with this key would."""
        data, said = authenticator_data(), client_data(challenge)
        signed = data + hashlib.sha256(said).digest()
        return {
            "authenticator_data": websafe_encode(data), "client_data_json": websafe_encode(said),
            "signature": websafe_encode(self._signature(signed)), "credential_id": self.credential_id_text,
        }  # fmt: skip

    def _signature(self, signed: bytes) -> bytes:
        if self.kind == "ed25519":
            return self._edwards.sign(signed)
        if self.kind in {"rsa", "SHA-1"} and self._rsa:
            return self._rsa.sign(signed, padding.PKCS1v15(), hashes.SHA1() if self.kind == "SHA-1" else hashes.SHA256())
        return self._curve.sign(signed, ec.ECDSA(hashes.SHA256()))

"""A software passkey (ES256) that signs as a browser and its authenticator would, for tests without a browser."""
from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


class SoftAuthenticator:
    """One passkey of one person, seen from the page at `origin`.

    Every method that signs takes knobs that make it lie: another relying party, another origin, no user verification.
    `is_counting` makes it count its signatures, as a security key does. What does not count is synced, its maker copies it
    and says so, unless `is_synced` says otherwise: a phone's or computer's own, bound to it.
    """

    def __init__(self, rp_id: str, origin: str, *, is_counting: bool = False, is_synced: bool | None = None) -> None:
        self.rp_id, self.origin, self.is_counting = rp_id, origin, is_counting
        self.is_synced = not is_counting if is_synced is None else is_synced
        self.credential_id = secrets.token_bytes(32)
        self.user_handle = b""
        self.sign_count = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def credential_id_text(self) -> str:
        """The credential id as base64url text, as `people.Credential.credential_id` keeps it."""
        return websafe_encode(self.credential_id)

    @property
    def public_key_cose(self) -> bytes:
        """The public key as COSE bytes, as `people.Credential.public_key` keeps it."""
        return cbor.encode(ES256.from_cryptography_key(self._key.public_key()))

    def register(
        self,
        options: dict[str, Any],
        *,
        rp_id: str | None = None,
        origin: str | None = None,
        user_verified: bool = True,
        challenge: bytes | None = None,
    ) -> dict[str, Any]:
        """Answer creation options (with or without `publicKey` around them) as `credential.toJSON()` does."""
        inner = options.get("publicKey", options)
        if self.credential_id_text in {one["id"] for one in inner.get("excludeCredentials") or []}:
            raise ValueError("InvalidStateError: this authenticator is already registered")
        self.user_handle = websafe_decode(inner["user"]["id"])
        client_data = self._client_data("webauthn.create", challenge or websafe_decode(inner["challenge"]), origin)
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + self.public_key_cose
        data = self._authenticator_data(rp_id, ATTESTED, user_verified=user_verified) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {
                "clientDataJSON": websafe_encode(client_data),
                "attestationObject": websafe_encode(attestation),
                "transports": ["internal", "hybrid"],
            },
            {"credProps": {"rk": True}},
        )

    def answer(
        self,
        options: dict[str, Any],
        *,
        rp_id: str | None = None,
        origin: str | None = None,
        user_verified: bool = True,
    ) -> dict[str, Any]:
        """Answer request options (with or without `publicKey` around them) as `credential.toJSON()` does."""
        inner = options.get("publicKey", options)
        signed = self.sign(
            websafe_decode(inner["challenge"]), rp_id=rp_id, origin=origin, user_verified=user_verified
        )
        return self._credential(
            {
                "clientDataJSON": signed["client_data_json"],
                "authenticatorData": signed["authenticator_data"],
                "signature": signed["signature"],
                "userHandle": websafe_encode(self.user_handle),
            },
            {},
        )

    def sign(
        self,
        challenge: bytes,
        *,
        rp_id: str | None = None,
        origin: str | None = None,
        user_verified: bool = True,
    ) -> dict[str, str]:
        """Sign a challenge; every value of the answer is base64url text."""
        self.sign_count += self.is_counting
        client_data = self._client_data("webauthn.get", challenge, origin)
        data = self._authenticator_data(rp_id, 0, user_verified=user_verified)
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return {
            "authenticator_data": websafe_encode(data),
            "client_data_json": websafe_encode(client_data),
            "signature": websafe_encode(signature),
            "credential_id": self.credential_id_text,
        }

    def _client_data(self, kind: str, challenge: bytes, origin: str | None) -> bytes:
        content = {
            "type": kind, "challenge": websafe_encode(challenge), "origin": origin or self.origin, "crossOrigin": False,
        }  # fmt: skip
        return json.dumps(content, separators=(",", ":")).encode()

    def _authenticator_data(self, rp_id: str | None, flags: int, *, user_verified: bool) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if user_verified else 0)
        if self.is_synced:
            flags |= BACKUP_ELIGIBLE | BACKED_UP
        return hashlib.sha256((rp_id or self.rp_id).encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4)

    def _credential(self, response: dict[str, Any], extensions: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self.credential_id_text,
            "rawId": self.credential_id_text,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": response,
            "clientExtensionResults": extensions,
        }

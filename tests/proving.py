"""A browser with a key of its own, as `proof.js` has it, for tests that drive no browser."""
from __future__ import annotations

import base64
import hashlib
import secrets
import time
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from django.test import Client

from countersign.people import proofs


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class Browser:
    """A browser with its own key, as `proof.js` has it."""

    def __init__(self, client: Client) -> None:
        self.client, self.private = client, ec.generate_private_key(ec.SECP256R1())
        form = serialization.PublicFormat.UncompressedPoint
        self.key = b64(self.private.public_key().public_bytes(serialization.Encoding.X962, form))

    def proof(self, method: str, path: str, digest: str, *, milliseconds: int | None = None, nonce: str = "") -> str:
        milliseconds, nonce = milliseconds or round(time.time() * 1000), nonce or b64(secrets.token_bytes(16))
        message = "\n".join([proofs.DOMAIN, method, path, digest, str(milliseconds), nonce]).encode()
        r, s = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return f"{milliseconds}.{nonce}.{b64(r.to_bytes(32) + s.to_bytes(32))}"

    def binding(self) -> dict[str, str]:
        return {"key": self.key, "proof": self.proof("BIND", "", hashlib.sha256(self.key.encode()).hexdigest())}

    def bind(self) -> int:
        content = self.binding()
        return self.client.post("/me/proof/", content, content_type="application/json", headers={"Accept": "application/json"}).status_code

    def send(self, path: str, fields: dict[str, str], **changes: Any) -> int:
        proof = self.proof("POST", path, proofs.digest_of_fields(fields.items()), **changes)
        return self.client.post(path, {**fields, proofs.FIELD: proof}).status_code

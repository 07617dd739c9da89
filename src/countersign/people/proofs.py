"""Proofs by a session's own key: what a browser signs, so that a cookie alone changes nothing elsewhere. Plain Python.

The key is made by the browser (WebCrypto, ECDSA on P-256) and cannot be taken out of it. A proof signs the method, the
address, a digest of what is sent, the time and a number used once.
"""
from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from countersign.base.errors import Refused
from countersign.base.words import _

DOMAIN = "countersign/session-proof/v1"
FIELD, HEADER = "session_proof", "X-Session-Proof"
LASTS = timedelta(minutes=5)  # how far a proof's time may lie from ours; pages tell browsers our time
NONCE = range(16, 44)  # characters of a number used once
AGAIN = _("Reload the page and try again. If that does not help, sign out and in.")


@dataclass(frozen=True, slots=True)
class Proof:
    """What came along: `<milliseconds>.<nonce>.<signature>`, the signature raw (64 bytes, r and s) in base64url."""

    milliseconds: int
    nonce: str
    signature: bytes

    @property
    def at(self) -> datetime:
        """The browser's time, by our clock as its page knew it."""
        return datetime.fromtimestamp(self.milliseconds / 1000, UTC)


def read(text: str) -> Proof:
    """A proof from its text. Refused for none, and for what is no proof."""
    if not text:
        raise Refused(_("This came without the proof that your browser gives, so nothing was done."), remedy=AGAIN)
    try:
        milliseconds, nonce, signature = text.split(".")
        proof = Proof(int(milliseconds[:16]), nonce, _unb64(signature))
    except (ValueError, binascii.Error) as error:
        raise _wrong() from error
    if len(nonce) not in NONCE or len(proof.signature) != 64:
        raise _wrong()
    return proof


def require(key: str, proof: Proof, *, method: str, path: str, digest: str, at: datetime) -> None:
    """Raise Refused unless the proof is by this key (see `point_of`), over this request, and of now."""
    if abs((at - proof.at).total_seconds()) > LASTS.total_seconds():
        raise Refused(_("The proof that came from your browser is too old, so nothing was done."), remedy=AGAIN)
    _verify(key, proof, [method, path, digest, str(proof.milliseconds), proof.nonce])


def require_own(key: str, proof: Proof, *, at: datetime) -> None:
    """Raise Refused unless whoever offers this key holds it, now."""
    require(key, proof, method="BIND", path="", digest=hashlib.sha256(key.encode()).hexdigest(), at=at)


def point_of(key: str) -> ec.EllipticCurvePublicKey:
    """The public key of its text: the uncompressed point (65 bytes) in base64url. Refused for anything else."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _unb64(key[:200]))
    except (ValueError, binascii.Error) as error:
        raise _wrong() from error


def mark_of(key: str) -> str:
    """The short name by which a page asks its browser for a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def digest_of_fields(fields: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over a form's fields, sorted by name, each name and value as `<bytes>:<text>`. A file's value is the SHA-256
    of its bytes; the field of the proof itself is left out."""
    parts = sorted(((name, value) for name, value in fields if name != FIELD), key=lambda field: field[0].encode())
    texts = [text.encode() for field in parts for text in field]
    return hashlib.sha256(b"".join(b"%d:%s" % (len(text), text) for text in texts)).hexdigest()


def _verify(key: str, proof: Proof, parts: list[str]) -> None:
    r, s = int.from_bytes(proof.signature[:32]), int.from_bytes(proof.signature[32:])
    message = "\n".join([DOMAIN, *parts]).encode()
    try:
        point_of(key).verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise _wrong() from error


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _wrong() -> Refused:
    return Refused(
        _("The proof that came with this is not by the browser in which you signed in, so nothing was done."), remedy=AGAIN
    )

"""Is this passkey's answer good? Plain Python over fido2's parsers; whatever is not proven is refused."""
from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.webauthn import AuthenticatorData, CollectedClientData

from countersign.base.errors import Refused
from countersign.base.words import _

# Whoever adds an algorithm here must show that every authenticator that offers it is safe: ES256, EdDSA, RS256.
ALGORITHMS = frozenset({-7, -8, -257})


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom a passkey must have answered: the host name it is bound to, and the one origin its page may have had."""

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a passkey answered, as bytes."""

    credential_id: str  # base64url without padding
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes

    @classmethod
    def of(cls, parts: Mapping[str, str]) -> Assertion:
        """An assertion from base64url texts; Refused when they are none."""
        try:
            return cls(
                str(parts["credential_id"]), unb64(parts["authenticator_data"]), unb64(parts["client_data_json"]),
                unb64(parts["signature"]),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise Refused(_("That is no answer of a passkey.")) from error

    def parts(self) -> dict[str, str]:
        """The assertion as base64url texts."""
        return {
            "credential_id": self.credential_id,
            "authenticator_data": b64(self.authenticator_data),
            "client_data_json": b64(self.client_data_json),
            "signature": b64(self.signature),
        }


def require_good(assertion: Assertion, *, challenge: bytes, public_key: bytes, party: RelyingParty) -> None:
    """Raise Refused unless this key's holder, verified as a user, answered exactly this challenge on our own page.

    `public_key` is a COSE key. The signature counter is not judged here: synchronised passkeys always say zero.
    """
    try:
        client = CollectedClientData(assertion.client_data_json)
        data = AuthenticatorData(assertion.authenticator_data)
        key = CoseKey.parse(cast(dict[int, Any], cbor.decode(public_key)))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise Refused(_("That is no answer of a passkey.")) from error
    if client.type != CollectedClientData.TYPE.GET.value or client.cross_origin:
        raise Refused(_("That passkey answered another kind of question."))
    if not hmac.compare_digest(client.challenge, challenge):
        raise Refused(_("That signature is for something else."), remedy=_("Read it again, then sign."))
    if client.origin != party.origin:
        raise Refused(_("That signature was made on another site."), remedy=_("Sign on the page of this installation."))
    if not hmac.compare_digest(data.rp_id_hash, hashlib.sha256(party.rp_id.encode()).digest()):
        raise Refused(_("That passkey belongs to another site."))
    if not data.is_user_present() or not data.is_user_verified():
        raise Refused(_("The passkey did not verify who holds it."), remedy=_("Use its fingerprint, face or PIN."))
    if key.get(3) not in ALGORITHMS:
        raise Refused(_("That passkey uses an algorithm we do not accept."))
    try:
        key.verify(assertion.authenticator_data + client.hash, assertion.signature)
    except (InvalidSignature, ValueError, KeyError, TypeError) as error:  # a key that lacks its parts verifies nothing
        raise Refused(_("The signature is not that passkey's.")) from error


def key_name(public_key: bytes) -> str:
    """One name for a public key, however its COSE is spelled; ValueError for what is no key that could ever sign here."""
    try:
        key = CoseKey.parse(cast("Mapping[int, Any]", cbor.decode(public_key)))
        loaded = _loaded(key)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError("That is no public key of a passkey.") from error
    form = loaded.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(form).hexdigest()


def _loaded(key: CoseKey) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey:
    """The key in itself. By its algorithm alone, as `CoseKey.verify` takes it."""
    match key.get(3):
        case -7 if key[-1] == 1:
            x, y = int.from_bytes(key[-2]), int.from_bytes(key[-3])
            return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        case -8 if key[-1] == 6:
            return ed25519.Ed25519PublicKey.from_public_bytes(key[-2])
        case -257:
            return rsa.RSAPublicNumbers(int.from_bytes(key[-2]), int.from_bytes(key[-1])).public_key()
    raise ValueError("Another algorithm.")


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes `b64` wrote; ValueError on anything else, and on a second spelling of the same bytes."""
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(raw) != text:
        raise ValueError("Not base64url in its one spelling.")
    return raw

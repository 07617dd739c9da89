"""Forged answers of passkeys: another site, another question, no finger on the sensor, other bytes, other keys."""
from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from fido2.utils import websafe_encode

from countersign.base.values import canonical
from countersign.review.statement import ROSTER_ENTRY
from tests.forging.passkeys import USER_PRESENT, USER_VERIFIED, Passkey, authenticator_data, client_data
from tests.forging.world import Answer, Case, World
from tests.soft_authenticator import SoftAuthenticator

SIGNATURE = "The signature is not that passkey's."
OTHER = "That signature is for something else."
NONE = "That is no answer of a passkey."
SITE = "made on another site"
KIND = "another kind of question"
HOLDER = "did not verify who holds it"


def answered(said: Callable[[bytes], bytes], data: bytes | None = None) -> Callable[[World], Answer]:
    """Ben's passkey answers with this client data and this authenticator data, and signs them truly."""

    def attempt(world: World) -> Answer:
        delivery, ben = world.approved(), world.keys["Ben"]

        def answer(challenge: bytes) -> dict[str, str]:
            about, told = authenticator_data() if data is None else data, said(challenge)
            return {
                "authenticator_data": websafe_encode(about), "client_data_json": websafe_encode(told),
                "signature": websafe_encode(signed(ben, about, told)), "credential_id": ben.credential_id_text,
            }

        return world.publish(world.restate(delivery, answer=answer))

    return attempt


def signed(key: SoftAuthenticator | Passkey, about: bytes, told: bytes) -> bytes:
    """What this passkey signs over such data."""
    assert isinstance(key, SoftAuthenticator)
    return key._key.sign(about + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))


def told(**changes: Any) -> Callable[[World], Answer]:
    """An answer whose client data says something else."""
    return answered(lambda challenge: client_data(challenge, **changes))


def touched(name: str, change: Callable[[bytes], bytes]) -> Callable[[World], Answer]:
    """A genuine answer, one part of which was changed afterwards."""

    def attempt(world: World) -> Answer:
        delivery = world.approved()
        return world.publish(world.restate(delivery, touch=lambda parts: parts.update({name: change(parts[name])})))

    return attempt


def by(key: str) -> Callable[[World], Answer]:
    """A passkey of another kind, which officers did put on the roster as Ben's, signs."""
    return lambda world: world.publish(world.restate(world.approved(), key=key))


def over(question: Callable[[dict[str, Any]], bytes]) -> Callable[[World], Answer]:
    """Ben's passkey answers another challenge made of the same statement."""

    def attempt(world: World) -> Answer:
        delivery = world.approved()
        statement = world.signature(delivery).statement
        return world.publish(world.restate(delivery, answer=lambda _asked: world.keys["Ben"].sign(question(statement))))

    return attempt


def _flipped(at: int) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        return raw[:at] + bytes([raw[at] ^ 1]) + raw[at:][1:]

    return change


def _raw(der: bytes) -> bytes:
    """The two numbers of a signature without their frame."""
    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))


def _as_roster_entry(world: World) -> Answer:
    return world.publish(world.restate(world.approved(), key="Ben", domain=ROSTER_ENTRY))


def _of_an_earlier_post(world: World) -> Answer:
    """The whole answer of a post that went out, beside the statement of another."""
    earlier, delivery = world.approved(), world.approved()
    assert world.publish(earlier).kind == "published"
    row, mine = world.signature(earlier), world.signature(delivery)
    for name in ("credential_id", "authenticator_data", "client_data_json", "signature"):
        setattr(mine, name, getattr(row, name))
    mine.save()
    return world.publish(delivery)


_UNVERIFIED, _ABSENT = authenticator_data(USER_PRESENT), authenticator_data(USER_VERIFIED)

CASES = [
    Case("answer: on another site", told(origin="https://delinde.example.net"), SITE),
    Case("answer: on a port of ours that is not ours", told(origin="http://localhost:1"), SITE),
    Case("answer: on no site", told(origin=""), SITE),
    Case("answer: on a list of sites", told(origin=["http://localhost:8765"]), SITE),
    Case("answer: to a registration", told(type="webauthn.create"), KIND),
    Case("answer: to a payment", told(type="payment.get"), KIND),
    Case("answer: in a frame of another site", told(crossOrigin=True), KIND),
    Case("answer: without a type", told(type=None), NONE),
    Case("answer: without a challenge", told(challenge=None), NONE),
    Case("answer: that is a list", answered(lambda _challenge: b"[]"), NONE),
    Case("answer: that is no JSON", answered(lambda _challenge: b"signed"), NONE),
    Case("answer: that nests without end", answered(lambda _challenge: b"[" * 100_000), NONE),
    Case("answer: for another site's passkey", answered(client_data, authenticator_data(rp_id="delinde.example")),
         "belongs to another site"),
    Case("answer: nobody verified", answered(client_data, _UNVERIFIED), HOLDER),
    Case("answer: nobody present", answered(client_data, _ABSENT), HOLDER),
    Case("answer: with data cut short", answered(client_data, authenticator_data()[:36]), NONE),
    Case("answer: with no data", answered(client_data, b""), NONE),
    Case("challenge: of another statement", over(lambda _statement: bytes(32)), OTHER),
    Case("challenge: signed as a roster entry", _as_roster_entry, OTHER),
    Case("challenge: without a domain", over(lambda s: hashlib.sha256(canonical(s)).digest()), OTHER),
    Case("challenge: the domain without its end", over(
        lambda s: hashlib.sha256(b"countersign/statement/v1" + canonical(s)).digest()), OTHER),
    Case("challenge: of one byte less", over(lambda _statement: bytes(31)), OTHER),
    Case("bytes: the signature's first byte", touched("signature", _flipped(0)), SIGNATURE),
    Case("bytes: the signature's last byte", touched("signature", _flipped(-1)), SIGNATURE),
    Case("bytes: no signature", touched("signature", lambda _raw: b""), SIGNATURE),
    Case("bytes: a signature of zeros", touched("signature", lambda _raw: bytes.fromhex("3006020100020100")), SIGNATURE),
    Case("bytes: the signature without its frame", touched("signature", _raw), SIGNATURE),
    Case("bytes: the signature and more", touched("signature", lambda raw: raw + b"\0"), SIGNATURE),
    Case("bytes: the counter", touched("authenticator_data", _flipped(36)), SIGNATURE),
    Case("bytes: the flags", touched("authenticator_data", lambda raw: raw[:32] + bytes([raw[32] | 2]) + raw[33:]), SIGNATURE),
    Case("bytes: a space in the client data", touched("client_data_json", lambda raw: raw.replace(b",", b", ", 1)), SIGNATURE),
    Case("bytes: the origin in the client data", touched(
        "client_data_json", lambda raw: raw.replace(b'"origin":"', b'"origin":"x')), SITE),
    Case("bytes: the answer of an earlier post", _of_an_earlier_post, OTHER, honest=1),
    Case("key: RSA that signs ES256", by("Ben's rsa that signs ES256 key"), SIGNATURE, twin="rsa"),
    Case("key: P-256 called RS256", by("Ben's P-256 called RS256 key"), SIGNATURE, twin="rsa"),
    Case("key: SHA-1", by("Ben's SHA-1 key"), "algorithm we do not accept", twin="rsa"),
    Case("key: P-256 of no point", by("Ben's P-256 of no point key"), SIGNATURE, twin="ed25519"),
    Case("key: empty", by("Ben's empty key"), SIGNATURE, twin="ed25519"),
]

"""The arithmetic of DKIM (RFC 6376): a mail as its signer saw it, lists of tags, canonical forms, RSA with SHA-256.

Written here because the one library that is kept for it comes as source alone, which our installation refuses to build. What a
signature must cover, by whom and when is decided in `signatures.py`.
"""
from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

type Field = tuple[bytes, bytes]  # a name and its value, folded as it came, without the last line end

FORMS = {b"simple", b"relaxed"}
_REQUIRED = (b"v", b"a", b"b", b"bh", b"d", b"h", b"s")
_OWN = re.compile(rb"(^|;)(\s*b\s*=)[^;]*")


class Unreadable(ValueError):
    """This is no signature, no list of tags, or no key."""


class ShortKey(ValueError):
    """A key that is too short to be worth reading."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in the two parts that are signed, every line with both of its ends."""

    fields: tuple[Field, ...]
    body: bytes


def opened(raw: bytes) -> Letter:
    """A mail's fields and text. Raises Unreadable for a line of the head without a name."""
    head, _blank, body = re.sub(rb"\r?\n", b"\r\n", raw).partition(b"\r\n\r\n")
    fields = list[Field]()
    for line in re.split(rb"\r\n(?![ \t])", head):
        name, colon, value = line.partition(b":")
        if not colon or not name.strip():
            raise Unreadable("A line of the head has no name.")
        fields.append((name, value))
    return Letter(tuple(fields), body)


def tags_of(value: bytes) -> dict[bytes, bytes]:
    """A list of tags (RFC 6376, 3.2). Raises Unreadable for one that is none, or that says something twice."""
    found: dict[bytes, bytes] = {}
    parts = value.strip().removesuffix(b";").split(b";")
    for part in parts:
        name, sign, said = part.partition(b"=")
        if not sign or not re.fullmatch(rb"[A-Za-z][A-Za-z0-9_]*", name.strip()) or name.strip() in found:
            raise Unreadable("This is no list of tags.")
        found[name.strip()] = said.strip()
    return found


def field_in(form: bytes, field: Field) -> bytes:
    """A field in a canonical form (3.4.1, 3.4.2), without a line end."""
    name, value = field
    if form == b"simple":
        return name + b":" + value
    return name.strip().lower() + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip()


def body_in(form: bytes, body: bytes) -> bytes:
    """A text in a canonical form (3.4.3, 3.4.4)."""
    if form == b"relaxed":
        body = re.sub(rb"[ \t]+(?=\r\n|\Z)", b"", re.sub(rb"[ \t]+", b" ", body))
    text = body
    while text.endswith(b"\r\n"):
        text = text[:-2]
    return text + b"\r\n" if text or form == b"simple" else b""


def chosen(fields: Sequence[Field], names: Sequence[bytes]) -> list[Field]:
    """The fields that a signature names, the last of a name first (5.4.2); a name more often than there are fields adds nothing."""
    left: dict[bytes, list[Field]] = {}
    for field in fields:
        left.setdefault(field[0].strip().lower(), []).append(field)
    return [left[name].pop() for name in names if left.get(name)]


def signed_bytes(letter: Letter, own: Field, names: Sequence[bytes], form: bytes) -> bytes:
    """What the signature is over: the named fields, and its own field without what it comes to (3.7)."""
    bare = own[0], _OWN.sub(rb"\1\2", own[1])
    return b"\r\n".join(field_in(form, field) for field in [*chosen(letter.fields, names), bare])


def forms_of(tags: Mapping[bytes, bytes]) -> tuple[bytes, bytes]:
    """In which forms the head and the text were signed. Raises Unreadable for others than the two there are."""
    of_head, _slash, of_body = tags.get(b"c", b"simple/simple").partition(b"/")
    forms = of_head.strip(), of_body.strip() or b"simple"
    if not set(forms) <= FORMS:
        raise Unreadable("There is no such form.")
    return forms


def require_whole(tags: Mapping[bytes, bytes]) -> None:
    """Raise Unreadable unless a signature says all it must, of the version that there is, for a name of its own domain (3.5)."""
    identity = tags.get(b"i", b"@" + tags.get(b"d", b"")).lower().rpartition(b"@")[2]
    domain = tags.get(b"d", b"").lower()
    if not all(tags.get(name) for name in _REQUIRED) or tags[b"v"] != b"1" or tags.get(b"q", b"dns/txt") != b"dns/txt":
        raise Unreadable("This signature does not say enough.")
    if identity != domain and not identity.endswith(b"." + domain):
        raise Unreadable("This signature is for somebody else's name.")


def key_of(der: bytes, *, least: int) -> rsa.RSAPublicKey:
    """A public RSA key. Raises ShortKey below `least` bits, Unreadable for what is no such key."""
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        if "bit" in str(error) or "too small" in str(error).lower():
            raise ShortKey from error
        raise Unreadable("This is no key.") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise Unreadable("This is another kind of key.")
    if key.key_size < least:
        raise ShortKey
    return key


def holds(letter: Letter, own: Field, tags: Mapping[bytes, bytes], key: rsa.RSAPublicKey) -> bool:
    """Whether the text is what was signed and the signature over the head is by this key. Raises Unreadable."""
    of_head, of_body = forms_of(tags)
    names = [name.strip().lower() for name in tags[b"h"].split(b":")]
    try:
        hashed, signature = (base64.b64decode(re.sub(rb"\s", b"", tags[name]), validate=True) for name in (b"bh", b"b"))
    except binascii.Error as error:
        raise Unreadable("This is no signature.") from error
    if not hmac.compare_digest(hashlib.sha256(body_in(of_body, letter.body)).digest(), hashed):
        return False
    try:
        key.verify(signature, signed_bytes(letter, own, names, of_head), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True

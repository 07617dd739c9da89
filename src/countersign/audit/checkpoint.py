"""Checkpoints: a signed line under the log, in a form that other people's tools read.

Plain Python. The text is a C2SP tlog-checkpoint in a C2SP signed-note: origin, size and root, an empty line, and one
Ed25519 signature a line. Keys are written as those notes write them, `name+id+key`.
"""
from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countersign.audit.tree import HASH_BYTES
from countersign.base.errors import Invalid
from countersign.base.words import _

_ED25519 = b"\x01"
_PRIVATE_START = "PRIVATE+KEY+"
_DASH = "— "

_NO_KEY = _("This is not the public key of a log.")
_NO_CHECKPOINT = _("This is not a checkpoint of a log.")
_OTHER_KEY = _("This checkpoint does not carry the signature of {name}.")
_OTHER_LOG = _("This checkpoint belongs to the log {origin}, not to {name}.")
_GET_AGAIN = _("Get the file again from where it came, and compare.")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The key that checks checkpoints: the log's name and 32 bytes. `str()` gives `name+id+key` on one line."""

    name: str
    raw: bytes

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read `name+id+key`. Raises Invalid unless every character is as we would have written it."""
        name, plus, rest = text.partition("+")
        raw = _decode(rest.partition("+")[2])
        if not (plus and name and raw[:1] == _ED25519 and len(raw) == 33):
            raise Invalid(_NO_KEY, remedy=_GET_AGAIN)
        key = cls(name, raw[1:])
        if str(key) != text:
            raise Invalid(_NO_KEY, remedy=_GET_AGAIN)
        return key

    @property
    def id(self) -> bytes:
        """Four bytes that stand before each signature."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_encode(_ED25519 + self.raw)}"

    def require(self, signature: bytes, body: str) -> None:
        """Raise Invalid unless the signature is this key's over `body`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, body.encode())
        except (InvalidSignature, ValueError) as error:
            raise Invalid(_OTHER_KEY, name=self.name, remedy=_GET_AGAIN) from error


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key that signs checkpoints. It prints as its name alone."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def fresh(cls, name: str) -> SigningKey:
        """A new key for a log of this name. The name holds no space and no plus sign."""
        if not name or "+" in name or not name.isprintable() or any(letter.isspace() for letter in name):
            raise ValueError(f"{name!r} cannot name a log.")
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read what `write` wrote. Raises ValueError for anything else."""
        parts = text.removeprefix(_PRIVATE_START).split("+", 2)
        seed = _decode(parts[-1])[1:]
        if len(seed) != 32 or cls(parts[0], key := Ed25519PrivateKey.from_private_bytes(seed)).write() != text:
            raise ValueError("The file of the log's signing key does not hold such a key.")
        return cls(parts[0], key)

    def write(self) -> str:
        """The key on one line, for its file and nowhere else."""
        return f"{_PRIVATE_START}{self.name}+{self.public.id.hex()}+{_encode(_ED25519 + self.private.private_bytes_raw())}"

    @property
    def public(self) -> PublicKey:
        """The key that checks what this one signs."""
        return PublicKey(self.name, self.private.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"SigningKey({self.name})"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """Read the text that was signed. Raises Invalid unless it is exactly as we would have written it."""
        lines = body.split("\n")
        if len(lines) != 4 or not (lines[1].isascii() and lines[1].isdecimal()):
            raise Invalid(_NO_CHECKPOINT, remedy=_GET_AGAIN)
        found = cls(lines[0], int(lines[1]), _decode(lines[2]))
        if found.body != body or len(found.root) != HASH_BYTES:
            raise Invalid(_NO_CHECKPOINT, remedy=_GET_AGAIN)
        return found


def sign(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The checkpoint as a signed note."""
    signature = key.private.sign(checkpoint.body.encode())
    return f"{checkpoint.body}\n{_DASH}{key.name} {_encode(key.public.id + signature)}\n"


def require_signed(note: str, key: PublicKey, *, is_cosigned: bool = False) -> Checkpoint:
    """The checkpoint in this note. Raises Invalid unless this log's key signed it.

    A note that came back from a witness is cosigned: lines of other keys are then passed over. Otherwise our line must be
    the only one, so that no byte of the note is without meaning.
    """
    body, gap, signatures = note.partition("\n\n")
    lines = signatures.split("\n")
    if not gap or lines.pop() or not lines or (len(lines) > 1 and not is_cosigned):
        raise Invalid(_NO_CHECKPOINT, remedy=_GET_AGAIN)
    found = Checkpoint.parse(body + "\n")
    if found.origin != key.name:
        raise Invalid(_OTHER_LOG, origin=found.origin, name=key.name, remedy=_GET_AGAIN)
    key.require(_signature_of(key, lines), found.body)
    return found


def _signature_of(key: PublicKey, lines: list[str]) -> bytes:
    start = f"{_DASH}{key.name} "
    for line in lines:
        if line.startswith(start) and (signature := _decode(line.removeprefix(start)))[:4] == key.id:
            return signature[4:]
    raise Invalid(_OTHER_KEY, name=key.name, remedy=_GET_AGAIN)


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _decode(text: str) -> bytes:
    """The bytes of a canonical base64 text; none at all for anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if _encode(raw) == text else b""

"""Wrapping keys: what wraps the data keys. Plain Python; used by the broker alone, and by the recovery kit.

A provider is anything that wraps and unwraps 32 bytes under associated data, and has an id that says which key it is.
The default is a key in a file of the broker's own user (or handed over by systemd as a credential); `hsm` has one whose
key never leaves a token.
"""
from __future__ import annotations

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class NotWrapped(Exception):
    """These bytes were not wrapped by this key, for this place."""


class Wraps(Protocol):
    """A wrapping key."""

    @property
    def id(self) -> str:
        """Which key it is: 16 hexadecimal digits. Nothing of the key can be learnt from it."""
        ...

    def wrap(self, data_key: bytes, bound: bytes) -> bytes:
        """Wrap a data key; `bound` has to be the same when it is unwrapped."""
        ...

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """The data key; NotWrapped when it is not one that this key wrapped, or `bound` differs."""
        ...


class FileKey:
    """A key whose bytes we hold. It prints as dots and leaves this class in no form but wrapped keys."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_BYTES:
            raise ValueError(f"A wrapping key has {KEY_BYTES} bytes.")
        self._aead = AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=b"countersign/wrap/v1").derive(raw))
        self.id = id_of(raw)

    def __repr__(self) -> str:
        return f"FileKey({self.id}, •••)"

    def wrap(self, data_key: bytes, bound: bytes) -> bytes:
        """See `Wraps`."""
        nonce = os.urandom(12)
        return nonce + self._aead.encrypt(nonce, data_key, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """See `Wraps`."""
        try:
            return self._aead.decrypt(wrapped[:12], wrapped[12:], bound)
        except (InvalidTag, ValueError) as error:
            raise NotWrapped from error


def id_of(raw: bytes) -> str:
    """The id of a key with these bytes."""
    digest = Hash(SHA256())
    digest.update(b"countersign/key-id/v1\0" + raw)
    return digest.finalize().hex()[:16]


def read(path: Path) -> bytes:
    """The bytes of a key's file that only its owner may read. PermissionError when others may."""
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path.name} may be read by others; allow its owner alone (chmod 400).")
    return b64decode(path.read_text(encoding="ascii"), validate=True)


def load(path: Path) -> FileKey:
    """The wrapping key of a file. PermissionError when others may read it; ValueError when it holds none."""
    return FileKey(read(path))


def make(path: Path, raw: bytes | None = None) -> None:
    """Write a key to a file that must not exist yet: a new one, or these bytes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="ascii") as file:
        file.write(b64encode(os.urandom(KEY_BYTES) if raw is None else raw).decode())
        file.flush()
        os.fsync(file.fileno())


# --- a new key beside the old one ------------------------------------------------------------------------------------


def former_of(path: Path) -> Path:
    """Where the former key lies while values are wrapped anew."""
    return path.with_name(f"{path.name}.former")


def _next_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")


def replace(path: Path) -> None:
    """Put a new key in the place of this one, which stays beside it as the former one. FileExistsError while there is a
    former one already. Whatever moment the power goes, `recover` finds both."""
    if former_of(path).exists():
        raise FileExistsError(f"{former_of(path).name} is still there: what it wrapped was not all wrapped anew.")
    _next_of(path).unlink(missing_ok=True)
    make(_next_of(path))
    path.rename(former_of(path))
    recover(path)


def recover(path: Path) -> None:
    """Finish a replacing that was cut off between its two renamings."""
    if not path.exists() and _next_of(path).exists():
        _next_of(path).rename(path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

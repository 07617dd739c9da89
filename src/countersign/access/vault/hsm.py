"""A wrapping key that lies in a token (PKCS#11) and never leaves it. Used by the broker alone.

The token wraps with AES-256-GCM itself. Any module that offers CKM_AES_GCM to a secret key can be used; what we have met
is SoftHSM 2.6.
"""
from __future__ import annotations

import hashlib
import os
import threading
from typing import Any

from countersign.access.vault.wrapping import NotWrapped

_NONCE, _TAG = 12, 128  # bytes, bits


class TokenKey:
    """A key in a token. Calls to the token are made one after the other: a PKCS#11 session is not for two threads."""

    def __init__(self, module: str, token: str, label: str, pin: str) -> None:
        """Open the token and find its key; ValueError when the module, the token or the key cannot be had."""
        import pkcs11  # only whoever has a token needs the library

        self._lock = threading.Lock()
        self._trouble: type[Exception] = pkcs11.PKCS11Error
        session: Any = None
        try:
            opened = pkcs11.lib(module).get_token(token_label=token)
            session = opened.open(user_pin=pin, rw=False)
            self._key: Any = session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, label=label)
            name = f"{opened.label}\0{opened.serial.hex()}\0{label}\0{bytes(self._key.id).hex()}"
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            if session is not None:
                session.close()
            raise ValueError(f"The key {label!r} in the token {token!r} cannot be used: {type(error).__name__}.") from error
        self._session = session  # the key lives as long as its session is open
        if self._key.key_length != 256:
            raise ValueError(f"The key {label!r} in the token {token!r} is not an AES key of 256 bits.")
        self.id = hashlib.sha256(b"countersign/token-key-id/v1\0" + name.encode()).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"TokenKey({self.id}, •••)"

    def wrap(self, data_key: bytes, bound: bytes) -> bytes:
        """See `wrapping.Wraps`."""
        nonce = os.urandom(_NONCE)
        with self._lock:
            return nonce + bytes(self._key.encrypt(data_key, **_gcm(nonce, bound)))

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """See `wrapping.Wraps`."""
        try:
            with self._lock:
                return bytes(self._key.decrypt(wrapped[_NONCE:], **_gcm(wrapped[:_NONCE], bound)))
        except self._trouble as error:
            raise NotWrapped from error


def make(module: str, token: str, label: str, pin: str) -> None:
    """Make a key in a token that is there: sensitive, not extractable, for wrapping data keys. ValueError when it cannot."""
    import pkcs11

    attributes = {
        pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.TOKEN: True,
        pkcs11.Attribute.PRIVATE: True,
    }
    try:
        with pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin, rw=True) as session:
            if list(session.get_objects({pkcs11.Attribute.LABEL: label})):
                raise ValueError(f"There is something called {label!r} in the token {token!r} already.")
            session.generate_key(
                pkcs11.KeyType.AES, 256, label=label, id=os.urandom(8), store=True, template=attributes,
                capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
            )
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise ValueError(f"No key could be made in the token {token!r}: {type(error).__name__}.") from error


def _gcm(nonce: bytes, bound: bytes) -> dict[str, Any]:
    from pkcs11 import GCMParams, Mechanism

    return {"mechanism": Mechanism.AES_GCM, "mechanism_param": GCMParams(nonce, bound, _TAG)}

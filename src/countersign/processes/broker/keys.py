"""Which wrapping key the broker works with, as the settings say: a file, a credential of systemd's, or a key in a token."""
from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from django.conf import settings

from countersign.access.vault import hsm, wrapping
from countersign.access.vault.sealing import Keyring
from countersign.access.vault.wrapping import Wraps

PIN = "COUNTERSIGN_PKCS11_PIN"  # read here and not in the settings: no other process has to know it


def open_keyring(key_path: Path, *, has_sealed_before: bool) -> Keyring:
    """The key that seals, and the former one while values are wrapped anew. A new installation makes its file.

    FileNotFoundError when the key is missing although it was used; PermissionError when others may read it; ValueError when
    it cannot be used.
    """
    former = wrapping.former_of(key_path)
    kept: list[Wraps] = [wrapping.load(former)] if former.exists() else []
    if settings.WRAPPING == "token":
        if key_path.exists() and not kept:
            kept.append(wrapping.load(key_path))  # what the file's key sealed, before there was a token, still opens
        return Keyring(_token_key(), kept)
    wrapping.recover(key_path)
    if not key_path.exists():
        if has_sealed_before or settings.WRAPPING == "credential":
            raise FileNotFoundError(f"The wrapping key {key_path.name} is missing. Restore it from where it is kept.")
        wrapping.make(key_path)
    return Keyring(wrapping.load(key_path), kept)


@cache
def _token_key() -> hsm.TokenKey:
    """Opened once: a process signs in to a token once."""
    where = settings.WRAPPING_TOKEN
    return hsm.TokenKey(where["module"], where["token"], where["label"], _pin())


def _pin() -> str:
    if path := os.environ.get(f"{PIN}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    pin = os.environ.pop(PIN, "")
    if not pin:
        raise ValueError(f"The token's PIN is not given: set {PIN}_FILE for the broker alone.")
    return pin

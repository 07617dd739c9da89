"""Sealed values open only where they belong, and only with the key."""
from __future__ import annotations

import base64
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.access.vault import wrapping
from countersign.access.vault.sealing import Context, Keyring
from countersign.access.vault.wrapping import FileKey
from countersign.base.errors import Refused
from countersign.base.values import Secret

HERE = Context("organisation", "account:1", "credentials", 3)
KEY = Keyring(FileKey(bytes(range(32))))


def test_what_is_sealed_is_opened_again() -> None:
    assert KEY.open(KEY.seal(Secret("geheim"), HERE), HERE).reveal() == "geheim"


def test_two_seals_of_one_secret_differ() -> None:
    assert KEY.seal(Secret("geheim"), HERE) != KEY.seal(Secret("geheim"), HERE)


def test_the_secret_is_nowhere_in_what_is_sealed() -> None:
    assert "geheim" not in KEY.seal(Secret("geheim"), HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HERE, organisation="another"), replace(HERE, owner="account:2"), replace(HERE, field="totp"),
        replace(HERE, version=4),
    ],
    ids=["organisation", "owner", "field", "version"],
)
def test_it_opens_nowhere_else(elsewhere: Context) -> None:
    with pytest.raises(Refused):
        KEY.open(KEY.seal(Secret("geheim"), HERE), elsewhere)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Refused):
        Keyring(FileKey(bytes(32))).open(KEY.seal(Secret("geheim"), HERE), HERE)


def test_every_changed_byte_is_noticed() -> None:
    parts = json.loads(KEY.seal(Secret("geheim"), HERE))
    for name in ("wrapped", "sealed"):
        raw = base64.b64decode(parts[name])
        for place in range(len(raw)):
            changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            altered = {**parts, name: base64.b64encode(changed).decode()}
            with pytest.raises(Refused):
                KEY.open(json.dumps(altered), HERE)


def test_nothing_of_a_key_or_a_secret_is_shown() -> None:
    assert repr(Secret("geheim")) == "Secret(•••)"
    assert bytes(range(32)).hex() not in repr(KEY)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wrapping.key"
    wrapping.make(path)
    assert path.stat().st_mode & 0o777 == 0o400
    os.chmod(path, 0o444)
    with pytest.raises(PermissionError):
        wrapping.load(path)


def test_a_key_is_never_made_over_another(tmp_path: Path) -> None:
    wrapping.make(tmp_path / "wrapping.key")
    with pytest.raises(FileExistsError):
        wrapping.make(tmp_path / "wrapping.key")

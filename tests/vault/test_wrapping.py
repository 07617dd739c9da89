"""Wrapping keys: in a file, in a token, one after the other; and the kit that gives one back."""
from __future__ import annotations

import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from countersign.access.vault import hsm, kit, wrapping
from countersign.access.vault.sealing import Context, Keyring
from countersign.access.vault.wrapping import FileKey, NotWrapped
from countersign.base.errors import Refused
from countersign.base.values import Secret
from countersign.processes.broker import keys
from tests.vault.token import PIN, module_of_softhsm, new_token

HERE = Context("organisation", "account:1", "credentials", 3)
OLD, NEW = FileKey(bytes(range(32))), FileKey(bytes(range(32, 64)))


def test_a_former_key_still_opens_what_it_sealed() -> None:
    sealed = Keyring(OLD).seal(Secret("geheim"), HERE)
    assert Keyring(NEW, [OLD]).open(sealed, HERE).reveal() == "geheim"
    with pytest.raises(Refused):
        Keyring(NEW).open(sealed, HERE)


def test_what_is_wrapped_anew_needs_the_former_key_no_more() -> None:
    sealed = Keyring(OLD).seal(Secret("geheim"), HERE)
    fresh = Keyring(NEW, [OLD]).rewrapped(sealed, HERE)
    assert Keyring(NEW).open(fresh, HERE).reveal() == "geheim"
    assert Keyring(NEW).rewrapped(fresh, HERE) == fresh


def test_what_belongs_elsewhere_is_not_wrapped_anew() -> None:
    sealed = Keyring(OLD).seal(Secret("geheim"), HERE)
    with pytest.raises(Refused):
        Keyring(NEW, [OLD]).rewrapped(sealed, Context("organisation", "account:2", "credentials", 3))


def test_a_new_key_stands_beside_the_former_one(tmp_path: Path) -> None:
    path = tmp_path / "wrapping.key"
    wrapping.make(path)
    before = wrapping.load(path).id
    wrapping.replace(path)
    assert wrapping.load(wrapping.former_of(path)).id == before != wrapping.load(path).id
    with pytest.raises(FileExistsError):
        wrapping.replace(path)


def test_a_replacing_that_was_cut_off_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "wrapping.key"
    wrapping.make(path)
    wrapping.replace(path)
    new = wrapping.load(path).id
    path.rename(path.with_name("wrapping.key.next"))  # as if the power had gone before the second renaming
    wrapping.recover(path)
    assert wrapping.load(path).id == new


@pytest.mark.parametrize("pair", list(combinations(range(kit.PIECES), kit.NEEDED)))
def test_any_two_pieces_of_the_kit_give_the_key_back(pair: tuple[int, int]) -> None:
    raw = bytes(range(32))
    pieces = kit.split(raw)
    assert kit.joined([pieces[place] for place in pair]) == raw
    assert {len(piece.split()) for piece in pieces} == {kit.WORDS}


def test_one_piece_gives_nothing() -> None:
    piece = kit.split(bytes(range(32)))[0]
    for pieces in ([piece], [piece, piece], [piece, kit.split(bytes(range(32)))[1]]):
        with pytest.raises(ValueError, match=r"pieces|fit"):
            kit.joined(pieces)


def test_a_wrong_word_is_noticed() -> None:
    words = kit.split(bytes(range(32)))[0].split()
    for changed in ([*words[:-1], "academic" if words[-1] != "academic" else "acid"], words[:-1], ["countersign", *words[1:]]):
        with pytest.raises(ValueError, match="no piece"):
            kit.require_piece(" ".join(changed))


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> hsm.TokenKey:
    """A key that was made in a token of SoftHSM; a process signs in to a token once."""
    new_token(tmp_path_factory.mktemp("softhsm"))
    hsm.make(module_of_softhsm(), "countersign", "wrapping", PIN)
    return hsm.TokenKey(module_of_softhsm(), "countersign", "wrapping", PIN)


@pytest.mark.server
def test_a_token_wraps_and_unwraps(token: hsm.TokenKey) -> None:
    sealed = Keyring(token).seal(Secret("geheim"), HERE)
    assert Keyring(token).open(sealed, HERE).reveal() == "geheim"
    with pytest.raises(Refused):
        Keyring(token).open(sealed, Context("organisation", "account:2", "credentials", 3))


@pytest.mark.server
def test_a_token_notices_every_changed_byte(token: hsm.TokenKey) -> None:
    wrapped = token.wrap(bytes(32), b"here")
    for place in range(len(wrapped)):
        changed = wrapped[:place] + bytes([wrapped[place] ^ 1]) + wrapped[place + 1 :]
        with pytest.raises(NotWrapped):
            token.unwrap(changed, b"here")


@pytest.mark.server
def test_the_key_does_not_leave_the_token(token: hsm.TokenKey) -> None:
    import pkcs11

    assert token._key[pkcs11.Attribute.EXTRACTABLE] is False
    with pytest.raises(pkcs11.PKCS11Error):
        token._key[pkcs11.Attribute.VALUE]


@pytest.mark.server
@pytest.mark.parametrize(
    ("name", "label", "pin", "why"),
    [
        ("countersign", "wrapping", PIN, ""), ("another", "wrapping", PIN, "NoSuchToken"),
        ("countersign", "another", PIN, "NoSuchKey"), ("countersign", "wrapping", "0000", "PinIncorrect"),
    ],
    ids=["good", "token", "key", "pin"],
)
def test_a_token_that_cannot_be_used_is_told(token: hsm.TokenKey, name: str, label: str, pin: str, why: str) -> None:
    ask = "import sys; from countersign.access.vault import hsm; hsm.TokenKey(*sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", ask, module_of_softhsm(), name, label, pin], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.returncode == 0) == (not why)
    assert why in done.stderr


def test_a_credential_of_systemd_is_taken_and_never_made(tmp_path: Path, settings: Any) -> None:
    settings.WRAPPING = "credential"
    path = tmp_path / "wrapping-key"
    with pytest.raises(FileNotFoundError, match="missing"):
        keys.open_keyring(path, has_sealed_before=False)
    wrapping.make(path)
    assert keys.open_keyring(path, has_sealed_before=False).id == wrapping.load(path).id


def test_a_module_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "module.so").write_bytes(b"no library")
    with pytest.raises(ValueError, match="cannot be used"):
        hsm.TokenKey(str(tmp_path / "module.so"), "countersign", "wrapping", PIN)

"""A new wrapping key while everything runs, a key in a token, and what the commands say. The broker is a real process."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from countersign.access.vault import keykeeping, rewrapping, wrapping
from countersign.access.vault.models import SecretVersion
from countersign.audit.models import Entry
from countersign.base.errors import CountersignError, Refused
from countersign.calls import client, messages
from countersign.config import keeping
from countersign.people.models import Totp
from tests.house import House, now
from tests.vault.token import PIN, module_of_softhsm, new_token

OPERATOR = keykeeping.OPERATOR


@pytest.fixture
def own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wrapping key of this test's own, for the broker that `house` starts and for the commands."""
    path = tmp_path / "keys" / "wrapping.key"
    monkeypatch.setenv("COUNTERSIGN_WRAPPING_KEY", str(path))
    monkeypatch.setattr(settings, "WRAPPING_KEY", path)
    return path


@pytest.fixture
def kept(own_key: Path, brewery: House) -> House:
    """The brewery, whose account's key and whose Ann's seed are sealed."""
    ann = brewery.people["Ann"]
    sealed = client.ask(messages.Seal(owner=f"person:{ann.uid}", field="totp", version=1, text="JBSWY3DPEHPK3PXP"))
    Totp.objects.create(person=ann, sealed=sealed.sealed, version=1, last_step=0, created_at=now())
    return brewery


def holders() -> set[str]:
    return {json.loads(row)["key"] for row in [*SecretVersion.objects.values_list("sealed", flat=True),
                                                *Totp.objects.values_list("sealed", flat=True)]}


def works(house: House) -> None:
    """The account's key opens (a renewal is asked with it), and so does the seed."""
    client.ask(messages.Refresh(str(house.account.uid), now=True))  # type: ignore[attr-defined]
    row = Totp.objects.get()
    client.ask(messages.CheckTotp(f"person:{row.person.uid}", 1, row.sealed, "000000"))


def test_every_value_gets_the_new_key_and_the_old_one_can_go(kept: House, own_key: Path) -> None:
    old = wrapping.load(own_key).id
    assert keeping.keys_main(["new"]) == 0
    new = wrapping.load(own_key).id
    works(kept)
    assert keeping.keys_main(["finish"]) == 1, "what the old key holds is not given up"
    assert keeping.keys_main(["rewrap"]) == 0
    assert rewrapping.counted() == {new: 3}  # the key of the account, the half of its sign-in, the seed
    assert keeping.keys_main(["finish"]) == 0
    assert not wrapping.former_of(own_key).exists()
    kept.broker.kill()
    kept.broker.start()
    works(kept)
    events = list(Entry.objects.filter(event__startswith="key.").order_by("number").values_list("event", flat=True))
    assert events == ["key.replaced", "key.rewrapping_begun", "key.rewrapped", "key.former_ended"]
    assert old != new


def test_wrapping_anew_goes_on_after_a_kill(kept: House, own_key: Path) -> None:
    assert keeping.keys_main(["new"]) == 0
    kept.broker.kill()
    with pytest.raises(CountersignError):
        rewrapping.rewrap(OPERATOR, at=now())
    kept.broker.start()
    assert rewrapping.rewrap(OPERATOR, at=now()) == {"rewrapped": 3, "unopened": 0}
    assert rewrapping.rewrap(OPERATOR, at=now()) == {"rewrapped": 0, "unopened": 0}
    works(kept)


def test_what_somebody_altered_is_told_and_not_touched(kept: House, own_key: Path) -> None:
    keeping.keys_main(["new"])
    parts = json.loads(Totp.objects.get().sealed)
    altered = json.dumps({**parts, "sealed": parts["sealed"][:-8] + "AAAAAAA="})
    Totp.objects.update(sealed=altered)
    assert rewrapping.rewrap(OPERATOR, at=now()) == {"rewrapped": 2, "unopened": 1}
    assert Totp.objects.get().sealed == altered


def test_without_a_broker_no_new_key_is_put_in_place(kept: House, own_key: Path) -> None:
    before = wrapping.load(own_key).id
    kept.broker.kill()
    assert keeping.keys_main(["new"]) == 1
    assert wrapping.load(own_key).id == before
    assert not wrapping.former_of(own_key).exists()


def test_what_a_lost_key_sealed_does_not_stop_the_broker_from_reading_its_keys(kept: House, own_key: Path) -> None:
    """A renewed key of the account stands in the broker's own file, under a wrapping key that nobody has any more."""
    client.ask(messages.Refresh(str(kept.account.uid), now=True))  # type: ignore[attr-defined]
    own_key.unlink()
    wrapping.make(own_key)
    kept.broker.end()
    kept.broker.start()
    assert client.ask(messages.ReloadKeys()).key_id == wrapping.load(own_key).id


def test_the_broker_wraps_nothing_for_another_place(kept: House, own_key: Path) -> None:
    keeping.keys_main(["new"])
    moved = {"owner": "person:somebody", "field": "totp", "version": 1, "sealed": Totp.objects.get().sealed}
    assert client.ask(messages.Rewrap([moved])).sealed == [""]


def test_only_an_operator_keeps_the_key(kept: House) -> None:
    with pytest.raises(Refused):
        keykeeping.note_kit_made(kept.actor("Kim"), "0" * 16, at=now())  # type: ignore[arg-type]


def test_the_kit_gives_back_a_lost_key(kept: House, own_key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert keeping.kit_main(["make", str(tmp_path / "kit")]) == 0
    cards = sorted((tmp_path / "kit").iterdir())
    pieces = [" ".join(line.split(". ", 1)[1].split()[0] for line in _numbered(card)) for card in cards]
    assert all(card.stat().st_mode & 0o077 == 0 for card in cards)
    assert _drilled(own_key, "drill", pieces[0], pieces[2]).returncode == 0
    assert Entry.objects.filter(event="kit.drilled").count() == 1
    assert _drilled(own_key, "drill", pieces[0], pieces[0]).returncode == 1
    raw = wrapping.read(own_key)
    own_key.unlink()
    assert _drilled(own_key, "restore", pieces[1], pieces[2]).returncode == 0
    assert wrapping.read(own_key) == raw
    assert raw.hex() not in capsys.readouterr().out


def _numbered(card: Path) -> list[str]:
    found = [part for line in card.read_text().splitlines() if line.startswith("    ") for part in _words(line)]
    return sorted(found, key=lambda part: int(part.split(".")[0]))


def _words(line: str) -> list[str]:
    parts = line.split()
    return [f"{number} {word}" for number, word in zip(parts[::2], parts[1::2], strict=True)]


def _drilled(key: Path, word: str, *pieces: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator runs it, the pieces typed into it."""
    database = str(settings.DATABASES["default"]["NAME"])
    return subprocess.run(
        [sys.executable, "-m", "countersign.config.command", "kit", word], input="\n".join(pieces) + "\n", text=True,
        capture_output=True, check=False, cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "src:.", "COUNTERSIGN_SQLITE": database, "COUNTERSIGN_PG_NAME": database},
    )


@pytest.mark.server
def test_the_key_moves_into_a_token(kept: House, own_key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "softhsm"
    folder.mkdir()
    new_token(folder)
    (tmp_path / "pin").write_text(PIN)
    for name, value in {
        "COUNTERSIGN_WRAPPING": "token", "COUNTERSIGN_PKCS11_MODULE": module_of_softhsm(),
        "COUNTERSIGN_PKCS11_PIN_FILE": str(tmp_path / "pin"), "SOFTHSM2_CONF": str(folder / "softhsm2.conf"),
    }.items():
        monkeypatch.setenv(name, value)
    made = subprocess.run(
        [sys.executable, "-m", "countersign.config.command", "keys", "make-token"], capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": "src:."}, cwd=Path(__file__).parents[2],
    )
    assert made.returncode == 0, made.stderr
    kept.broker.end()
    kept.broker.start()
    works(kept)
    assert rewrapping.rewrap(OPERATOR, at=now())["unopened"] == 0
    monkeypatch.setattr(settings, "WRAPPING", "token")
    assert keeping.keys_main(["finish"]) == 0
    assert not own_key.exists()
    kept.broker.end()
    kept.broker.start()
    works(kept)
    assert len(rewrapping.counted()) == 1

"""A database with every table and no row, made once and copied: migrating takes ten seconds of processor time, each time.

It lies in the temporary folder of this machine, under a name that says of which migrations and libraries it was made.
"""
from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"


def migrated(to: Path) -> None:
    """Put an empty, migrated SQLite database there, as `countersign manage migrate` leaves it."""
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(_template(), to)


@cache
def _template() -> Path:
    folder = Path(tempfile.gettempdir()) / f"countersign-prepared-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} is somebody else's.")
    found = folder / f"{_digest()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            for old in folder.glob("*.sqlite3*"):
                old.unlink()
            _make(found)
    return found


def _digest() -> str:
    """Of what the tables are made from: our migrations and settings, and the versions of every library."""
    digest = hashlib.sha256((ROOT / "requirements-dev.lock").read_bytes())
    for path in sorted([*SOURCE.rglob("migrations/*.py"), *SOURCE.rglob("apps.py"), SOURCE / "countersign/config/settings.py"]):
        digest.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:24]


def _make(found: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        own = {f"COUNTERSIGN_{name}": f"{folder}/{name.lower()}" for name in ("DATA", "KEYS", "RUN", "BROKER")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
        fresh = Path(folder) / "fresh.sqlite3"
        subprocess.run(
            [sys.executable, "-m", "countersign.config.command", "manage", "migrate", "-v0"], check=True,
            env={**kept, **own, "COUNTERSIGN_SQLITE": str(fresh), "PYTHONPATH": str(SOURCE), "DJANGO_SETTINGS_MODULE": "countersign.config.settings"},
        )  # fmt: skip
        if Path(f"{fresh}-wal").exists():
            raise AssertionError("The migrated database was not closed.")
        shutil.copyfile(fresh, found.with_suffix(".new"))
    found.with_suffix(".new").replace(found)

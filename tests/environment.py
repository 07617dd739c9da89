"""Loaded before the settings are: every run of the tests works in folders of its own, and leaves nothing behind."""
from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

HERE = Path(tempfile.mkdtemp(prefix="countersign-"))
atexit.register(shutil.rmtree, HERE, ignore_errors=True)
os.environ |= {
    "COUNTERSIGN_BROKER": str(HERE / "broker"),
    "COUNTERSIGN_DATA": str(HERE / "data"),
    "COUNTERSIGN_KEYS": str(HERE / "keys"),
    "COUNTERSIGN_ORGANISATION": "Brouwerij De Linde",
    "COUNTERSIGN_RECALL_SECONDS": "0",
    "COUNTERSIGN_RUN": str(HERE / "run"),
    "COUNTERSIGN_SQLITE": str(HERE / "test.sqlite3"),
    "DJANGO_SETTINGS_MODULE": "tests.settings",
}
for name in ("data", "keys", "run", "run/static", "broker"):
    (HERE / name).mkdir(mode=0o700)

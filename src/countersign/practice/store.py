"""The practice network's one SQLite file.

The whole network runs in one thread with one connection, so a piece of work that does not await is never interleaved
with another; every change is one transaction, and a killed process leaves either all of it or nothing.
"""
from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE, name TEXT NOT NULL, bio TEXT NOT NULL DEFAULT '',
    colour TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('company', 'reader')), created_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS post (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account, text TEXT NOT NULL, language TEXT NOT NULL,
    parent INTEGER REFERENCES post, root INTEGER NOT NULL REFERENCES post, idempotency_key TEXT,
    created_at TEXT NOT NULL, edited_at TEXT, hidden_at TEXT, deleted_at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS post_by_account ON post (account, id);
CREATE INDEX IF NOT EXISTS post_by_root ON post (root, id);
CREATE INDEX IF NOT EXISTS post_by_parent ON post (parent);
CREATE TABLE IF NOT EXISTS picture (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account, mime TEXT NOT NULL, data BLOB NOT NULL,
    alt TEXT NOT NULL, created_at TEXT NOT NULL, post INTEGER REFERENCES post, position INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS picture_by_post ON picture (post, position);
CREATE TABLE IF NOT EXISTS remembered_key (
    account INTEGER NOT NULL REFERENCES account, key TEXT NOT NULL, post INTEGER NOT NULL REFERENCES post,
    at TEXT NOT NULL, PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS news (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES account,
    kind TEXT NOT NULL CHECK (kind IN ('reply', 'edited', 'deleted')), root INTEGER NOT NULL, post INTEGER NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS news_by_account ON news (account, seq);
CREATE TABLE IF NOT EXISTS program (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, redirect_uris TEXT NOT NULL, scopes TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS consent (
    code_hash TEXT PRIMARY KEY, program TEXT NOT NULL REFERENCES program, account INTEGER NOT NULL REFERENCES account,
    redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL, challenge TEXT NOT NULL, expires_at TEXT NOT NULL, permission INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS permission (
    id INTEGER PRIMARY KEY, program TEXT NOT NULL REFERENCES program, account INTEGER NOT NULL REFERENCES account,
    scopes TEXT NOT NULL, refresh_hash TEXT NOT NULL UNIQUE, previous_refresh_hash TEXT, at TEXT NOT NULL, ended_at TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS token (
    hash TEXT PRIMARY KEY, permission INTEGER NOT NULL REFERENCES permission, expires_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS protection (
    account INTEGER PRIMARY KEY REFERENCES account, email TEXT NOT NULL, email_confirmed INTEGER NOT NULL,
    second_factor INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS behaviour (one INTEGER PRIMARY KEY CHECK (one = 1), settings TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, account TEXT NOT NULL DEFAULT '', method TEXT NOT NULL,
    path TEXT NOT NULL, idempotency_key TEXT, outcome TEXT NOT NULL DEFAULT 'arrived', status INTEGER,
    answer TEXT NOT NULL DEFAULT 'none', post INTEGER
) STRICT;
"""


class Store:
    """The open database, and the ids it gives: time-sorted, never the same twice, also after a restart."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
        self._db.executescript(SCHEMA)
        ids = "SELECT max(id) FROM post UNION SELECT max(id) FROM account UNION SELECT max(id) FROM picture"
        self._last_id = max(row[0] or 0 for row in self._db.execute(ids))

    @contextmanager
    def change(self) -> Iterator[None]:
        """One transaction: everything inside happens, or nothing does."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def do(self, statement: str, *values: object) -> int:
        """Run one statement and say how many rows it changed."""
        return self._db.execute(statement, values).rowcount

    def insert(self, table: str, **values: object) -> int:
        """Add one row and say its row id. Names of tables and columns come from this package alone."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are written in this package
        return self._db.execute(statement, tuple(values.values())).lastrowid or 0

    def rows(self, question: str, *values: object) -> list[sqlite3.Row]:
        """Every row that answers the question."""
        return self._db.execute(question, values).fetchall()

    def row(self, question: str, *values: object) -> sqlite3.Row | None:
        """The first row that answers the question, or None."""
        found = self._db.execute(question, values).fetchone()
        return found if isinstance(found, sqlite3.Row) else None

    def new_id(self, at: datetime) -> int:
        """An id that sorts by time: milliseconds since 1970 in the high bits, a counter in the low sixteen."""
        self._last_id = max(self._last_id + 1, int(at.timestamp() * 1000) << 16)
        return self._last_id

    def close(self) -> None:
        """Close the database."""
        self._db.close()


def stamp(at: datetime) -> str:
    """A moment as text that sorts: UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")

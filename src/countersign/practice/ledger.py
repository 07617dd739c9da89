"""The network's own ledger: every API request that arrived, what became of it, and whether it was answered."""
from __future__ import annotations

from datetime import datetime
from typing import Literal

from countersign.practice.store import Store, stamp

# arrived: still being worked on, or the process was killed; lost: dropped before anything was stored;
# published: a new post stands; repeated: the key was remembered, so the earlier post was told; done: anything else.
Outcome = Literal["arrived", "lost", "refused", "published", "repeated", "done"]


def arrived(store: Store, *, method: str, path: str, key: str | None, at: datetime) -> int:
    """Note a request before anything is done with it; returns the entry's number."""
    return store.insert("ledger", at=stamp(at), method=method, path=path, idempotency_key=key)


def settled(
    store: Store, entry: int, outcome: Outcome, *, status: int | None = None, account: str = "", post: int | None = None
) -> None:
    """Note what became of it; in the same transaction as the change itself."""
    store.do(
        "UPDATE ledger SET outcome = ?, status = ?, account = ?, post = ? WHERE id = ?",
        outcome, status, account, post, entry,
    )  # fmt: skip


def answered(store: Store, entry: int, answer: Literal["given", "nonsense"]) -> None:
    """Note that an answer was written."""
    store.do("UPDATE ledger SET answer = ? WHERE id = ?", answer, entry)


def entries(store: Store, *, after: int = 0, limit: int = 100_000) -> list[dict[str, object]]:
    """The entries after a number, in the order they arrived."""
    found = store.rows("SELECT * FROM ledger WHERE id > ? ORDER BY id LIMIT ?", after, limit)
    return [{**row, "post": None if row["post"] is None else str(row["post"])} for row in map(dict, found)]


def latest(store: Store, limit: int) -> list[dict[str, object]]:
    """The last entries, newest first."""
    return [dict(row) for row in store.rows("SELECT * FROM ledger ORDER BY id DESC LIMIT ?", limit)]

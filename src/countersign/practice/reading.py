"""What is read: posts, threads, timelines and news. Nothing here changes anything."""
from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from countersign.base.words import _
from countersign.practice.accounts import Account
from countersign.practice.errors import NotHere
from countersign.practice.store import Store, stamp

_POST = (
    "SELECT p.*, a.handle, a.name, a.bio, a.colour, a.kind FROM post p JOIN account a ON a.id = p.account"
)  # one query serves all: who wrote it comes with it
_SORTS = {"since": "p.id > ?", "min": "p.id > ?", "max": "p.id < ?"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a post, without its bytes."""

    id: int
    mime: str
    alt: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post or a reply as it stands now."""

    id: int
    account: Account
    text: str
    language: str
    parent: int | None
    root: int
    key: str | None
    created_at: str
    edited_at: str | None
    is_hidden: bool
    is_deleted: bool
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Own:
    """One page of an account's own posts, and up to when it is complete."""

    posts: list[Post]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Branch:
    """A reply with the replies under it, as a page shows them."""

    post: Post
    depth: int
    replies: list[Branch]


def post(store: Store, identifier: int) -> Post:
    """The post with this id, also when it has been deleted. Raises NotHere when there never was one."""
    row = store.row(f"{_POST} WHERE p.id = ?", identifier)
    if row is None:
        raise NotHere(_("There is no such post here."))
    return _with_pictures(store, [row])[0]


def own(
    store: Store, account: Account, *, order: str, than: int, limit: int, lag: timedelta, at: datetime
) -> Own:
    """The account's own living posts and answers: newer than an id (`since`, newest first; `min`, oldest first) or
    older (`max`). What was published within `lag` before now is not listed yet, and `as_of` says so."""
    as_of = at - lag
    direction = "ASC" if order == "min" else "DESC"
    question = (
        f"{_POST} WHERE p.account = ? AND p.deleted_at IS NULL AND p.created_at <= ? AND {_SORTS[order]}"
        f" ORDER BY p.id {direction} LIMIT ?"
    )
    found = store.rows(question, account.id, stamp(as_of), than, limit)
    return Own(_with_pictures(store, found), as_of)


def replies(store: Store, root: int) -> list[Post]:
    """Every living reply in the thread under a post, in the order they came; hidden ones too."""
    found = store.rows(f"{_POST} WHERE p.root = ? AND p.id <> p.root AND p.deleted_at IS NULL ORDER BY p.id", root)
    return _with_pictures(store, found)


def branches(store: Store, under: Post) -> list[Branch]:
    """What readers see under a post, as a tree: nothing hidden, and a deleted reply only where others stand under it."""
    children: dict[int, list[Post]] = defaultdict(list)
    for reply in _with_pictures(store, store.rows(f"{_POST} WHERE p.root = ? ORDER BY p.id", under.root)):
        if reply.parent is not None and not reply.is_hidden:
            children[reply.parent].append(reply)
    return _grown(children, under.id)


def flat(branches: Iterable[Branch]) -> list[Branch]:
    """A tree in the order it is read."""
    found: list[Branch] = []
    left = list(branches)[::-1]
    while left:
        branch = left.pop()
        found.append(branch)
        left.extend(branch.replies[::-1])
    return found


def is_visible(store: Store, seen: Post) -> bool:
    """Whether readers may see a post: neither it nor anything above it is hidden, and its root stands."""
    while True:
        if seen.is_hidden:
            return False
        if seen.parent is None:
            return not seen.is_deleted
        seen = post(store, seen.parent)


def timeline(store: Store, *, before: int | None, limit: int, of: Account | None = None) -> list[Post]:
    """The newest posts that are no replies, of everybody or of one account."""
    question = (
        f"{_POST} WHERE p.parent IS NULL AND p.deleted_at IS NULL AND p.id < ? AND (? IS NULL OR p.account = ?)"
        " ORDER BY p.id DESC LIMIT ?"
    )
    whose = of.id if of else None
    return _with_pictures(store, store.rows(question, before or 2**63 - 1, whose, whose, limit))


def reply_counts(store: Store, posts: Iterable[Post]) -> dict[int, int]:
    """How many replies readers see under each of these posts."""
    question = (
        "WITH RECURSIVE seen(id) AS (SELECT id FROM post WHERE parent = ? AND hidden_at IS NULL"
        " UNION ALL SELECT p.id FROM post p JOIN seen ON p.parent = seen.id WHERE p.hidden_at IS NULL)"
        " SELECT count(*) FROM seen JOIN post ON post.id = seen.id WHERE post.deleted_at IS NULL"
    )
    return {one.id: store.rows(question, one.id)[0][0] for one in posts}


def news(store: Store, account: Account, *, after: int, limit: int) -> list[dict[str, object]]:
    """What happened under the account's posts after a sequence number, oldest first."""
    question = "SELECT * FROM news WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?"
    return [
        {"seq": row["seq"], "kind": row["kind"], "root": str(row["root"]), "post": str(row["post"]), "at": row["at"]}
        for row in store.rows(question, account.id, after, limit)
    ]


def picture(store: Store, identifier: int) -> tuple[str, bytes]:
    """Type and bytes of a picture that a post shows."""
    row = store.row("SELECT mime, data FROM picture WHERE id = ? AND post IS NOT NULL", identifier)
    if row is None:
        raise NotHere(_("There is no such picture here."))
    return row["mime"], row["data"]


def _grown(children: dict[int, list[Post]], root: int) -> list[Branch]:
    grown: dict[int, list[Branch]] = defaultdict(list)
    depth = {root: 0}
    order = [root]
    for above in order:
        for child in children[above]:
            depth[child.id] = depth[above] + 1
            order.append(child.id)
    posts = {child.id: child for below in children.values() for child in below}
    for identifier in reversed(order[1:]):
        one = posts[identifier]
        if not one.is_deleted or grown[identifier]:
            grown[one.parent or root].insert(0, Branch(one, depth[identifier], grown[identifier]))
    return grown[root]


def _with_pictures(store: Store, rows: list[sqlite3.Row]) -> list[Post]:
    shown: dict[int, list[Picture]] = defaultdict(list)
    for some in batched((row["id"] for row in rows), 1000):
        marks = ", ".join("?" * len(some))
        question = f"SELECT id, mime, alt, post FROM picture WHERE post IN ({marks}) ORDER BY post, position"  # noqa: S608 - marks alone
        for row in store.rows(question, *some):
            shown[row["post"]].append(Picture(row["id"], row["mime"], row["alt"]))
    return [_of(row, tuple(shown[row["id"]])) for row in rows]


def _of(row: sqlite3.Row, pictures: tuple[Picture, ...]) -> Post:
    account = Account(row["account"], row["handle"], row["name"], row["bio"], row["colour"], row["kind"])
    return Post(
        row["id"], account, row["text"], row["language"], row["parent"], row["root"], row["idempotency_key"],
        row["created_at"], row["edited_at"], row["hidden_at"] is not None, row["deleted_at"] is not None, pictures,
    )  # fmt: skip

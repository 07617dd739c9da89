"""What changes posts: publishing, editing, deleting, hiding and showing."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import regex

from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.words import _
from countersign.practice import reading
from countersign.practice.accounts import Account
from countersign.practice.behaviour import Behaviour
from countersign.practice.errors import NotHere
from countersign.practice.reading import Post
from countersign.practice.store import Store, stamp

CHARACTERS = 500
PICTURES = 4
ALT_CHARACTERS = 1500
PICTURE_BYTES = 8_000_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_BEGINNINGS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A post that somebody wants published."""

    text: str
    language: str = ""
    pictures: tuple[int, ...] = ()
    parent: int | None = None
    key: str | None = None


def count(text: str) -> int:
    """Characters as this network counts them: grapheme clusters, so that a flag is one."""
    return len(regex.findall(r"\X", text))


def publish(store: Store, account: Account, wanted: Wanted, *, behaviour: Behaviour, at: datetime) -> tuple[Post, bool]:
    """Publish once, and say whether the post is new; with a key that is still remembered, tell the earlier post."""
    key = wanted.key if behaviour.idempotency else None
    if key is not None:
        earlier = _remembered(store, account, key, since=at - timedelta(seconds=behaviour.key_lives_seconds))
        if earlier is not None:
            return earlier, False
    _require_good(wanted)
    root = None if wanted.parent is None else _living(store, wanted.parent).root
    post = store.new_id(at)
    store.insert(
        "post", id=post, account=account.id, text=wanted.text, language=wanted.language, parent=wanted.parent,
        root=root or post, idempotency_key=key, created_at=stamp(at),
    )  # fmt: skip
    _attach(store, account, post, wanted.pictures)
    if key is not None:
        store.do("INSERT OR REPLACE INTO remembered_key VALUES (?, ?, ?, ?)", account.id, key, post, stamp(at))
    published = reading.post(store, post)
    _tell(store, published, "reply", at=at)
    return published, True


def edit(store: Store, account: Account, post: int, text: str, *, at: datetime) -> Post:
    """Change the words of one's own post."""
    before = _living(store, post)
    _require_own(before, account)
    _require_good(Wanted(text, before.language))
    if text != before.text:
        store.do("UPDATE post SET text = ?, edited_at = ? WHERE id = ?", text, stamp(at), post)
        _tell(store, before, "edited", at=at)
    return reading.post(store, post)


def delete(store: Store, account: Account, post: int, *, at: datetime) -> None:
    """Delete one's own post, or a reply under it; its words and pictures are gone. Gone already is no error."""
    before = reading.post(store, post)
    if account.id not in {before.account.id, reading.post(store, before.root).account.id}:
        raise Refused(_("Only its writer, and who wrote the post it stands under, can delete it."))
    if before.is_deleted:
        return
    store.do("UPDATE post SET text = '', deleted_at = ? WHERE id = ?", stamp(at), post)
    store.do("DELETE FROM picture WHERE post = ?", post)
    _tell(store, before, "deleted", at=at)


def hide(store: Store, account: Account, reply: int, *, hidden: bool, at: datetime) -> None:
    """Hide a reply under one's own post from readers, or show it again; already so is no error."""
    post = _living(store, reply)
    if post.id == post.root or reading.post(store, post.root).account.id != account.id:
        raise Refused(_("Only replies under your own posts can be hidden."))
    if post.is_hidden != hidden:
        store.do("UPDATE post SET hidden_at = ? WHERE id = ?", stamp(at) if hidden else None, reply)


def upload(store: Store, account: Account, data: bytes, alt: str, *, at: datetime) -> int:
    """Keep a picture until a post takes it; returns its id."""
    if len(data) > PICTURE_BYTES:
        raise Invalid(_("A picture has at most {most} bytes."), field="file", most=PICTURE_BYTES)
    mime = next((name for name, beginning in _BEGINNINGS.items() if data.startswith(beginning)), None)
    if mime is None:
        raise Invalid(_("Only JPEG and PNG pictures can be shown here."), field="file")
    if count(alt) > ALT_CHARACTERS:
        raise Invalid(_("A description has at most {most} characters."), field="alt", most=ALT_CHARACTERS)
    picture = store.new_id(at)
    store.insert("picture", id=picture, account=account.id, mime=mime, data=data, alt=alt, created_at=stamp(at))
    return picture


def forget_unused_pictures(store: Store, *, at: datetime) -> None:
    """Remove pictures that no post took within a day."""
    store.do("DELETE FROM picture WHERE post IS NULL AND created_at < ?", stamp(at - timedelta(days=1)))


def _remembered(store: Store, account: Account, key: str, *, since: datetime) -> Post | None:
    question = "SELECT post FROM remembered_key WHERE account = ? AND key = ? AND at > ?"
    row = store.row(question, account.id, key, stamp(since))
    if row is None:
        return None
    post = reading.post(store, row["post"])
    if post.is_deleted:
        raise Conflict(_("This was published once and has been deleted since."))
    return post


def _require_good(wanted: Wanted) -> None:
    if not wanted.text.strip() and not wanted.pictures:
        raise Invalid(_("A post has words or a picture."), field="text")
    if count(wanted.text) > CHARACTERS:
        raise Invalid(_("A post has at most {most} characters."), field="text", most=CHARACTERS)
    if wanted.language and not _LANGUAGE.fullmatch(wanted.language):
        raise Invalid(_("A language is written like nl or pt-BR."), field="language")
    if len(wanted.pictures) > PICTURES or len(set(wanted.pictures)) < len(wanted.pictures):
        raise Invalid(_("A post has at most {most} pictures, each once."), field="pictures", most=PICTURES)
    if wanted.key is not None and not 1 <= len(wanted.key) <= 200:
        raise Invalid(_("An idempotency key has 1 to 200 characters."), field="idempotency_key")


def _require_own(post: Post, account: Account) -> None:
    if post.account.id != account.id:
        raise Refused(_("Only its writer can change it."))


def _living(store: Store, post: int) -> Post:
    found = reading.post(store, post)
    if found.is_deleted or (found.root != found.id and reading.post(store, found.root).is_deleted):
        raise NotHere(_("This post has been deleted."))
    return found


def _attach(store: Store, account: Account, post: int, pictures: tuple[int, ...]) -> None:
    for position, picture in enumerate(pictures):
        change = "UPDATE picture SET post = ?, position = ? WHERE id = ? AND account = ? AND post IS NULL"
        if store.do(change, post, position, picture, account.id) != 1:
            raise Invalid(_("A picture is not yours, not here, or in another post already."), field="pictures")


def _tell(store: Store, post: Post, kind: str, *, at: datetime) -> None:
    root = reading.post(store, post.root)
    if root.account.id != post.account.id:
        store.insert("news", account=root.account.id, kind=kind, root=root.id, post=post.id, at=stamp(at))

"""Accounts of the practice network: companies that connect, and invented readers who reply."""
from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.practice.errors import NotHere
from countersign.practice.store import Store, stamp

COLOURS = {
    "moss": "#3f6b35", "sea": "#1f6478", "plum": "#6f3f7a", "brick": "#96432f", "slate": "#4a5568",
    "ochre": "#7a5a10", "berry": "#9a2f5e", "ink": "#2f4a8a",
}  # fmt: skip
_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9_.]{0,28}[a-z0-9])?")
_FIRST: tuple[tuple[Literal["company", "reader"], str, str, str, str], ...] = (
    ("company", "delinde", "Brouwerij De Linde", "moss", "Beer from Leuven since this practice network exists."),
    ("company", "delinde_cafe", "Café De Linde", "ochre", "Our taproom: what is on, and when the kitchen is open."),
    ("company", "delinde_jobs", "Working at De Linde", "sea", "Brewing, bottling, driving: come and work with us."),
    ("reader", "joke", "Joke Peeters", "berry", "Drinks slowly, writes quickly."),
    ("reader", "emile", "Émile Fontaine", "ink", "Amateur de terrasses."),
    ("reader", "greta", "Greta Vogel", "plum", "Fährt Rad, trinkt danach ein Bier."),
    ("reader", "harper", "Harper Quinn", "slate", "Visiting Leuven, one glass at a time."),
    ("reader", "noor", "Noor Haddad", "brick", "Always has one more question."),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody on the practice network."""

    id: int
    handle: str
    name: str
    bio: str
    colour: str
    kind: str

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = self.name.split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    @property
    def is_reader(self) -> bool:
        """Whether this is an invented reader, whom anybody may play."""
        return self.kind == "reader"


def plant(store: Store, *, at: datetime) -> None:
    """Create the first companies and readers, in a network that has nobody yet."""
    with store.change():
        if store.row("SELECT 1 FROM account") is None:
            for kind, handle, name, colour, bio in _FIRST:
                _insert(store, kind, handle, name, colour=colour, bio=bio, at=at)


def by_id(store: Store, account: int) -> Account:
    """The account with this id."""
    return _one(store.row("SELECT * FROM account WHERE id = ?", account))


def by_handle(store: Store, handle: str) -> Account:
    """The account with this handle."""
    return _one(store.row("SELECT * FROM account WHERE handle = ?", handle))


def every(store: Store, kind: Literal["company", "reader"]) -> list[Account]:
    """All companies, or all readers, in the order they came."""
    return [_of(row) for row in store.rows("SELECT * FROM account WHERE kind = ? ORDER BY id", kind)]


def create_company(store: Store, *, handle: str, name: str, at: datetime) -> Account:
    """Create a company account. Raises Invalid when the handle is taken or not one."""
    handle = handle.strip().removeprefix("@").lower()
    if not _HANDLE.fullmatch(handle):
        raise Invalid(_("A handle has 1 to 30 letters a to z, figures, dots and underscores."), field="handle")
    if store.row("SELECT 1 FROM account WHERE handle = ?", handle):
        raise Invalid(_("That handle is taken. Choose another."), field="handle")
    return _insert(store, "company", handle, _name(name or handle), colour=_colour(handle), bio="", at=at)


def reader_named(store: Store, name: str, *, at: datetime) -> Account:
    """The reader of this name, created now if there is none."""
    name = _name(name)
    row = store.row("SELECT * FROM account WHERE kind = 'reader' AND name = ?", name)
    if row is not None:
        return _of(row)
    return _insert(store, "reader", _free_handle(store, name), name, colour=_colour(name), bio="", at=at)


def update_profile(store: Store, account: Account, *, name: str | None, bio: str | None, colour: str | None) -> Account:
    """Change what readers see of the account; None leaves a thing as it is."""
    if colour is not None and colour not in COLOURS:
        raise Invalid(_("That colour is not one of this network's."), field="colour")
    if bio is not None and len(bio) > 300:
        raise Invalid(_("A description has at most 300 characters."), field="bio")
    new_name = account.name if name is None else _name(name)
    new_bio, new_colour = account.bio if bio is None else bio, account.colour if colour is None else colour
    store.do("UPDATE account SET name = ?, bio = ?, colour = ? WHERE id = ?", new_name, new_bio, new_colour, account.id)
    return by_id(store, account.id)


def _insert(
    store: Store, kind: Literal["company", "reader"], handle: str, name: str, *, colour: str, bio: str, at: datetime
) -> Account:
    account = store.new_id(at)
    store.insert("account", id=account, handle=handle, name=name, bio=bio, colour=colour, kind=kind, created_at=stamp(at))
    return Account(account, handle, name, bio, colour, kind)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 60:
        raise Invalid(_("A name has 1 to 60 characters."), field="name")
    return name


def _colour(seed: str) -> str:
    return list(COLOURS)[sum(seed.encode()) % len(COLOURS)]


def _free_handle(store: Store, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:24] or "reader"
    taken = {row["handle"] for row in store.rows("SELECT handle FROM account")}
    numbered = (f"{base}{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(handle for handle in numbered if handle not in taken)


def _one(row: sqlite3.Row | None) -> Account:
    if row is None:
        raise NotHere(_("There is no such account here."))
    return _of(row)


def _of(row: sqlite3.Row) -> Account:
    return Account(row["id"], row["handle"], row["name"], row["bio"], row["colour"], row["kind"])

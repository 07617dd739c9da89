"""Wrapping anew: every sealed value gets its data key wrapped by the new wrapping key, while everything runs.

The broker opens and wraps; here the places are known where sealed values lie. A value is replaced only if it is still what
was wrapped anew, so nothing that changes meanwhile is lost. Packages above add the places they keep (`add_place`).
"""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any, NamedTuple

from django.db.models import Model

from countersign.access.devices.models import PostureKey
from countersign.access.evidence.models import Picture
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.vault.models import Connection, SealedVersion, SecretVersion
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.calls import client, messages
from countersign.people.models import Totp


class Sealed(NamedTuple):
    """One sealed value: where it lies, and the context it is bound to."""

    key: Any
    sealed: str
    owner: str
    field: str
    version: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where sealed values lie. `replace` puts a new text in the place of the old one; False when it is no longer there.
    `batch` values are asked for in one call, so that they fit one."""

    name: str
    found: Callable[[], Iterable[Sealed]]
    replace: Callable[[Any, str, str], bool]
    batch: int = 50


def column(model: type[Model], field: str, context: Callable[[Any], tuple[str, str, int]], *joins: str, batch: int = 50) -> Place:
    """A column of a table; `context` gives the owner, the field and the version of a row."""

    def found() -> Iterator[Sealed]:
        rows = model._base_manager.exclude(**{field: ""})
        for row in (rows.select_related(*joins) if joins else rows).order_by("pk").iterator(chunk_size=500):
            yield Sealed(row.pk, getattr(row, field), *context(row))

    def replace(key: Any, old: str, new: str) -> bool:
        return bool(model._base_manager.filter(pk=key, **{field: old}).update(**{field: new}))

    return Place(f"{model._meta.model_name}.{field}", found, replace, batch)


_places: list[Place] = [
    column(SecretVersion, "sealed", lambda row: (f"account:{row.account.uid}", "credentials", row.version), "account"),
    column(
        SealedVersion, "sealed",
        lambda row: (f"account:{row.secret.account.uid}/secret:{row.secret.uid}", row.secret.kind, row.version), "secret__account",
    ),
    column(Totp, "sealed", lambda row: (f"person:{row.person.uid}", "totp", row.version), "person"),
    column(Connection, "pending", lambda row: (f"account:{row.account_uid}", "pending", 1)),
    column(PostureKey, "sealed", lambda row: (f"posture:{row.uid}", "hmac", 1)),
    column(Picture, "sealed", lambda row: (f"evidence:{row.account.uid}", "picture", 1), "account", batch=2),
]  # fmt: skip


def add_place(place: Place) -> None:
    """Say where a package above keeps sealed values; when the program starts."""
    if all(known.name != place.name for known in _places):
        _places.append(place)


def places() -> tuple[Place, ...]:
    """Every place where sealed values lie."""
    return tuple(_places)


def key_of(sealed: str) -> str:
    """Which wrapping key wrapped this value; empty for what is no sealed value."""
    try:
        return str(json.loads(sealed)["key"])
    except (ValueError, KeyError, TypeError):
        return ""


def counted() -> dict[str, int]:
    """How many values each wrapping key holds, by its id, outside the broker's own file."""
    counts = dict[str, int]()
    for place in _places:
        for value in place.found():
            key = key_of(value.sealed)
            counts[key] = counts.get(key, 0) + 1
    return counts


def rewrap(actor: DutyActor, *, at: datetime) -> dict[str, int]:
    """Wrap anew whatever the newest key does not hold yet: how many were, and how many could not be opened.

    May be cut off and begun again at any moment; what cannot be opened stays as it is and is told.
    """
    with refusals_recorded(actor, at=at, matter="key"):
        gate.require(actor, Right.KEY_KEEP, on=None)
    now = client.ask(messages.ReloadKeys())
    with recorded(actor, at=at, matter="key") as record:
        gate.require(actor, Right.KEY_KEEP, on=None)
        record("key.rewrapping_begun", f"key:{now.key_id}", former=list(now.former))
    done = {"rewrapped": 0, "unopened": 0}
    for place in _places:
        waiting = (value for value in place.found() if key_of(value.sealed) != now.key_id)
        for batch in batched(waiting, place.batch):
            _rewrap(place, batch, done)
    with recorded(actor, at=at, matter=f"key:{now.key_id}") as record:
        gate.require(actor, Right.KEY_KEEP, on=None)
        record("key.rewrapped", f"key:{now.key_id}", rewrapped=done["rewrapped"], unopened=done["unopened"])
    return done


def _rewrap(place: Place, batch: tuple[Sealed, ...], done: dict[str, int]) -> None:
    parts = [{"owner": one.owner, "field": one.field, "version": one.version, "sealed": one.sealed} for one in batch]
    for value, fresh in zip(batch, client.ask(messages.Rewrap(parts)).sealed, strict=True):
        if not fresh:
            done["unopened"] += 1
        elif place.replace(value.key, value.sealed, fresh):
            done["rewrapped"] += 1

"""Reading what a server sent, whatever it sent: nothing here trusts a type, a key or a shape."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from countersign.networks.asking import as_json

type Entity = dict[str, Any]


def entity(value: object) -> Entity:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def entities(value: object) -> list[Entity]:
    """The JSON objects in a JSON list; an empty list for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_at(value: Entity, *path: str) -> str:
    """The text found along these keys; numbers as text; empty when it is missing or something else."""
    inner: object = value
    for key in path:
        inner = entity(inner).get(key)
    if isinstance(inner, str):
        return inner
    return str(inner) if isinstance(inner, int) and not isinstance(inner, bool) else ""


def number_at(value: Entity, *path: str) -> int | None:
    """The whole number found along these keys, None when it is missing or something else."""
    found = text_at(value, *path)
    return int(found) if found.isascii() and found.isdecimal() and len(found) < 19 else None


def time_at(value: Entity, key: str) -> datetime | None:
    """The moment found under this key, in UTC; None when it is missing or unreadable."""
    try:
        moment = datetime.fromisoformat(text_at(value, key))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def is_list(response: httpx.Response) -> bool:
    """Whether the answer is a JSON list."""
    return isinstance(as_json(response), list)

"""How the network behaves: well, unless the control page made it slow, refusing, silent, lost, late or confused."""
from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args

from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.practice.store import Store

Kind = Literal["post", "change", "read"]
Scope = Literal["posts", "changes", "everything"]
REFUSALS = (0, 401, 403, 422, 429, 503)
_LIMITS: dict[str, tuple[float, float]] = {
    "slow_seconds": (0, 600), "late_seconds": (0, 600), "refusing_next": (-1, 10**6), "silent_next": (-1, 10**6),
    "lost_next": (-1, 10**6), "nonsense_next": (-1, 10**6), "key_lives_seconds": (0, 10**7), "lag_seconds": (0, 10**6),
    "rate_limit": (0, 10**6), "token_seconds": (1, 10**7),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the control page says. A count of requests (`…_next`) of -1 means all of them; 0 means none.

    The faults fall on creating a post, on every change, or on every request, as `applies_to` says. Seconds are seconds;
    `rate_limit` is requests a minute and account; `token_seconds` is the life of an access token made from now on.
    """

    applies_to: Scope = "posts"
    slow_seconds: float = 0.0
    late_seconds: float = 0.0
    refusing: int = 0
    refusing_next: int = -1
    silent_next: int = 0
    lost_next: int = 0
    nonsense_next: int = 0
    idempotency: bool = True
    key_lives_seconds: float = 3600.0
    tells_key: bool = True
    tells_as_of: bool = True
    lag_seconds: float = 0.0
    rate_limit: int = 6000
    token_seconds: int = 7200


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to one request: `lost` before it is stored, `silent` or `nonsense` after."""

    behaviour: Behaviour
    slow: float = 0.0
    late: float = 0.0
    refusing: int = 0
    lost: bool = False
    silent: bool = False
    nonsense: bool = False


def current(store: Store) -> Behaviour:
    """How the network behaves now."""
    row = store.row("SELECT settings FROM behaviour")
    return Behaviour(**json.loads(row["settings"])) if row else Behaviour()


def change(store: Store, given: Mapping[str, object]) -> Behaviour:
    """Change some of the settings and keep the rest. Raises Invalid for an unknown one or a value out of range."""
    known = {item.name: type(item.default) for item in fields(Behaviour)}
    settings = dataclasses.asdict(current(store))
    for name, value in given.items():
        if name not in known:
            raise Invalid(_("The practice network knows no setting named {name}."), field=name, name=name)
        settings[name] = _read(name, known[name], value)
    behaviour = Behaviour(**settings)
    _keep(store, behaviour)
    return behaviour


def reset(store: Store) -> Behaviour:
    """Behave well again."""
    _keep(store, Behaviour())
    return Behaviour()


def meet(store: Store, kind: Kind) -> Fate:
    """What happens to the request that just arrived; the counts of requests go down by one. Call it in a change."""
    behaviour = current(store)
    if not _falls_on(behaviour.applies_to, kind):
        return Fate(behaviour)
    if behaviour.lost_next:
        _keep(store, replace(behaviour, lost_next=_one_less(behaviour.lost_next)))
        return Fate(behaviour, lost=True)
    fate = Fate(behaviour, slow=behaviour.slow_seconds, late=behaviour.late_seconds)
    if behaviour.refusing and behaviour.refusing_next:
        _keep(store, replace(behaviour, refusing_next=_one_less(behaviour.refusing_next)))
        return replace(fate, refusing=behaviour.refusing)
    silent, nonsense = behaviour.silent_next, behaviour.nonsense_next
    if silent or nonsense:
        _keep(store, replace(behaviour, silent_next=_one_less(silent), nonsense_next=_one_less(nonsense)))
    return replace(fate, silent=bool(silent), nonsense=bool(nonsense))


def _falls_on(scope: Scope, kind: Kind) -> bool:
    return kind == "post" or scope == "everything" or (scope == "changes" and kind == "change")


def _one_less(count: int) -> int:
    return count - 1 if count > 0 else count


def _read(name: str, kind: type, value: object) -> object:
    if name == "applies_to" and value in get_args(Scope):
        return value
    if kind is bool and (value in (True, False) or value in ("on", "")):
        return value in (True, "on")
    if kind in (int, float) and not isinstance(value, bool):
        return _number(name, kind, value)
    raise Invalid(_("The setting {name} cannot be that."), field=name, name=name)


def _number(name: str, kind: type, value: object) -> int | float:
    try:
        number = int(str(value)) if kind is int else float(str(value))
    except ValueError as error:
        raise Invalid(_("The setting {name} is a number."), field=name, name=name) from error
    if name == "refusing" and number not in REFUSALS:
        raise Invalid(_("The network can refuse with 401, 403, 422, 429 or 503, or not at all with 0."), field=name)
    least, most = _LIMITS.get(name, (0, 1000))
    if not least <= number <= most:
        raise Invalid(_("The setting {name} is from {least} to {most}."), field=name, name=name, least=least, most=most)
    return number


def _keep(store: Store, behaviour: Behaviour) -> None:
    store.do("INSERT OR REPLACE INTO behaviour VALUES (1, ?)", json.dumps(dataclasses.asdict(behaviour)))

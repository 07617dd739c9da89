"""What packages above tell this one when the program starts, since it may not import them."""
from __future__ import annotations

from collections.abc import Callable

from countersign.people.models import Person

_is_signer: Callable[[Person], bool] | None = None
_roles_of: Callable[[Person], str] | None = None


def use_signer_check(check: Callable[[Person], bool]) -> None:
    """Say who may sign; asked at sign-in, since those sessions idle for a shorter time. Called once, at the start."""
    global _is_signer  # one program has one rule
    _is_signer = check


def is_signer(person: Person) -> bool:
    """Whether this person may sign anything; everybody may until somebody says otherwise."""
    return _is_signer is None or _is_signer(person)


def use_roles(roles_of: Callable[[Person], str]) -> None:
    """Say what a person is invited as, in one translated line (`Author, reviewer`). Called once, at the start."""
    global _roles_of  # one program has one rule
    _roles_of = roles_of


def roles_of(person: Person) -> str:
    """What a person is invited as, in one line; nothing until somebody says it."""
    return _roles_of(person) if _roles_of else ""

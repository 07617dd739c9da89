"""What packages above tell this one when the program starts, since it may not import them."""
from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from countersign.people.models import Credential, Person


class PasskeyRule(Protocol):
    """Raises Refused for a passkey that may not sign an act."""

    def __call__(self, credential: Credential, *, is_synced: bool, act: str) -> None:
        """`is_synced` is what the signature itself says: its maker may copy the passkey."""


_is_signer: Callable[[Person], bool] | None = None
_roles_of: Callable[[Person], str] | None = None
_passkey_rule: PasskeyRule | None = None
_open_to_unknown = {"account_logout", "proof", "verify"}
_open_without_proof = {"account_logout", "proof", "verify"}


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


def open_to_unknown(*names: str) -> None:
    """Say which addresses, by name, open in a browser that is not enrolled to whoever is signed in there: reporting a
    loss, asking for enrolment. Called at the start; everything else stays closed."""
    _open_to_unknown.update(names)


def is_open_to_unknown(name: str) -> bool:
    """Whether an address opens in a browser that is not enrolled."""
    return name in _open_to_unknown


def open_without_proof(*names: str) -> None:
    """Say which addresses, by name, take what a browser sends without its proof: drafts, tastes. Called at the start;
    everything else that changes something asks for one (see `binding`)."""
    _open_without_proof.update(names)


def is_open_without_proof(name: str) -> bool:
    """Whether an address takes what is sent without the browser's proof."""
    return name in _open_without_proof


def use_passkey_rule(rule: PasskeyRule) -> None:
    """Say with which passkeys people may sign what counts. Called once, at the start. See `require_may_sign_with`."""
    global _passkey_rule  # one program has one rule
    _passkey_rule = rule


def require_may_sign_with(credential: Credential, *, is_synced: bool, act: str) -> None:
    """Refuse a passkey that may not sign this act: its device is not enrolled or is locked, or its maker copies it."""
    if _passkey_rule is not None:
        _passkey_rule(credential, is_synced=is_synced, act=act)

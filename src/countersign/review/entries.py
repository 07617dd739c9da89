"""What an entry of the roster may say, in each version there has been. Plain Python.

A chain holds entries of every version for ever, so nothing here may become stricter for a version that exists. What is
asked of *new* entries only stands in `roster.require_sensible`.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from countersign.base.errors import Refused
from countersign.base.values import Digest
from countersign.base.words import _
from countersign.review.statement import ROSTER_ENTRY, moment

OFFICER = "officer"
REVIEWER = "reviewer"
ROLES = frozenset({OFFICER, REVIEWER})
KINDS = frozenset({"", "computer", "key", "phone", "tablet"})  # what holds a passkey; "" is not said
OWNERS = frozenset({"", "company", "private"})  # whose that is
SHORTEST_WAIT, LONGEST_WAIT = 24, 8760  # hours that one officer alone waits; 0 is never

_V1: dict[str, type] = {
    "v": int, "number": int, "before": str, "act": str, "at": str, "person": str, "credential": str, "public_key": str,
    "roles": list, "account": str, "signatures": int,
}
_DEVICE: dict[str, type] = {"device": str, "kind": str, "owner": str, "is_backed_up": bool}
_SHAPES = {1: _V1, 2: {**_V1, **_DEVICE, "wait": int}}
_PUTS_IN = frozenset({"begin", "add"})


def head_of(content: Mapping[str, Any]) -> str:
    """The head of the chain once this entry is appended."""
    return Digest.of(ROSTER_ENTRY, dict(content)).hex


def require_fitting(content: Mapping[str, Any]) -> None:
    """Refused unless this is an entry in the shape of its version, with what its act needs."""
    if not _is_entry(content):
        raise Refused(_("That is no roster entry."))
    if content["act"] in _PUTS_IN and not (content["person"] and content["credential"] and content["public_key"]):
        raise Refused(_("A passkey is put in with its person and its public key."))
    if not set(content["roles"]) <= ROLES or (content["act"] in _PUTS_IN and not content["roles"]):
        raise Refused(_("There is no such role on the roster."))
    if content["act"] == "require" and not (content["account"] and 1 <= content["signatures"] <= 5):
        raise Refused(_("An account asks for one to five signatures."))
    if content["v"] == 2:
        _require_fitting_device(content)
        _require_fitting_wait(content)


def _is_entry(content: Mapping[str, Any]) -> bool:
    version = content.get("v")
    shape = _SHAPES.get(version) if type(version) is int else None
    if shape is None or set(content) != set(shape) or any(type(content[name]) is not kind for name, kind in shape.items()):
        return False
    if any(type(role) is not str for role in content["roles"]):
        return False
    try:
        moment(content["at"])
        head_of(content)
    except ValueError:
        return False
    return bool(content["roles"] == sorted(set(content["roles"])))


def _require_fitting_device(content: Mapping[str, Any]) -> None:
    says_something = any(content[name] for name in _DEVICE)
    is_known = content["kind"] in KINDS and content["owner"] in OWNERS and _is_device(content["device"])
    if not is_known or (says_something and content["act"] not in _PUTS_IN):
        raise Refused(_("There is no such device on a roster."))


def _require_fitting_wait(content: Mapping[str, Any]) -> None:
    wait = content["wait"]
    if wait and content["act"] not in {"begin", "wait"}:
        raise Refused(_("That is no roster entry."))
    if wait and not SHORTEST_WAIT <= wait <= LONGEST_WAIT:
        raise Refused(_("One officer alone waits for {hours} hours at least, or never succeeds."), hours=SHORTEST_WAIT)


def _is_device(name: str) -> bool:
    try:
        return not name or str(UUID(name)) == name
    except ValueError:
        return False

"""How a call travels: one JSON object each way, its length in four bytes before it, over a Unix socket."""
from __future__ import annotations

import builtins
import json
import socket
import struct
import typing
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints

from countersign.base import errors
from countersign.base.words import _
from countersign.calls.messages import CALLS, Call

LONGEST = 32 * 1024 * 1024  # bytes of one message
_FAMILIES = {
    kind.__name__: kind
    for kind in (
        errors.Conflict, errors.Invalid, errors.KeyRefused, errors.OffLimits, errors.OutcomeUnknown, errors.Refused, errors.Rejected,
        errors.Throttled, errors.Unreachable,
    )
}


def _parts(kind: type[Call]) -> dict[str, Any]:
    """The kind of each part of a call, by name."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


_PARTS = {name: _parts(kind) for name, kind in CALLS.items()}


def send(connection: socket.socket, content: dict[str, Any]) -> None:
    """Write one message."""
    raw = json.dumps(content, separators=(",", ":")).encode()
    if len(raw) > LONGEST:
        raise ValueError(f"A message of {len(raw)} bytes is longer than {LONGEST}.")
    connection.sendall(struct.pack(">I", len(raw)) + raw)


def receive(connection: socket.socket) -> dict[str, Any]:
    """Read one message; EOFError when the other side has gone."""
    (length,) = struct.unpack(">I", _exactly(connection, 4))
    if length > LONGEST:
        raise ValueError(f"A message of {length} bytes is longer than {LONGEST}.")
    try:
        content = json.loads(_exactly(connection, length))
    except RecursionError as error:
        raise ValueError("A message nests too deep.") from error
    if not isinstance(content, dict):
        raise ValueError("A message is a JSON object.")
    return content


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts, missing = [], length
    while missing:
        part = connection.recv(min(missing, 1 << 20))
        if not part:
            raise EOFError("The other side closed the connection.")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def pack(call: Call) -> dict[str, Any]:
    """A call as a message."""
    return {"call": type(call).__name__, "with": asdict(call)}


def unpack(content: dict[str, Any]) -> Call:
    """The call a message holds; Invalid when there is no such call or its parts do not fit."""
    kind = CALLS.get(str(content.get("call")))
    parts = content.get("with")
    if kind is None or not isinstance(parts, dict):
        raise errors.Invalid(_("There is no such call."))
    kinds = _PARTS[kind.__name__]
    if not all(name in kinds and _fits(value, kinds[name]) for name, value in parts.items()):
        raise errors.Invalid(_("That call has other parts."))
    try:
        return kind(**parts)
    except TypeError as error:
        raise errors.Invalid(_("That call has other parts.")) from error


def _fits(value: object, kind: Any) -> bool:
    """Whether a value that came as JSON is of the kind a part was declared with. True is no number here."""
    inner = get_args(kind)
    match get_origin(kind) or kind:
        case typing.Any:
            return True
        case builtins.list:
            return isinstance(value, list) and all(_fits(one, inner[0]) for one in value)
        case builtins.dict:
            return isinstance(value, dict) and all(_fits(one, inner[1]) for one in value.values())
        case builtins.str:
            return isinstance(value, str) and _is_text(value)
        case plain:
            return type(value) is plain


def _is_text(value: str) -> bool:
    """Whether it can be written down; half of a pair of surrogates cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def pack_answer(answer: object) -> dict[str, Any]:
    """An answer as a message."""
    return {"answer": asdict(answer)}  # type: ignore[call-overload]  # every answer is a dataclass


def pack_error(error: errors.CountersignError) -> dict[str, Any]:
    """A named error as a message."""
    kind = next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _FAMILIES)
    content: dict[str, Any] = {
        "kind": kind, "what": error.template, "remedy": error.remedy_template, "field": error.field,
        "facts": {name: str(value) for name, value in error.facts.items()},
    }
    if isinstance(error, errors.Throttled):
        content["retry_at"] = error.retry_at.isoformat()
    return {"error": content}


def unpack_error(content: dict[str, Any]) -> errors.CountersignError:
    """The named error a message holds."""
    kind = _FAMILIES[content["kind"]]
    facts = {"remedy": content["remedy"], **content["facts"]}
    if kind is errors.Throttled:
        return errors.Throttled(content["what"], retry_at=datetime.fromisoformat(content["retry_at"]), **facts)
    return kind(content["what"], field=content["field"], **facts)

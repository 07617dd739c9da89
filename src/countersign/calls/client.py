"""Asking the broker from the web, the worker or a command."""
from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from countersign.base import undertaking
from countersign.base.errors import OutcomeUnknown, Unreachable
from countersign.base.words import _
from countersign.calls import wire
from countersign.calls.messages import Call

_socket_path: Path | None = None


def use_socket(path: Path) -> None:
    """Say where the broker listens. Called once, when the process starts."""
    global _socket_path  # one process has one broker
    _socket_path = path


def ask(call: Call, *, timeout: float | None = None) -> Any:
    """Ask and return the call's `answer`, or raise the named error that came back.

    Raises Unreachable when the broker is not there, OutcomeUnknown when it was asked and then did not answer. RuntimeError while a recorded change is open: nothing waits for
    another process inside a transaction. `timeout` is in
    seconds; without one it is the call's own patience.
    """
    if undertaking.is_open.get():
        raise RuntimeError("The broker is never asked while a recorded change is open.")
    content = _exchange(wire.pack(call), timeout or type(call).patience)
    if "error" in content:
        raise wire.unpack_error(content["error"])
    return type(call).answer(**content["answer"])


def _exchange(message: dict[str, Any], timeout: float) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(str(_socket_path))
        except OSError as error:
            raise Unreachable(_("The broker does not answer, so nothing was done."), remedy=_("Start it again.")) from error
        try:
            wire.send(connection, message)
            return wire.receive(connection)
        except (OSError, EOFError) as error:
            raise OutcomeUnknown(
                _("The broker stopped answering, so it is not known whether it was done."), remedy=_("Look how it stands.")
            ) from error

"""Calls about the wrapping key: reading its file again, and wrapping sealed values by the newest one."""
from __future__ import annotations

from typing import Any

from countersign.access.vault.sealing import Context
from countersign.base.errors import Invalid, Refused, Unreachable
from countersign.base.words import _
from countersign.calls import messages
from countersign.processes.broker import keys
from countersign.processes.broker.journal import Line
from countersign.processes.broker.office import TOKEN, Office
from countersign.processes.broker.vault import SEALED, owner_of

MOST = 200  # values in one call
REWRAPPED = "rewrapped"  # a line of ours: what an older line's sealed value became


def reload(office: Office, _call: messages.ReloadKeys) -> messages.KeyState:
    """Read the keys again, as an operator has put them, and wrap anew what stands in our own file."""
    try:
        office.key = keys.open_keyring(office.key_path, has_sealed_before=True)
    except (OSError, ValueError) as error:
        raise Unreachable(_("The wrapping key cannot be read, so the one before goes on."), remedy=_("Look at its file.")) from error
    with office.guard:
        _rewrap_own_file(office)
    return messages.KeyState(office.key.id, sorted(office.key.former))


def rewrap(office: Office, call: messages.Rewrap) -> messages.Rewrapped:
    """The same values wrapped by the newest key; an empty text for what does not open where it is said to belong."""
    if len(call.parts) > MOST:
        raise Invalid(_("That is too much at once."))
    return messages.Rewrapped([_rewrapped(office, part) for part in call.parts])


def _rewrapped(office: Office, part: dict[str, Any]) -> str:
    try:
        context = office.context(str(part["owner"]), str(part["field"]), int(part["version"]))
        return _fresh(office, str(part["sealed"]), context)
    except (KeyError, ValueError, TypeError):
        return ""


def _rewrap_own_file(office: Office) -> None:
    """Each value is written under a new line before the former key may go; a line that says so stands for the older one.
    What none of our keys opens (it was sealed by one that is lost) stays as it is: nothing can be made of it."""
    newest: dict[str, Line] = {str(line.body["account"]): line for line in office.journal.lines("secret")}
    for account, line in newest.items():
        _again(office, line, office.context(f"account:{account}", TOKEN, int(line.body["version"])))
    for line in office.journal.lines("client_key")[-1:]:
        _again(office, line, office.context("installation", "client_key", 1))
    for line in office.journal.lines(SEALED):
        if sealed := office.sealed_of(line):
            body = line.body
            context = office.context(owner_of(body["account"], body["secret"]), body["kind"], int(body["version"]))
            fresh = _fresh(office, sealed, context)
            if fresh not in {"", sealed}:
                office.journal.append(REWRAPPED, {"line": line.number, "sealed": fresh})


def _again(office: Office, line: Line, context: Context) -> None:
    fresh = _fresh(office, str(line.body["sealed"]), context)
    if fresh not in {"", line.body["sealed"]}:
        office.journal.append(line.kind, {**line.body, "sealed": fresh})


def _fresh(office: Office, sealed: str, context: Context) -> str:
    try:
        return office.key.rewrapped(sealed, context)
    except Refused:
        return ""

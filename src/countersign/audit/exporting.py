"""Exporting: the whole log in one text file, which anybody can check without us.

The format is described in docs/decisions/0005-audit-log.md and read by `verifying`. The file holds personal data that has
not been erased, so it is written for its owner alone (0600).
"""
from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from countersign.audit import checkpoint, checkpointing
from countersign.audit.models import Checkpoint, Entry
from countersign.audit.recording import recorded
from countersign.audit.verifying import HEADER
from countersign.base.actor import Actor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _

SPACING = 1024
_TRIES = 5


def export_to(
    path: Path, actor: Actor, *, at: datetime, ask_gate: Callable[[Actor], object], spacing: int = SPACING
) -> int:
    """Write the log to a new file, up to and with the entry that records this export; return how many entries.

    `ask_gate` raises Refused unless the actor may read the whole log: the gate stands above this package, so the caller
    brings it. Raises Invalid when the file is already there. Of the checkpoints the last always goes along, of the others
    one in `spacing` events: a quiet log has one for each event, and checking a signature costs as much as 200 events.
    """
    with recorded(actor, at=at, matter="log") as record:
        ask_gate(actor)
        if path.exists():
            raise Invalid(_("There is already a file of this name."), remedy=_("Choose another name."), field="path")
        record("log.exported", "log")
    with tempfile.TemporaryFile() as personal:
        size, count = _gather(personal, at)
        _write(path, size, personal, count, spacing)
    return size


def _gather(personal: IO[bytes], at: datetime) -> tuple[int, int]:
    """Sign, then copy the personal parts. Anew if one was erased meanwhile, for the file could not explain its absence."""
    for _try in range(_TRIES):
        size = checkpointing.sign(at).size
        personal.seek(0)
        personal.truncate()
        count = 0
        for line in _personal_lines(size):
            personal.write(line)
            count += 1
        if not Entry.objects.filter(number__gt=size, event="personal.erased").exists():
            return size, count
    raise Conflict(_("The log is being changed too fast to export it."), remedy=_("Try again in a minute."))


def _write(path: Path, size: int, personal: IO[bytes], count: int, spacing: int) -> None:
    notes = list(_notes(size, spacing))
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        head = [HEADER, checkpointing.public_key(), f"checkpoints {len(notes)}"]
        file.write(("\n".join(head) + "\n" + "".join(notes) + f"personal {count}\n").encode())
        personal.seek(0)
        file.writelines(personal)
        file.write(f"events {size}\n".encode())
        file.writelines(_leaf_lines(size))
    part.rename(path)


def _notes(size: int, spacing: int) -> Iterator[str]:
    """The checkpoints of the log's present key. Those of a key that was lost cannot be checked with it."""
    key, last = checkpointing.signing_key().public, 0
    rows = Checkpoint.objects.filter(size__lte=size).order_by("size")
    for at, note in rows.values_list("size", "note").iterator(chunk_size=2000):
        if at != size and at - last < spacing:
            continue
        with suppress(Invalid):
            checkpoint.require_signed(note, key)
            last = at
            yield note


def _personal_lines(size: int) -> Iterator[bytes]:
    rows = Entry.objects.filter(number__lte=size, personal__isnull=False).order_by("number")
    for number, salt, personal in rows.values_list("number", "salt", "personal").iterator(chunk_size=2000):
        yield f"{number} {bytes(salt or b'').hex()} {personal}\n".encode()


def _leaf_lines(size: int) -> Iterator[bytes]:
    rows = Entry.objects.filter(number__lte=size).order_by("number")
    for leaf in rows.values_list("leaf", flat=True).iterator(chunk_size=2000):
        yield leaf.encode() + b"\n"

"""Checkpointing: put a signed line under the log as it stands.

The key lies in a file of its own under `settings.KEYS`, made on first use. Only the worker and the command line sign; the
process that serves pages appends entries and needs no key for it.

The signer keeps the edge of the tree it last signed in a file of its own and goes on from there, reading the new leaves
alone. So whoever owns the database without this machine cannot get another history signed: what they change below a
checkpoint no longer fits it, for ever.
"""
from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from countersign.audit import checkpoint as notes
from countersign.audit import tree
from countersign.audit.models import Checkpoint, Entry, Frontier
from countersign.base import undertaking
from countersign.base.errors import Conflict
from countersign.base.words import _

EVERY_EVENTS = 256
EVERY_SECONDS = 60

_MISSING = _("Event {number} is missing from the log, so nothing after event {size} can be signed.")
_ALTERED = _("Event {number} is not what was recorded, so nothing after event {size} can be signed.")
_SHORT = _("The log ends with event {size}, but event {signed} was signed already, so it is not signed again.")
_RESTORED = _("If you put back a backup, keep the newer export, if any, and run: countersign restored")
_FIND_OUT = _("Somebody changed the database. Find out who, and compare with your last export.")


def tick(at: datetime) -> Checkpoint | None:
    """Sign, if there are 256 entries without a checkpoint, or any at all and the last checkpoint is 60 seconds old."""
    size, last = _size(), Checkpoint.objects.order_by("-size").first()
    fresh = size - (last.size if last else 0)
    if not fresh or (last and fresh < EVERY_EVENTS and (at - last.at).total_seconds() < EVERY_SECONDS):
        return None
    return sign(at)


def sign(at: datetime) -> Checkpoint:
    """Sign the log as it stands, or return the checkpoint that already does.

    Raises Conflict when the log is shorter than what was signed, or an entry since then is missing or was changed. RuntimeError inside a recorded change: what is not
    committed yet must not be signed.
    """
    if undertaking.is_open.get():
        raise RuntimeError("A checkpoint is never signed inside a recorded change.")
    edge, key = _read_head(), signing_key()
    _catch_up(edge)
    stated = notes.Checkpoint(key.name, edge.size, edge.root())
    row, _created = Checkpoint.objects.get_or_create(
        size=edge.size, defaults={"at": at, "note": notes.sign(stated, key)}
    )
    _write_head(edge)
    return row


def public_key() -> str:
    """The key that checks this log, `name+id+key`: to be kept outside, by whoever wants to check it later."""
    return str(signing_key().public)


def signing_key() -> notes.SigningKey:
    """The log's key, made on first use. Its name is the host's at that time, and stays when the host is renamed."""
    path = Path(settings.KEYS) / "log.key"
    if not path.exists():
        _make(path, notes.SigningKey.fresh(f"{settings.RP_ID}/audit").write())
    return notes.SigningKey.parse(path.read_text(encoding="ascii"))


def is_short() -> bool:
    """Whether the log lacks entries that were signed here, as after a restored backup."""
    return _newest() < _read_head().size


def set_aside(at: datetime) -> Path | None:
    """Move what was signed here out of the way unless the log still has all of it; where it went.

    From then on the log is signed as it is now: another history than the one that whoever kept a checkpoint has seen.
    """
    edge, kept = _read_head(), tree.CompactRange()
    leaves = Entry.objects.filter(number__lte=edge.size).order_by("number").values_list("leaf", flat=True)
    kept.extend(tree.leaf_hash(leaf.encode()) for leaf in leaves.iterator(chunk_size=2000))
    if kept.size == edge.size and kept.root() == edge.root():
        return None
    aside = _head_path().with_name(f"log.head.{at:%Y%m%dT%H%M%S}")
    return _head_path().rename(aside)


def _newest() -> int:
    return Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0


def _size() -> int:
    return Frontier.objects.filter(pk=Frontier.ONLY).values_list("size", flat=True).first() or 0


def _catch_up(edge: tree.CompactRange) -> None:
    """Let the edge grow by the entries that were added since, hashing their leaves anew."""
    newest = _newest()
    if newest < edge.size:
        raise Conflict(_SHORT, size=newest, signed=edge.size, remedy=_RESTORED)
    rows = Entry.objects.filter(number__gt=edge.size).order_by("number").values_list("number", "leaf", "leaf_hash")
    for number, leaf, stored in rows.iterator(chunk_size=2000):
        head = tree.leaf_hash(leaf.encode())
        if number != edge.size + 1:
            raise Conflict(_MISSING, number=edge.size + 1, size=edge.size, remedy=_FIND_OUT)
        if head != bytes(stored):
            raise Conflict(_ALTERED, number=number, size=edge.size, remedy=_FIND_OUT)
        edge.extend([head])


def _head_path() -> Path:
    return Path(settings.DATA) / "log.head"


def _read_head() -> tree.CompactRange:
    """The edge that was last signed here; an empty one the first time, which reads the whole log."""
    try:
        size, packed = _head_path().read_text(encoding="ascii").split()
    except FileNotFoundError:
        return tree.CompactRange()
    return tree.CompactRange.unpack(int(size), bytes.fromhex(packed))


def _write_head(edge: tree.CompactRange) -> None:
    path = _head_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(f"{edge.size} {edge.pack().hex()}\n", encoding="ascii")
    fresh.replace(path)


def _make(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its key is the one
        os.link(fresh, path)
    fresh.unlink()

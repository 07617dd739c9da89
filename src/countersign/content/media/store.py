"""Where pictures lie: each file under the digest of its own bytes, whole or not at all."""
from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from countersign.base.errors import Invalid
from countersign.base.words import _

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Store:
    """Files under a directory, each named by a SHA-256 digest. They are their owner's alone, unless the directory was opened
    to a group (whose members are then other processes of ours): then the group may read them."""

    root: Path

    def keep(self, content: bytes) -> str:
        """Keep these bytes and return their digest. Raises Invalid when the disk is full; then nothing was kept."""
        name = hashlib.sha256(content).hexdigest()
        self.keep_as(name, content)
        return name

    def keep_as(self, name: str, content: bytes) -> None:
        """Keep these bytes under the digest of something else (a sealed original goes by what it was)."""
        place = self.path(name)
        if place.exists():
            return
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            for_group = bool(self.root.stat().st_mode & stat.S_IWGRP)
            place.parent.mkdir(mode=0o750 if for_group else 0o700, exist_ok=True)
            _write_whole(place, content, mode=0o640 if for_group else 0o600)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            raise Invalid(
                _("The disk is full, so the picture was not kept."),
                remedy=_("Ask whoever runs Countersign to make room, then add the picture again."),
            ) from error

    def replace(self, name: str, old: bytes, new: bytes) -> bool:
        """Put new bytes in the place of old ones, whole or not at all; False when something else lies there."""
        place = self.path(name)
        if not place.exists() or place.read_bytes() != old:
            return False
        _write_whole(place, new, mode=stat.S_IMODE(place.stat().st_mode))
        return True

    def has(self, name: str) -> bool:
        """Whether something is kept under this digest."""
        return self.path(name).exists()

    def read(self, name: str) -> bytes:
        """The bytes with this digest. Raises Invalid when they are gone, or are no longer those that were kept."""
        try:
            content = self.path(name).read_bytes()
        except FileNotFoundError as error:
            raise _altered() from error
        if hashlib.sha256(content).hexdigest() != name:
            raise _altered()
        return content

    def read_sealed(self, name: str) -> str:
        """The sealed text kept for an original; the broker notices when it was changed."""
        try:
            return self.path(name).read_text("ascii")
        except FileNotFoundError as error:
            raise _altered() from error

    def path(self, name: str) -> Path:
        """Where a digest lies. ValueError for what is no digest."""
        if not _NAME.fullmatch(name):
            raise ValueError("A stored file goes by its SHA-256 digest.")
        return self.root / name[:2] / name


def _altered() -> Invalid:
    return Invalid(
        _("The stored picture is missing or is no longer the one that was taken in, so it is not used."),
        remedy=_("Add the picture again, or restore it from a backup."),
    )


def _write_whole(place: Path, content: bytes, *, mode: int) -> None:
    """Write beside it, have the disk confirm, then give it its name; half a file is never seen under it."""
    handle, beside = tempfile.mkstemp(prefix=".", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, place)
    except OSError:
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise
    directory = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def renditions() -> Store:
    """The cleaned pictures: what is shown, signed and published."""
    return Store(settings.DATA / "media")


def originals() -> Store:
    """The sealed originals, by the digest of what they were before they were sealed; kept for the audit, never sent."""
    return Store(settings.DATA / "originals")

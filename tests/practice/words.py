"""What the practice tests publish."""
from __future__ import annotations

import hashlib
import io
import uuid
from datetime import UTC, datetime

from PIL import Image

from countersign.base.values import RemoteId
from countersign.networks.contract import Picture, Publication, ReplyTo

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def publication(text: str, *, handle: str = "", pictures: tuple[Picture, ...] = (), answers: str = "") -> Publication:
    """A publication with a handle of its own unless one is given."""
    reply_to = ReplyTo(RemoteId(answers), RemoteId(answers)) if answers else None
    return Publication(handle or uuid.uuid4().hex, text, "nl", datetime.now(UTC), pictures, reply_to)


def picture(alt: str, *, kind: str = "JPEG") -> Picture:
    """A small real picture."""
    written = io.BytesIO()
    Image.new("RGB", (64, 48), (180, 60, 40)).save(written, kind)
    data = written.getvalue()
    return Picture(hashlib.sha256(data).hexdigest(), f"image/{kind.lower()}", data, alt, 64, 48)

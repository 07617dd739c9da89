"""Taking a picture in: cleaned in the sandbox, its original sealed, both kept, and written down."""
from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import Actor, PersonActor
from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.content.media import sandbox, store, telling
from countersign.content.media.models import File
from countersign.people.models import Person


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is settled before the change is opened, since neither sandbox nor broker is waited for inside one."""

    cleaned: sandbox.Cleaned
    sha256: str
    original_sha256: str
    original_size: int


def take_in(actor: Actor, data: bytes, *, at: datetime) -> File:
    """Take a picture in, or find it, if the same person took the same bytes in before.

    Refuses who may draft on no account, and whoever is not a person. Raises Invalid, with the sentence, for a file that
    is no picture, is damaged, too large or built to harm, and when the disk is full; Unreachable without the broker.
    """
    person = actor if isinstance(actor, PersonActor) and gate.may_anywhere(actor, Right.POST_DRAFT).allowed else None
    original = hashlib.sha256(data).hexdigest()
    if person and (known := _known(person, original)):
        return known
    ready = _made_ready(data, original) if person else None
    try:
        return _recorded(actor, ready, at)
    except IntegrityError:
        if person and (known := _known(person, original)):  # the same person sent the same bytes twice at once
            return known
        raise


def _known(actor: PersonActor, original: str) -> File | None:
    return File.objects.filter(taken_in_by__uid=actor.uid, original_sha256=original).first()


def _made_ready(data: bytes, original: str) -> _Ready:
    """Clean, seal and store. What is stored and then not recorded is named by its digest and found again next time."""
    cleaned = sandbox.clean(data)
    if not store.originals().has(original):
        text = base64.urlsafe_b64encode(data).decode()
        sealed = client.ask(messages.Seal(owner=f"file:{original}", field="original", version=1, text=text))
        store.originals().keep_as(original, sealed.sealed.encode())
    return _Ready(cleaned, store.renditions().keep(cleaned.content), original, len(data))


def _recorded(actor: Actor, ready: _Ready | None, at: datetime) -> File:
    with recorded(actor, at=at, matter="file:new") as record:
        gate.require_anywhere(actor, Right.POST_DRAFT)
        if ready is None or not isinstance(actor, PersonActor):
            raise Refused(_("Only a person takes pictures in."), remedy=_("Sign in and add it yourself."))
        picture = ready.cleaned
        file = File.objects.create(
            taken_in_by=Person.objects.get(uid=actor.uid), taken_in_at=at, sha256=ready.sha256, mime=picture.mime,
            width=picture.width, height=picture.height, frames=picture.frames, size=len(picture.content),
            traces=picture.traces, changes=picture.changes, original_sha256=ready.original_sha256,
            original_format=picture.original_format, original_size=ready.original_size,
        )  # fmt: skip
        record("file.taken_in", file, sha256=ready.sha256, removed=telling.kinds(picture.traces))
        return file

"""What pages read about a picture that was taken in."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from countersign.access.vault.rewrapping import Sealed
from countersign.base.actor import PersonActor
from countersign.content.media import store
from countersign.content.media.models import File
from countersign.content.media.telling import CHANGES, TRACES


def taken_in_by(actor: PersonActor, uid: str) -> File | None:
    """A file of this person's own, by its uid; None when there is no such file or it is somebody else's."""
    return File.objects.filter(uid=uid, taken_in_by__uid=actor.uid).first()


def content(file: File) -> bytes:
    """The picture itself. Raises Invalid when what is stored is no longer what was taken in."""
    return store.renditions().read(file.sha256)


def removed(file: File) -> list[str]:
    """What the original held and the picture no longer holds, a sentence each, in the reader's language."""
    return [gettext(TRACES[trace["kind"]]).format(**trace) for trace in file.traces]


def changed(file: File) -> list[str]:
    """What was done to the picture, a sentence each, in the reader's language."""
    return [gettext(CHANGES[change["kind"]]).format(**change) for change in file.changes]


def places(file: File) -> list[tuple[float, float]]:
    """Where the original said it was taken: latitude and longitude in degrees."""
    return [(trace["latitude"], trace["longitude"]) for trace in file.traces if trace["kind"] == "place"]


def previews(file: File) -> list[str]:
    """The small previews that were in the original, each a JPEG in base64: they may show what was cut off."""
    return [trace["picture"] for trace in file.traces if "picture" in trace]


def sealed_originals() -> Iterator[Sealed]:
    """Every sealed original, with what it is bound to."""
    names = File.objects.exclude(original_sha256="").order_by("original_sha256").values_list("original_sha256", flat=True)
    for name in names.distinct().iterator(chunk_size=500):
        if store.originals().has(name):
            yield Sealed(name, store.originals().read_sealed(name), f"file:{name}", "original", 1)

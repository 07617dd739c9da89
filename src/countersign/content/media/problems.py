"""Why a picture cannot be used, each with its sentence. Plain Python: the sandbox raises these by name."""
from __future__ import annotations

from countersign.base.errors import Invalid
from countersign.base.words import _

LARGEST_FILE = 18_000_000  # bytes; sealed, and twice in base64, it still fits one answer of the broker (32 MiB)
LARGEST_RENDITION = 950_000  # bytes; Bluesky takes 976,560
LONGEST_SIDE = 2048  # pixels of what is published
MOST_PIXELS = 50_000_000
MOST_PIXELS_MOVING = 600_000_000  # all frames together
MOST_FRAMES = 300
MOST_SCANS = 64  # of a JPEG; cameras write 1, progressive ones about 10

_AS_JPEG = _("Save it as JPEG or PNG and add that.")
_SMALLER = _("Make it smaller and add it again.")
_AGAIN = _("Save it again in a picture program, or send it from the device it comes from, and add that.")

PROBLEMS: dict[str, tuple[str, str]] = {
    "broken_worker": (_("The sandbox that opens pictures broke down on this one, so it was not taken in."), _AS_JPEG),
    "cannot_fit": (
        _("This picture does not fit into {limit} bytes, the most that every network takes."),
        _("Shorten the animation or make it smaller, and add it again."),
    ),
    "damaged": (_("This picture is damaged and cannot be opened."), _AGAIN),
    "empty": (_("This file is empty."), _("Choose the picture again.")),
    "heic": (_("This is a HEIC photo, which is not taken in yet."), _AS_JPEG),
    "leaking": (
        _("The cleaned picture still held something that is not picture ({what_is_left}), so it was not taken in."),
        _AS_JPEG,
    ),
    "memory": (_("Opening this picture needs more memory than one picture may have."), _SMALLER),
    "no_sandbox": (
        _("The sandbox that opens pictures did not start, so nothing was taken in."),
        _("Ask whoever runs Countersign to look at `countersign doctor`."),
    ),
    "not_a_picture": (_("This file is not a picture: it looks like {looks_like}."), _("Choose a JPEG, PNG, WebP, GIF, AVIF or TIFF picture.")),
    "time": (_("Opening this picture took too long and was stopped."), _AS_JPEG),
    "too_large": (_("This file has {bytes} bytes; a picture may have at most {limit}."), _SMALLER),
    "too_many_frames": (_("This animation has {frames} frames; at most {limit} are taken."), _("Shorten it and add it again.")),
    "too_many_moving_pixels": (
        _("This animation has {pixels} pixels in all its frames together; at most {limit} are taken."),
        _("Shorten it or make it smaller, and add it again."),
    ),
    "too_many_pixels": (_("This picture is {width} × {height} pixels; at most {limit} pixels are taken."), _SMALLER),
    "too_many_scans": (_("This JPEG is built to stall whoever opens it (more than {limit} scans)."), _AGAIN),
    "truncated": (_("This picture ends too early: a part of it is missing."), _("Copy or send it again from where it came from.")),
}  # fmt: skip


class Unusable(Exception):
    """A picture cannot be used; `key` names the sentence in PROBLEMS and `facts` fill it."""

    def __init__(self, key: str, **facts: str | int) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


def as_invalid(problem: Unusable) -> Invalid:
    """The error a person is shown."""
    what, remedy = PROBLEMS[problem.key]
    return Invalid(what, remedy=remedy, field="picture", **problem.facts)

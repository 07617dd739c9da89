"""How what was found in a picture and what was done to it is told to people. Plain Python, without a decoder."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from countersign.base.words import _

type Trace = dict[str, str | float]
"""`kind`, `value` (text, may be empty), for a place `latitude` and `longitude`, for a thumbnail `picture` (a JPEG in base64)."""

type Change = dict[str, str | int]
"""`kind`, and what its sentence needs."""

LONGEST_VALUE = 200  # characters

# What was in the original and is gone.
TRACES = {
    "after_end": _("Bytes after the end of the picture: {value}."),
    "author": _("Who took or owns it: {value}."),
    "camera": _("The camera: {value}."),
    "comment": _("Words written into the file: {value}"),
    "content_credentials": _("Content credentials (C2PA): who made it, with what, and what was changed."),
    "colour_profile": _("The colour profile: {value}."),
    "edit_history": _("How it was edited and from which documents: {value}."),
    "exif": _("Camera data (EXIF)."),
    "identifier": _("An identifier of the picture: {value}."),
    "iptc": _("Press captions (IPTC)."),
    "lens": _("The lens: {value}."),
    "maker_notes": _("Notes of the camera's maker, {value} bytes."),
    "other_pages": _("Further pages: {value}."),
    "people": _("People named in it: {value}."),
    "place": _("Where it was taken: {latitude}, {longitude}."),
    "place_name": _("The name of the place: {value}."),
    "private_data": _("Data of a program's own: {value}."),
    "second_picture": _("A second picture behind the first (a depth map, a brighter version, a film of the moment): {value}."),
    "serial_number": _("The serial number of the camera or lens: {value}."),
    "software": _("The program that made it: {value}."),
    "thumbnail": _("A small preview, which may show what was cut off: {value}."),
    "time": _("When it was taken or changed: {value}."),
    "xmp": _("Data of picture programs (XMP)."),
}

# What was done to the picture itself.
CHANGES = {
    "colours": _("The colours were converted from {profile} to sRGB."),
    "format": _("It was written anew as {to} (it was {was})."),
    "page": _("Only the first page was kept."),
    "profile_unusable": _("The colour profile it carried could not be used; compare the colours."),
    "quality": _("The JPEG quality was lowered to {quality} so that it fits every network."),
    "smaller": _("It was made smaller, from {width} × {height} to {new_width} × {new_height} pixels."),
    "upright": _("It was set upright."),
}


def kinds(traces: Iterable[Mapping[str, object]]) -> list[str]:
    """The kinds alone, sorted: what the audit log keeps, since it says nothing about a person."""
    return sorted({str(trace["kind"]) for trace in traces})

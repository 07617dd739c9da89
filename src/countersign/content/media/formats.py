"""What a file is, by its first bytes and its header alone, and whether opening it is safe. Plain Python.

Nothing here decodes a pixel, and the file's name plays no part.
"""
from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from countersign.base.words import _
from countersign.content.media import directories, segments
from countersign.content.media.problems import MOST_FRAMES, MOST_PIXELS, MOST_PIXELS_MOVING, Unusable

FORMATS = ("AVIF", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_OTHERS = (
    (re.compile(rb"%PDF-"), _("a PDF document")),
    (re.compile(rb"PK\x03\x04"), _("a ZIP archive or an office document")),
    (re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg", re.S | re.I), _("an SVG drawing")),
    (re.compile(rb"\s*<(!doctype|html|script)", re.I), _("a web page")),
    (re.compile(rb"....ftyp(qt|isom|mp4|M4V|iso\d|3gp)", re.S), _("a video")),
    (re.compile(rb"\x1a\x45\xdf\xa3"), _("a video")),
    (re.compile(rb"\s*<\?php|#!|MZ|\x7fELF"), _("a program")),
    (re.compile(rb"%!PS"), _("a PostScript document")),
    (re.compile(rb"BM....\0\0\0\0", re.S), _("a BMP picture")),
    (re.compile(rb"(II\+\0|MM\0\+)"), _("a BigTIFF picture")),
)
UNKNOWN = _("something else")
_HEIC = re.compile(rb"....ftyp(heic|heix|hevc|hevx|heim|heis|mif1|msf1)", re.S)
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says: the format, the size in pixels, and how many frames an animation has."""

    format: str
    width: int
    height: int
    frames: int = 1


def sniff(data: bytes) -> str:
    """The format, by its first bytes. Refuses everything that is not on the list, saying what it looks like."""
    if not data:
        raise Unusable("empty")
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:4] in (b"II*\0", b"MM\0*"):
        return "TIFF"
    if data[4:8] == b"ftyp" and re.search(rb"avi[fs]", data[8 : 8 + 64]):
        return "AVIF"
    if _HEIC.match(data):
        raise Unusable("heic")
    raise Unusable("not_a_picture", looks_like=next((name for form, name in _OTHERS if form.match(data)), UNKNOWN))


def require_sound(data: bytes) -> Header:
    """The header, if the file may be opened: refuses too many pixels, frames or scans, and a header that is none."""
    kind = sniff(data)
    try:
        width, height, frames = _READERS[kind](data)
    except (struct.error, IndexError) as error:
        raise Unusable("truncated") from error
    require_size(width, height, frames)
    return Header(kind, width, height, frames)


def require_size(width: int, height: int, frames: int = 1) -> None:
    """Refuse a picture without pixels, with more than 50 million, or an animation with too many of them."""
    if width < 1 or height < 1 or frames < 1:
        raise Unusable("damaged")
    if width * height > MOST_PIXELS:
        raise Unusable("too_many_pixels", width=width, height=height, limit=MOST_PIXELS)
    if frames > MOST_FRAMES:
        raise Unusable("too_many_frames", frames=frames, limit=MOST_FRAMES)
    if width * height * frames > MOST_PIXELS_MOVING:
        raise Unusable("too_many_moving_pixels", pixels=width * height * frames, limit=MOST_PIXELS_MOVING)


def _jpeg(data: bytes) -> tuple[int, int, int]:
    frames = [piece.content for piece in segments.jpeg(data)[0] if piece.name[0] in _START_OF_FRAME]
    if not frames:
        raise Unusable("truncated")
    if len(frames) > 1:
        raise Unusable("damaged")
    height, width = struct.unpack_from(">HH", frames[0], 1)
    return width, height, 1


def _png(data: bytes) -> tuple[int, int, int]:
    width, height, frames = 0, 0, 1
    for piece in segments.png(data):
        if piece.name == b"IHDR":
            width, height = struct.unpack_from(">II", piece.content)
        elif piece.name == b"acTL":
            frames = max(1, int(struct.unpack_from(">I", piece.content)[0]))
    return width, height, frames


def _gif(data: bytes) -> tuple[int, int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    frames = [struct.unpack("<HHHH", piece.content[:8]) for piece in segments.gif(data)[0] if piece.name == b","]
    if not frames:
        raise Unusable("truncated")
    return max(width, *(x + w for x, _y, w, _h in frames)), max(height, *(y + h for _x, y, _w, h in frames)), len(frames)


def _webp(data: bytes) -> tuple[int, int, int]:
    sizes, frames = [], 0
    for name, _start, _stop, content in segments.riff(data):
        if name == b"VP8X":
            sizes.append((1 + int.from_bytes(content[4:7], "little"), 1 + int.from_bytes(content[7:10], "little")))
        elif name == b"VP8 ":
            width, height = struct.unpack_from("<HH", content, 6)
            sizes.append((width & 0x3FFF, height & 0x3FFF))
        elif name == b"VP8L":
            (bits,) = struct.unpack_from("<I", content, 1)
            sizes.append((1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
        elif name == b"ANMF":
            frames += 1
    if not sizes:
        raise Unusable("truncated")
    return max(width for width, _height in sizes), max(height for _width, height in sizes), max(1, frames)


def _avif(data: bytes) -> tuple[int, int, int]:
    opened = frozenset({b"meta", b"iprp", b"ipco", b"moov", b"trak", b"mdia", b"minf", b"stbl"})
    sizes, frames = [(0, 0)], 1
    for piece in segments.boxes(data, 0, len(data), opened):
        if piece.name == b"ispe":
            sizes.append(struct.unpack_from(">II", piece.content, 4))
        elif piece.name == b"stsz":
            frames = max(frames, int(struct.unpack_from(">I", piece.content, 8)[0]))
    return max(width for width, _height in sizes), max(height for _width, height in sizes), frames


def _tiff(data: bytes) -> tuple[int, int, int]:
    pages = directories.chain(data)
    if not pages:
        raise Unusable("truncated")
    width, height = pages[0].entries.get(256), pages[0].entries.get(257)
    return width.number if width else 0, height.number if height else 0, 1


_READERS = {"AVIF": _avif, "GIF": _gif, "JPEG": _jpeg, "PNG": _png, "TIFF": _tiff, "WEBP": _webp}

"""A picture decoded, set upright, brought to sRGB and written anew from its pixels alone. Plain Python, for the sandbox.

What comes out is one rendition that every network takes: at most 2048 pixels long and 950,000 bytes.
"""
from __future__ import annotations

import io
import warnings

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from countersign.content.media import animations, colours, decodable, directories, formats, orientations, segments
from countersign.content.media.problems import LONGEST_SIDE, MOST_PIXELS
from countersign.content.media.renditions import Rendition, at_most, fitted, smaller, told
from countersign.content.media.telling import Change

warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # the sandbox may not start threads

PLUGINS = (AvifImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)


def cleaned(data: bytes, header: formats.Header) -> Rendition:
    """The rendition of a picture whose header was found sound."""
    with Image.open(io.BytesIO(decodable.bare(data, header.format)), formats=[header.format]) as opened:
        frames = getattr(opened, "n_frames", 1) if header.format != "TIFF" else 1
        formats.require_size(*opened.size, frames)
        if frames > 1:
            return animations.moving(opened, header.format)
        return _still(opened, data, header)


def _still(opened: Image.Image, data: bytes, header: formats.Header) -> Rendition:
    size = at_most(opened.size, LONGEST_SIDE)
    if header.format == "JPEG":
        opened.draft("", size)
    opened.load()
    orientation = orientations.of(opened)
    info = dict(opened.info)
    changes: list[Change] = []
    if size != (header.width, header.height) and header.format != "TIFF":
        changes.append(smaller((header.width, header.height), size, turned=orientation > 4))
    image = colours.plain(opened)
    if max(image.size) > LONGEST_SIDE:
        image = image.resize(at_most(image.size, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = colours.in_srgb(image, info, changes)
    if orientation in orientations.UPRIGHT:
        image = image.transpose(orientations.UPRIGHT[orientation])
        changes.append({"kind": "upright"})
    if header.format == "TIFF" and len(directories.chain(data)) > 1:
        changes.append({"kind": "page"})
    rendition = fitted(image, is_lossless=_is_lossless(data, header.format), changes=changes)
    return told(rendition, header.format)


def _is_lossless(data: bytes, kind: str) -> bool:
    return kind in ("GIF", "PNG", "TIFF") or (kind == "WEBP" and any(p.name == b"VP8L" for p in segments.riff(data)))

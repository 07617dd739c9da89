"""A picture written as it will be published: every network takes it, and it fits. Plain Python, for the sandbox."""
from __future__ import annotations

import io
import math
from dataclasses import dataclass, field

from PIL import Image

from countersign.content.media.problems import LARGEST_RENDITION, Unusable
from countersign.content.media.telling import Change

_QUALITIES = {88: 1.0, 82: 0.8, 76: 0.68, 70: 0.6}  # and the size to expect of each, measured on photographs


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture as it will be published."""

    content: bytes
    mime: str
    width: int
    height: int
    frames: int = 1
    changes: list[Change] = field(default_factory=list)


def fitted(image: Image.Image, *, is_lossless: bool, changes: list[Change], limit: int = LARGEST_RENDITION) -> Rendition:
    """The picture as a PNG (transparent, or lossless before and small enough) or a JPEG of at most `limit` bytes."""
    image = _pixels_only(image)
    if image.mode == "RGBA":
        return _transparent(image, changes, limit)
    if is_lossless and _expected_png(image) < limit * 1.3:
        content = _png(image)
        if len(content) <= limit:
            return Rendition(content, "image/png", *image.size, changes=changes)
    return _jpeg(image, changes, limit)


def told(rendition: Rendition, was: str) -> Rendition:
    now = rendition.mime.removeprefix("image/").upper()
    if now != was:
        rendition.changes.append({"kind": "format", "was": was, "to": now})
    return rendition


def smaller(was: tuple[int, int], now: tuple[int, int], *, turned: bool = False) -> Change:
    (width, height), (new_width, new_height) = (was[::-1], now[::-1]) if turned else (was, now)
    return {"kind": "smaller", "width": width, "height": height, "new_width": new_width, "new_height": new_height}


def at_most(size: tuple[int, int], longest: int) -> tuple[int, int]:
    width, height = size
    share = min(1.0, longest / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def _pixels_only(image: Image.Image) -> Image.Image:
    """A new picture of the same pixels, so that nothing the old one knew can follow."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    fresh = image.copy()
    fresh.info.clear()
    return fresh


def _transparent(image: Image.Image, changes: list[Change], limit: int) -> Rendition:
    first, small = image.size, image
    if (expected := _expected_png(image)) > limit * 2:
        small = _scaled(image, math.sqrt(limit * 1.5 / expected))
    for _attempt in range(8):
        content = _png(small)
        if len(content) <= limit:
            if small.size != first:
                changes.append(smaller(first, small.size))
            return Rendition(content, "image/png", *small.size, changes=changes)
        small = _scaled(image, small.width / image.width * max(0.5, min(0.95, math.sqrt(limit / len(content)) * 0.97)))
    raise Unusable("cannot_fit", limit=limit)


def _jpeg(image: Image.Image, changes: list[Change], limit: int) -> Rendition:
    first, size = image.size, image.size
    for _attempt in range(8):
        small = image if size == first else image.resize(size, Image.Resampling.LANCZOS)
        content, quality = _best_jpeg(small, limit)
        if content:
            if size != first:
                changes.append(smaller(first, size))
            if quality != 88:
                changes.append({"kind": "quality", "quality": quality})
            return Rendition(content, "image/jpeg", *size, changes=changes)
        size = at_most(size, round(max(size) * 0.8))
    raise Unusable("cannot_fit", limit=limit)


def _best_jpeg(image: Image.Image, limit: int) -> tuple[bytes, int]:
    """The JPEG of the highest quality that fits, by as few attempts as can be; empty when none fits."""
    content = _jpeg_of(image, 88)
    if len(content) <= limit:
        return content, 88
    whole = len(content)
    for quality, share in _QUALITIES.items():
        if quality != 88 and (whole * share <= limit or quality == 70) and whole * share <= limit * 1.3:
            content = _jpeg_of(image, quality)
            if len(content) <= limit:
                return content, quality
    return b"", 0


def _jpeg_of(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _expected_png(image: Image.Image) -> float:
    """About how many bytes the PNG will have, judged by the middle of the picture, so that none is made in vain."""
    side = 256
    if image.width * image.height <= side * side * 4:
        return 0
    left, top = max(0, (image.width - side) // 2), max(0, (image.height - side) // 2)
    part = image.crop((left, top, min(image.width, left + side), min(image.height, top + side)))
    return len(_png(part)) / (part.width * part.height) * image.width * image.height


def _scaled(image: Image.Image, share: float) -> Image.Image:
    size = max(1, round(image.width * share)), max(1, round(image.height * share))
    return image.resize(size, Image.Resampling.LANCZOS)

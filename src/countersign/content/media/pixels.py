"""A picture decoded, set upright, brought to sRGB and written anew from its pixels alone. Plain Python, for the sandbox.

What comes out is one rendition that every network takes: at most 2048 pixels long and 950,000 bytes.
"""
from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from countersign.base.words import _
from countersign.content.media import directories, formats, profiles, segments
from countersign.content.media.problems import LARGEST_RENDITION, LONGEST_SIDE, MOST_PIXELS, Unusable
from countersign.content.media.telling import Change

warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # the sandbox may not start threads
PLUGINS = (AvifImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)

_QUALITIES = {88: 1.0, 82: 0.8, 76: 0.68, 70: 0.6}  # and the size to expect of each, measured on photographs
_MOST_PIXELS_HELD = 100_000_000  # of an animation in memory at once; more of them never fit LARGEST_RENDITION
_JPEG_PARTS = {0xDB, 0xC4, 0xDD, segments.SCAN}  # tables, restart interval, scans; the frame itself is added below
_PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"gAMA", b"cHRM", b"sRGB", b"eXIf", b"acTL", b"fcTL", b"fdAT", b"IEND"}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture as it will be published."""

    content: bytes
    mime: str
    width: int
    height: int
    frames: int = 1
    changes: list[Change] = field(default_factory=list)


def cleaned(data: bytes, header: formats.Header) -> Rendition:
    """The rendition of a picture whose header was found sound."""
    with Image.open(io.BytesIO(bare(data, header.format)), formats=[header.format]) as opened:
        frames = getattr(opened, "n_frames", 1) if header.format != "TIFF" else 1
        formats.require_size(*opened.size, frames)
        if frames > 1:
            return _moving(opened, header.format)
        return _still(opened, data, header)


def bare(data: bytes, kind: str) -> bytes:
    """The file without what decoding does not need, so that no decoder reads a text, a second picture or a stranger's bytes."""
    if kind == "JPEG":
        pieces, end = segments.jpeg(data)
        ending = b"\xff\xd9" if data[end - 2 : end] == b"\xff\xd9" else b""  # one that is missing stays so, and is noticed
        return b"\xff\xd8" + b"".join(data[piece.start : piece.stop] for piece in pieces if _decodes(piece)) + ending
    if kind == "PNG":
        pieces = [piece for piece in segments.png(data) if piece.name in _PNG_PARTS or _is_profile(piece)]
        return data[:8] + b"".join(data[piece.start : piece.stop] for piece in pieces)
    return data


def _decodes(piece: segments.Piece) -> bool:
    marker, content = piece.name[0], piece.content
    if marker in _JPEG_PARTS or (0xC0 <= marker <= 0xCF and marker != 0xC8):
        return True
    wanted = {0xE0: b"JFIF\0", 0xE1: b"Exif\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}.get(marker)
    return wanted is not None and content.startswith(wanted)


def _is_profile(piece: segments.Piece) -> bool:
    if piece.name != b"iCCP":
        return False
    opener = zlib.decompressobj()
    try:
        opener.decompress(piece.content[piece.content.index(b"\0") + 2 :], PngImagePlugin.MAX_TEXT_CHUNK)
    except (ValueError, zlib.error):
        return False
    return not opener.unconsumed_tail


# --- one picture ---------------------------------------------------------------------------------------------------


def _still(opened: Image.Image, data: bytes, header: formats.Header) -> Rendition:
    size = _at_most(opened.size, LONGEST_SIDE)
    if header.format == "JPEG":
        opened.draft("", size)
    opened.load()
    orientation = _orientation(opened)
    info = dict(opened.info)
    changes: list[Change] = []
    if size != (header.width, header.height) and header.format != "TIFF":
        changes.append(_smaller((header.width, header.height), size, turned=orientation > 4))
    image = _plain_mode(opened)
    if max(image.size) > LONGEST_SIDE:
        image = image.resize(_at_most(image.size, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = _in_srgb(image, info, changes)
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
        changes.append({"kind": "upright"})
    if header.format == "TIFF" and len(directories.chain(data)) > 1:
        changes.append({"kind": "page"})
    rendition = fitted(image, is_lossless=_is_lossless(data, header.format), changes=changes)
    return _told(rendition, header.format)


def _told(rendition: Rendition, was: str) -> Rendition:
    now = rendition.mime.removeprefix("image/").upper()
    if now != was:
        rendition.changes.append({"kind": "format", "was": was, "to": now})
    return rendition


def _smaller(was: tuple[int, int], now: tuple[int, int], *, turned: bool = False) -> Change:
    (width, height), (new_width, new_height) = (was[::-1], now[::-1]) if turned else (was, now)
    return {"kind": "smaller", "width": width, "height": height, "new_width": new_width, "new_height": new_height}


def _at_most(size: tuple[int, int], longest: int) -> tuple[int, int]:
    width, height = size
    share = min(1.0, longest / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def _orientation(image: Image.Image) -> int:
    """EXIF's orientation, 1 to 8; Pillow has already turned a TIFF."""
    raw = image.info.get("exif", b"") if image.format != "TIFF" else b""
    exif = raw.removeprefix(b"Exif\0\0")
    entry = directories.read(exif, directories.first_at(exif)).entries.get(0x0112) if len(exif) >= 8 else None
    return entry.number if entry else 1


def _is_lossless(data: bytes, kind: str) -> bool:
    return kind in ("GIF", "PNG", "TIFF") or (kind == "WEBP" and any(p.name == b"VP8L" for p in segments.riff(data)))


def _plain_mode(image: Image.Image) -> Image.Image:
    """The picture as L, RGB, RGBA or CMYK, whichever it is nearest to."""
    if image.mode in ("L", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode in ("LA", "La", "PA", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _eight_bits(image)
    if image.mode == "LAB":
        return profiles.lab_to_srgb(image)
    return image.convert("L" if image.mode == "1" else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    deep = image.convert("I") if image.mode.startswith("I;16") else image
    low, high = (float(bound) for bound in deep.getextrema())  # type: ignore[arg-type]  # one band gives two numbers
    if not math.isfinite(low) or not math.isfinite(high):
        raise Unusable("damaged")
    if image.mode != "F" and low >= 0 and high <= 65535:
        low, high = 0.0, 65280.0
    scale = 255 / (high - low) if high > low else 1.0
    return deep.point(lambda value: value * scale - low * scale).convert("L")


def _in_srgb(image: Image.Image, info: dict[str | tuple[int, int], object], changes: list[Change]) -> Image.Image:
    """The picture in sRGB by the profile, primaries or EXIF colour space it carries; without any it is taken as sRGB."""
    profile, name = _profile(info)
    converted = profiles.to_srgb(image, profile) if profile else None
    if converted is not None:
        if "srgb" not in name.lower():
            changes.append({"kind": "colours", "profile": name[:80]})
        return _grey_if_grey(image, converted)
    if profile:
        changes.append({"kind": "profile_unusable"})
    return image.convert("RGB") if image.mode == "CMYK" else image


def _grey_if_grey(image: Image.Image, converted: Image.Image) -> Image.Image:
    return converted.getchannel("G") if image.mode == "L" else converted


def _profile(info: dict[str | tuple[int, int], object]) -> tuple[bytes, str]:
    """The bytes of the colour profile to convert from and its name; empty when the picture is sRGB or does not say."""
    carried = info.get("icc_profile")
    if isinstance(carried, bytes) and carried:
        return carried, profiles.name_of(carried) or _("its own profile")
    gamma, points = info.get("gamma"), info.get("chromaticity")
    if isinstance(gamma, float) and gamma > 0.05 and "srgb" not in info:
        places = tuple(zip(points[::2], points[1::2], strict=True)) if isinstance(points, tuple) else profiles.SRGB_POINTS
        if abs(gamma - 0.45455) > 0.005 or not _are_near(places, profiles.SRGB_POINTS):
            return _of_points(places, 1 / gamma), _("the primaries it names")
    exif = info.get("exif")
    if isinstance(exif, bytes) and _is_adobe_rgb(exif.removeprefix(b"Exif\0\0")):
        return profiles.of_points(profiles.ADOBE_RGB_POINTS, profiles.ADOBE_RGB_GAMMA), "Adobe RGB"
    return b"", ""


def _of_points(places: tuple[profiles.Point, ...], gamma: float) -> bytes:
    try:
        white, red, green, blue = places
        return profiles.of_points((white, red, green, blue), gamma)
    except (ValueError, ZeroDivisionError, struct.error):
        return b"-"


def _are_near(points: tuple[profiles.Point, ...], others: tuple[profiles.Point, ...]) -> bool:
    pairs = zip(points, others, strict=True)
    return all(abs(x - other_x) < 0.003 and abs(y - other_y) < 0.003 for (x, y), (other_x, other_y) in pairs)


def _is_adobe_rgb(exif: bytes) -> bool:
    """Whether a camera says so the way cameras do: colour space uncalibrated, interoperability R03."""
    camera = directories.below(exif, directories.read(exif, directories.first_at(exif)), directories.EXIF)
    space = camera.entries.get(0xA001)
    interoperability = directories.below(exif, camera, directories.INTEROPERABILITY).entries.get(1)
    says_adobe = interoperability is not None and interoperability.text == "R03"
    return says_adobe and space is not None and space.number != 1


# --- writing -------------------------------------------------------------------------------------------------------


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
                changes.append(_smaller(first, small.size))
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
                changes.append(_smaller(first, size))
            if quality != 88:
                changes.append({"kind": "quality", "quality": quality})
            return Rendition(content, "image/jpeg", *size, changes=changes)
        size = _at_most(size, round(max(size) * 0.8))
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


# --- an animation --------------------------------------------------------------------------------------------------


def _moving(opened: Image.Image, kind: str) -> Rendition:
    """An animation, every frame written anew: GIF and PNG stay what they are, WebP and AVIF become WebP."""
    first, (width, height) = opened.size, _at_most(opened.size, LONGEST_SIDE)
    count = getattr(opened, "n_frames", 1)
    if (share := math.sqrt(_MOST_PIXELS_HELD / (width * height * count))) < 1:
        width, height = max(1, round(width * share)), max(1, round(height * share))
    for _attempt in range(3):
        changes: list[Change] = []
        frames, times = _frames(opened, (width, height), changes)
        content = _animation(frames, times, kind, opened.info.get("loop"))
        if len(content) <= LARGEST_RENDITION:
            if frames[0].size not in (first, first[::-1]):
                changes.append(_smaller(first, (width, height)))
            mime = f"image/{'webp' if kind == 'AVIF' else kind.lower()}"
            return _told(Rendition(content, mime, *frames[0].size, len(frames), changes), kind)
        share = math.sqrt(LARGEST_RENDITION / len(content)) * 0.9
        width, height = round(width * share), round(height * share)
        if share < 0.3 or min(width, height) < 120:
            break
    raise Unusable("cannot_fit", limit=LARGEST_RENDITION)


def _frames(opened: Image.Image, size: tuple[int, int], changes: list[Change]) -> tuple[list[Image.Image], list[int]]:
    """All frames at that size, upright and in sRGB, and for how many milliseconds each is shown."""
    frames, times = [], []
    for index in range(getattr(opened, "n_frames", 1)):
        opened.seek(index)
        opened.load()
        times.append(max(0, round(float(opened.info.get("duration") or 100))))
        told: list[Change] = []
        image = _plain_mode(opened)
        if image.size != size:
            image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        image = _in_srgb(image, dict(opened.info), told)
        if (orientation := _orientation(opened)) in _UPRIGHT:
            image = image.transpose(_UPRIGHT[orientation])
            told.append({"kind": "upright"})
        frames.append(image.copy())
        frames[-1].info.clear()
        changes.extend(change for change in told if change not in changes)
    return frames, times


def _animation(frames: list[Image.Image], times: list[int], kind: str, loop: object) -> bytes:
    out = io.BytesIO()
    turns = {"loop": loop} if isinstance(loop, int) and 0 <= loop < 65536 else {}
    if kind == "GIF":
        _save_gif(frames, times, turns, out)
    elif kind == "PNG":
        whole = list(_same_mode(frames))
        whole[0].save(out, "PNG", save_all=True, append_images=whole[1:], duration=times, **({"loop": 0} | turns))
    else:
        rest, options = frames[1:], {"loop": 0} | turns
        frames[0].save(out, "WEBP", save_all=True, append_images=rest, duration=times, quality=85, method=2, **options)
    return out.getvalue()


def _same_mode(frames: list[Image.Image]) -> Iterator[Image.Image]:
    has_alpha = any(frame.mode == "RGBA" for frame in frames)
    return (frame.convert("RGBA" if has_alpha else "RGB") for frame in frames)


def _save_gif(frames: list[Image.Image], times: list[int], turns: dict[str, int], out: io.BytesIO) -> None:
    """Frames of at most 255 colours keep exactly those. The last index stands for what is transparent."""
    is_clear = any(frame.mode == "RGBA" and frame.getchannel("A").getextrema() != (255, 255) for frame in frames)
    options: dict[str, int] = {"transparency": 255, "disposal": 2} if is_clear else {"disposal": 1}
    indexed = [_indexed(frame) for frame in frames]
    indexed[0].save(out, "GIF", save_all=True, append_images=indexed[1:], duration=times, optimize=False, **options, **turns)


def _indexed(frame: Image.Image) -> Image.Image:
    colours = frame.convert("RGB")
    few = colours.getcolors(255)
    if few is not None:
        palette = Image.new("P", (1, 1))
        palette.putpalette([part for _count, colour in few for part in colour])  # type: ignore[union-attr]  # RGB
        indexed = colours.quantize(palette=palette, dither=Image.Dither.NONE)
    else:
        indexed = colours.quantize(255, Image.Quantize.MEDIANCUT)
    if frame.mode == "RGBA":
        indexed.paste(255, mask=frame.getchannel("A").point(lambda alpha: 255 if alpha < 128 else 0))
    indexed.info = {}
    return indexed

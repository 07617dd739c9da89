"""Colour profiles: reading the one a picture carries, and building one where a picture only names its primaries."""
from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms

type Point = tuple[float, float]
type Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]

_BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
_D50 = (0.9642, 1.0, 0.8249)
_RELATIVE = ImageCms.Intent.RELATIVE_COLORIMETRIC
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
SRGB_POINTS: tuple[Point, Point, Point, Point] = ((0.3127, 0.329), (0.64, 0.33), (0.3, 0.6), (0.15, 0.06))
ADOBE_RGB_POINTS: tuple[Point, Point, Point, Point] = ((0.3127, 0.329), (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
ADOBE_RGB_GAMMA = 563 / 256


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture in sRGB; None when the profile cannot be used for it (broken, or made for other kinds of pictures)."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, given, SRGB, renderingIntent=_RELATIVE, outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return None


def lab_to_srgb(image: Image.Image) -> Image.Image:
    """A picture in CIE Lab, in sRGB."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    converted = ImageCms.profileToProfile(image, lab, SRGB, renderingIntent=_RELATIVE, outputMode="RGB")
    assert converted is not None  # it is None only when it converts in place
    return converted


def name_of(profile: bytes) -> str:
    """What a profile calls itself; empty when it does not say."""
    try:
        return str(ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))).strip()
    except (ImageCms.PyCMSError, OSError):
        return ""


def of_points(points: tuple[Point, Point, Point, Point], gamma: float) -> bytes:
    """An ICC profile (version 2, matrix and curve) for a white point, the three primaries (CIE x, y) and a gamma."""
    colours = _columns(points)
    curve = struct.pack(">4sIIH", b"curv", 0, 1, round(gamma * 256)) + b"\0\0"
    name = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"-\0" + b"\0" * 78
    tags = [(b"desc", name), (b"wtpt", _xyz(_D50)), (b"cprt", b"text\0\0\0\0-\0\0\0")]
    tags += [(tag, _xyz(colour)) for tag, colour in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colours, strict=True)]
    tags += [(tag, curve) for tag in (b"rTRC", b"gTRC", b"bTRC")]
    table, body, place = b"", b"", 132 + 12 * len(tags)
    for tag, content in tags:
        table += struct.pack(">4sII", tag, place + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s", place + len(body), b"\0\0\0\0", 0x02200000, b"mntr", b"RGB ", b"XYZ ")
    header += b"\0" * 12 + b"acsp" + b"\0" * 28 + struct.pack(">iii", *(round(part * 65536) for part in _D50))
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _xyz(colour: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(part * 65536) for part in colour))


def _columns(points: tuple[Point, Point, Point, Point]) -> list[tuple[float, float, float]]:
    """Red, green and blue as XYZ under D50, so that together they make white."""
    white, *primaries = [(x / y, 1.0, (1 - x - y) / y) for x, y in points]
    as_columns: Matrix = tuple(zip(*primaries, strict=True))  # type: ignore[assignment]  # three of three
    shares = _times(_inverse(as_columns), white)
    there = tuple(_times(_BRADFORD, _D50)[row] / _times(_BRADFORD, white)[row] for row in range(3))
    adapted = []
    for colour, share in zip(primaries, shares, strict=True):
        cone = _times(_BRADFORD, (colour[0] * share, colour[1] * share, colour[2] * share))
        adapted.append(_times(_inverse(_BRADFORD), (cone[0] * there[0], cone[1] * there[1], cone[2] * there[2])))
    return adapted


def _times(matrix: Matrix, vector: tuple[float, float, float]) -> tuple[float, float, float]:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def _inverse(m: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = m
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / whole, (c * h - b * i) / whole, (b * f - c * e) / whole),
        ((f * g - d * i) / whole, (a * i - c * g) / whole, (c * d - a * f) / whole),
        ((d * h - e * g) / whole, (b * g - a * h) / whole, (a * e - b * d) / whole),
    )

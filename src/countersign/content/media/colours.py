"""The colours of a picture: in one of four plain kinds, and in sRGB by whatever it says of itself. Plain Python, for the sandbox."""
from __future__ import annotations

import math
import struct

from PIL import Image

from countersign.base.words import _
from countersign.content.media import directories, profiles
from countersign.content.media.problems import Unusable
from countersign.content.media.telling import Change


def plain(image: Image.Image) -> Image.Image:
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


def in_srgb(image: Image.Image, info: dict[str | tuple[int, int], object], changes: list[Change]) -> Image.Image:
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

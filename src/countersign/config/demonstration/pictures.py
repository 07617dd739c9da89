"""A drawn photograph for the demonstration: bottles on a shelf, with everything in it that a phone would put there."""
from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFilter

_LEUVEN = ((50.0, 52.0, 45.6), (4.0, 42.0, 3.2))  # degrees, minutes, seconds
_GPS, _EXIF = 0x8825, 0x8769


def photo(*, width: int = 1600, height: int = 1067) -> bytes:
    """A JPEG with place, camera, author and time in its EXIF data."""
    image = _scene(width, height)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Fairphone", "FP5"
    exif[0x013B], exif[0x0131] = "Ann Maes", "Camera 4.2"
    exif.get_ifd(_EXIF)[0x9003] = "2026:11:20 08:14:05"
    gps = exif.get_ifd(_GPS)
    gps[1], gps[2], gps[3], gps[4] = "N", _LEUVEN[0], "E", _LEUVEN[1]
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def _scene(width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        share = y / height
        draw.line([(0, y), (width, y)], fill=(int(236 - 46 * share), int(222 - 60 * share), int(196 - 84 * share)))
    window = (int(width * 0.06), int(height * 0.1), int(width * 0.32), int(height * 0.56))
    draw.rectangle(window, fill=(198, 222, 233), outline=(250, 247, 240), width=width // 90)
    draw.line([((window[0] + window[2]) // 2, window[1]), ((window[0] + window[2]) // 2, window[3])], (250, 247, 240), width // 110)
    shelf = int(height * 0.72)
    draw.rectangle((0, shelf, width, shelf + height // 40), fill=(120, 78, 46))
    draw.rectangle((0, shelf + height // 40, width, height), fill=(96, 62, 38))
    for place, colour in enumerate([(92, 56, 24), (60, 84, 50), (122, 70, 26), (92, 56, 24), (60, 84, 50)]):
        _bottle(draw, int(width * (0.40 + 0.115 * place)), shelf, height * 0.42, colour)
    return image.filter(ImageFilter.GaussianBlur(0.8))


def _bottle(draw: ImageDraw.ImageDraw, x: int, base: int, tall: float, colour: tuple[int, int, int]) -> None:
    half, neck = tall * 0.125, tall * 0.045
    draw.rounded_rectangle((x - half, base - tall * 0.64, x + half, base), radius=half * 0.5, fill=colour)
    draw.polygon(
        [(x - half, base - tall * 0.58), (x - neck, base - tall * 0.78), (x + neck, base - tall * 0.78), (x + half, base - tall * 0.58)],
        fill=colour,
    )
    draw.rectangle((x - neck, base - tall * 0.97, x + neck, base - tall * 0.74), fill=colour)
    draw.rectangle((x - neck * 1.25, base - tall, x + neck * 1.25, base - tall * 0.955), fill=(196, 160, 62))
    draw.rectangle((x - half * 0.92, base - tall * 0.46, x + half * 0.92, base - tall * 0.16), fill=(244, 238, 222))
    draw.ellipse((x - half * 0.45, base - tall * 0.41, x + half * 0.45, base - tall * 0.21), fill=(46, 110, 74))

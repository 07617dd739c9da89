"""Which way up a picture was taken, and how it is turned. Plain Python, for the sandbox."""
from __future__ import annotations

from PIL import Image

from countersign.content.media import directories

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def of(image: Image.Image) -> int:
    """EXIF's orientation, 1 to 8; Pillow has already turned a TIFF."""
    raw = image.info.get("exif", b"") if image.format != "TIFF" else b""
    exif = raw.removeprefix(b"Exif\0\0")
    entry = directories.read(exif, directories.first_at(exif)).entries.get(0x0112) if len(exif) >= 8 else None
    return entry.number if entry else 1

"""What of a file a decoder gets to see: what it needs to draw, and nothing besides. Plain Python, for the sandbox."""
from __future__ import annotations

import zlib

from PIL import PngImagePlugin

from countersign.content.media import segments

_JPEG_PARTS = {0xDB, 0xC4, 0xDD, segments.SCAN}  # tables, restart interval, scans; the frame itself is added below
_PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"gAMA", b"cHRM", b"sRGB", b"eXIf", b"acTL", b"fcTL", b"fdAT", b"IEND"}


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

"""The checker names whatever is not picture, wherever it is hidden, in files that were clean before."""
from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, PngImagePlugin

from countersign.content.media import leaks
from tests.media.planting import chunk, inserted, scene, segment, with_chunks, written

JPEG = written(scene(), "JPEG", quality=88)
PNG = written(scene(60, 40), "PNG")
FRAMES = [scene(60, 40, seed) for seed in (1, 2)]
APNG = written(FRAMES[0], "PNG", save_all=True, append_images=FRAMES[1:])
WEBP = written(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:])
GIF = written(FRAMES[0], "GIF", save_all=True, append_images=FRAMES[1:], loop=0)
CLEAN = {"JPEG": JPEG, "progressive JPEG": written(scene(), "JPEG", progressive=True), "PNG": PNG, "animated PNG": APNG, "WebP": WEBP, "GIF": GIF}


def lengthened(data: bytes, marker: int) -> bytes:
    """A JPEG segment made longer by bytes that no decoder reads."""
    at = data.index(bytes([0xFF, marker]))
    (length,) = struct.unpack_from(">H", data, at + 2)
    return data[: at + 2] + struct.pack(">H", length + 4) + data[at + 4 : at + 2 + length] + b"LEAK" + data[at + 2 + length :]


def png_with_pixels(change: Callable[[bytes], bytes]) -> bytes:
    at = PNG.index(b"IDAT") - 4
    (length,) = struct.unpack_from(">I", PNG, at)
    return PNG[:at] + chunk(b"IDAT", change(PNG[at + 8 : at + 8 + length])) + PNG[at + 12 + length :]


def riff_with(piece: bytes) -> bytes:
    whole = WEBP + piece
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


LEAKING = {
    "bytes behind a JPEG": JPEG + b"x",
    "a second JPEG": JPEG + JPEG,
    "EXIF": inserted(JPEG, segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0")),
    "an application segment": inserted(JPEG, segment(0xE9, b"LEAK")),
    "a comment": inserted(JPEG, segment(0xFE, b"LEAK")),
    "an ICC profile": written(scene(), "JPEG", icc_profile=b"profile" * 30),
    "a JFIF thumbnail": JPEG[:4] + struct.pack(">H", 19) + JPEG[6:18] + b"\1\1abc" + JPEG[20:],
    "a JFIF extension": inserted(JPEG, segment(0xE0, b"JFXX\0\x10abc")),
    "bytes in a quantisation table": lengthened(JPEG, 0xDB),
    "bytes in a Huffman table": lengthened(JPEG, 0xC4),
    "bytes in a frame header": lengthened(JPEG, 0xC0),
    "bytes in a scan header": lengthened(JPEG, 0xDA),
    "a text chunk": written(scene(60, 40), "PNG", pnginfo=(lambda info: (info.add_text("Author", "LEAK"), info)[1])(PngImagePlugin.PngInfo())),
    "a private chunk": with_chunks(PNG, chunk(b"prVt", b"LEAK")),
    "a time chunk": with_chunks(PNG, chunk(b"tIME", b"\x07\xea\3\4\5\6\7")),
    "bytes behind a PNG": PNG + b"x",
    "bytes behind the packed pixels": png_with_pixels(lambda packed: packed + b"LEAK"),
    "more pixels than the picture has": png_with_pixels(lambda packed: zlib.compress(zlib.decompress(packed) + b"LEAK")),
    "fewer pixels than the picture has": png_with_pixels(lambda packed: zlib.compress(zlib.decompress(packed)[:-1])),
    "bytes in the end of a PNG": PNG[:-12] + chunk(b"IEND", b"LEAK"),
    "a wrong checksum": PNG[:-1] + b"\0",
    "a WebP chunk of its own": riff_with(b"LEKX\4\0\0\0LEAK"),
    "EXIF in a WebP": written(scene(60, 40), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0", save_all=True, append_images=FRAMES),
    "XMP in a WebP": written(scene(60, 40), "WEBP", xmp=b"<leak/>", save_all=True, append_images=FRAMES),
    "bytes behind a WebP": WEBP + b"x",
    "a filling byte that says something": riff_with(b"ALPH\1\0\0\0xL"),
    "a GIF comment": written(FRAMES[0], "GIF", comment=b"LEAK"),
    "a GIF extension": GIF[:-1] + b"\x21\xff\x0bLEAKAPP1.00\4LEAK\0;",
    "a longer loop extension": GIF.replace(b"NETSCAPE2.0\3\1\0\0\0", b"NETSCAPE2.0\3\1\0\0\4LEAK\0"),
    "bytes behind a GIF": GIF + b"x",
    "a TIFF": written(scene(60, 40), "TIFF"),
    "an AVIF": written(scene(60, 40), "AVIF"),
    "nothing": b"",
    "half a JPEG": JPEG[:900],
    "half a PNG": PNG[:900],
}  # fmt: skip


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_picture_passes(name: str) -> None:
    assert leaks.require_none(CLEAN[name]).width in (320, 60)


@pytest.mark.parametrize("name", LEAKING)
def test_what_is_not_picture_is_found(name: str) -> None:
    assert LEAKING[name] not in CLEAN.values()
    with pytest.raises(leaks.Leak):
        leaks.require_none(LEAKING[name])


@pytest.mark.parametrize("name", CLEAN)
def test_a_word_put_between_any_two_pieces_is_found(name: str) -> None:
    data = CLEAN[name]
    ends = () if "JPEG" in name else (len(data) - 12, len(data) - 2)  # inside a scan everything is picture
    for at in (2, 8, 12, 20, 33, *ends, len(data) - 1, len(data)):
        with pytest.raises(leaks.Leak):
            leaks.require_none(data[:at] + b"LEAK" + data[at:])


def test_it_says_what_the_picture_is() -> None:
    assert leaks.require_none(APNG) == leaks.Seen("image/png", 60, 40, 2)
    assert leaks.require_none(written(Image.new("1", (17, 5)), "PNG")) == leaks.Seen("image/png", 17, 5, 1)

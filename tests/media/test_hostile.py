"""Files made to harm: each gets its sentence, or is cleaned; the next picture is cleaned as if nothing had been."""
from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from countersign.base.errors import Invalid
from countersign.content.media.problems import LARGEST_FILE
from countersign.content.media.sandbox import Sandbox
from tests.media.planting import chunk, inserted, scene, segment, with_chunks, written

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(width: int, height: int, depth: int, kind: int, rows: int) -> bytes:
    bits = depth * {0: 1, 2: 3, 6: 4}[kind]
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width * bits + 7) // 8) if rows else b""
    pixels = b"".join(packer.compress(row) for _row in range(rows)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    return SIGNATURE + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(written(Image.new("L", (8, 8)), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_of_scans(count: int) -> bytes:
    data = written(Image.new("L", (4096, 4096)), "JPEG", progressive=True, quality=10)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * count + b"\xff\xd9"


def gif_of(frames: int, width: int, height: int) -> bytes:
    two = [Image.new("L", (width, height), 200 * index) for index in range(2)]
    data = written(two[0], "GIF", save_all=True, append_images=two[1:], duration=100)
    start = data.index(b"\x21\xf9")
    second = data.index(b"\x21\xf9", start + 4)
    return data[:start] + (data[start:second] + data[second:-1]) * (frames // 2) + b";"


def tiff(width: int, height: int, after: int = 0) -> bytes:
    pixels = zlib.compress(b"\0" * 1000)
    entries = [(256, 4, width), (257, 4, height), (258, 3, 8 << 16), (259, 3, 8 << 16), (262, 3, 1 << 16), (273, 4, 110), (278, 4, height), (279, 4, len(pixels))]
    body = b"".join(struct.pack(">HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + body + struct.pack(">I", after) + pixels


def avif_claiming(width: int, height: int) -> bytes:
    data = bytearray(written(scene(), "AVIF"))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", width, height)
    return bytes(data)


def animated_webp_claiming(frames: int) -> bytes:
    data = written(scene(64, 64), "WEBP", save_all=True, append_images=[scene(64, 64, 2)])
    start = data.index(b"ANMF")
    frame = data[start : start + 8 + struct.unpack_from("<I", data, start + 4)[0]]
    whole = data[:start] + frame * frames
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


GOOD = written(scene(), "JPEG")
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "too large a file": (lambda: GOOD + b"\0" * LARGEST_FILE, "may have at most"),
    "a PDF": (lambda: b"%PDF-1.7\n", "a PDF document"),
    "a PHP program called a picture": (lambda: b"<?php system($_GET['c']);?>", "a program"),
    "an SVG that reads files": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "an SVG drawing"),
    "a web page": (lambda: b"<html><script>alert(1)</script></html>", "a web page"),
    "a ZIP": (lambda: b"PK\3\4" + b"\0" * 100, "a ZIP archive"),
    "a film": (lambda: b"\0\0\0\x14ftypisom\0\0\0\0isom", "a video"),
    "a HEIC photo": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(x) (w) file\n", "PostScript"),
    "a drawing script": (lambda: b"push graphic-context\nfill 'url(https://127.0.0.1/x.jpg\"|id\")'\n", "not a picture"),
    "noise called a JPEG": (lambda: b"\xff\xd8\xff\xe0" + bytes(i * 7919 % 256 for i in range(5000)), "damaged|too early"),
    "half a JPEG": (lambda: GOOD[: len(GOOD) // 2], "too early"),
    "the first bytes of a JPEG": (lambda: GOOD[:30], "too early"),
    "half a PNG": (lambda: written(scene(), "PNG")[:9000], "too early|damaged"),
    "half a WebP": (lambda: written(scene(), "WEBP")[:3000], "too early|damaged"),
    "half a GIF": (lambda: written(scene(), "GIF")[:5000], "too early|damaged"),
    "half an AVIF": (lambda: written(scene(), "AVIF")[:600], "too early|damaged"),
    "half a TIFF": (lambda: written(scene(), "TIFF")[:9000], "too early|damaged"),
    "a PNG of 60,000 × 60,000 in one bit": (lambda: png(60000, 60000, 1, 0, 600), "60000 × 60000"),
    "a PNG of 12,000 × 12,000": (lambda: png(12000, 12000, 16, 6, 120), "12000 × 12000"),
    "a PNG claiming two thousand million": (lambda: png(2**31 - 1, 2**31 - 1, 8, 0, 0), "2147483647"),
    "a PNG of no width": (lambda: png(0, 10, 8, 2, 10), "damaged"),
    "a JPEG claiming 65,500 × 65,500": (lambda: jpeg_claiming(65500, 65500), "65500 × 65500"),
    "a JPEG of 5,000 scans": (lambda: jpeg_of_scans(5000), "built to stall"),
    "a JPEG of two frames": (lambda: inserted(GOOD, segment(0xC0, b"\x08\x00\x10\x00\x10\x01\x01\x11\x00")), "damaged"),
    "a GIF of 6,000 frames": (lambda: gif_of(6000, 200, 200), "301 frames"),
    "a GIF of a thousand million pixels": (lambda: gif_of(300, 2000, 2000), "1200000000 pixels"),
    "a WebP of 400 frames": (lambda: animated_webp_claiming(400), "400 frames"),
    "an AVIF claiming 60,000 × 60,000": (lambda: avif_claiming(60000, 60000), "60000 × 60000"),
    "a TIFF of 100,000 × 100,000": (lambda: tiff(100000, 100000), "100000 × 100000"),
    "a TIFF that holds less than it claims": (lambda: tiff(4000, 4000), "damaged|too early"),
    "a TIFF of nothing": (lambda: b"MM\0*\0\0\0\x08\0\0", "too early"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_with_its_sentence_and_the_worker_lives(name: str, sandbox: Sandbox) -> None:
    make, sentence = HOSTILE[name]
    data = make()
    started = time.monotonic()
    with pytest.raises(Invalid, match=sentence) as refused:
        sandbox.clean(data)
    assert time.monotonic() - started < 80
    assert refused.value.remedy
    assert refused.value.field == "picture"
    assert sandbox.clean(GOOD).mime == "image/jpeg"


def packed(length: int) -> bytes:
    return zlib.compress(b"A" * length, 9)


CLEANED: dict[str, Callable[[], bytes]] = {
    "a text that unpacks to 200 MB": lambda: with_chunks(written(scene(), "PNG"), chunk(b"zTXt", b"Comment\0\0" + packed(200_000_000))),
    "a profile that unpacks to 200 MB": lambda: with_chunks(written(scene(), "PNG"), chunk(b"iCCP", b"x\0\0" + packed(200_000_000))),
    "a web page in a comment": lambda: inserted(GOOD, segment(0xFE, b"<html><script>alert(1)</script></html>")),
    "an archive behind the picture": lambda: GOOD + archive(),
    "a script in a GIF": lambda: written(scene(), "GIF", comment="*/=1;alert(1)//") + b"*/=1;alert(1)",
    "a program behind a PNG": lambda: written(scene(), "PNG") + b"<?php system($_GET['c']);?>",
    "a TIFF directory that bites its tail": lambda: written(scene(), "TIFF")[:-4] + struct.pack("<I", 8),
    "EXIF of nonsense": lambda: inserted(GOOD, segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 200)),
    "EXIF that points to itself": lambda: inserted(GOOD, segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\2" + struct.pack(">HHII", 0x8769, 4, 1, 8) + struct.pack(">HHII", 0x8825, 4, 1, 8) + b"\0\0\0\x08")),
}


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("plan.txt", "x")
    return out.getvalue()


@pytest.mark.parametrize("name", CLEANED)
def test_it_comes_out_as_picture_and_nothing_else(name: str, sandbox: Sandbox) -> None:
    content = sandbox.clean(CLEANED[name]()).content
    assert not any(word in content for word in (b"script", b"alert(1)", b"<?php", b"PK\3\4", b"AAAAAAAAAA"))
    assert not zipfile.is_zipfile(io.BytesIO(content))
    assert Image.open(io.BytesIO(content)).size == (320, 210)


def test_a_jpeg_that_claims_more_than_it_holds_does_no_harm(sandbox: Sandbox) -> None:
    assert sandbox.clean(jpeg_claiming(6000, 6000)).width == 2048  # the decoder fills it with grey, as browsers do


def test_an_animation_larger_than_its_memory_is_made_smaller(sandbox: Sandbox) -> None:
    picture = sandbox.clean(gif_of(28, 1900, 1900))
    assert picture.frames == 28
    assert picture.width == picture.height < 1900


def test_a_picture_by_another_name_is_taken_for_what_it_is(sandbox: Sandbox) -> None:
    assert sandbox.clean(written(scene(), "WEBP", quality=80)).original_format == "WEBP"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_a_flipped_byte_anywhere_is_cleaned_or_refused(kind: str, sandbox: Sandbox) -> None:
    data, broke_down = written(scene(80, 60), kind), 0
    for at in range(4, len(data), max(1, len(data) // 60)):
        broken = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        try:
            sandbox.clean(broken)
        except Invalid as refused:
            broke_down += "broke down" in refused.what
    assert sandbox.clean(GOOD)
    assert broke_down == 0

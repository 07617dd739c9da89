"""Whether a written picture holds anything but picture: an independent reading of its raw bytes. Plain Python.

It shares no code with what writes the picture, knows only what is allowed, and names everything else. It runs
outside the sandbox, over what the sandbox gave back, so that a broken sandbox cannot pass a file off as clean.
"""
from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

_SIGNS = {
    b"Exif\0\0": "EXIF",
    b"http://ns.adobe.com/": "XMP",
    b"<x:xmpmeta": "XMP",
    b"<?xpacket": "XMP",
    b"Photoshop 3.0\0": "IPTC",
    b"ICC_PROFILE\0": "ICC profile",
    b"GPSLatitude": "place",
}


class Leak(Exception):
    """Something that is not picture is in the file; the message names it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the file is by its own bytes."""

    mime: str
    width: int
    height: int
    frames: int


def require_none(content: bytes) -> Seen:
    """Raise Leak unless every byte of the file is needed to draw it; say what it is."""
    for sign, name in _SIGNS.items():
        if sign in content:
            raise Leak(name)
    try:
        if content[:2] == b"\xff\xd8":
            return _jpeg(content)
        if content[:8] == b"\x89PNG\r\n\x1a\n":
            return _png(content)
        if content[:4] == b"RIFF":
            return _webp(content)
        if content[:6] in (b"GIF87a", b"GIF89a"):
            return _gif(content)
    except (struct.error, IndexError, zlib.error) as error:
        raise Leak("a broken structure") from error
    raise Leak("another format")


def _require(holds: bool, name: str) -> None:
    if not holds:
        raise Leak(name)


# --- JPEG ----------------------------------------------------------------------------------------------------------


def _jpeg(content: bytes) -> Seen:
    """A bare JFIF header without thumbnail, tables, one frame, scans, and the end exactly at the end of the file."""
    at, size, scans = 2, (0, 0), 0
    while True:
        _require(content[at] == 0xFF, "bytes between segments")
        marker = content[at + 1]
        if marker == 0xD9:
            _require(at + 2 == len(content), "bytes after the end")
            _require(scans > 0, "a broken structure")
            return Seen("image/jpeg", *size, 1)
        (length,) = struct.unpack_from(">H", content, at + 2)
        body = content[at + 4 : at + 2 + length]
        _require(length >= 2 and len(body) == length - 2, "a broken structure")
        if marker == 0xE0:
            _require(at == 2 and length == 16 and body[:5] == b"JFIF\0" and body[12:] == b"\0\0", "a JFIF thumbnail")
        elif 0xE1 <= marker <= 0xEF:
            raise Leak(f"application segment {marker - 0xE0}")
        elif marker == 0xFE:
            raise Leak("a comment")
        elif marker in (0xC0, 0xC1, 0xC2):
            _require(size == (0, 0) and length == 8 + 3 * body[5], "a second picture")
            size = int.from_bytes(body[3:5]), int.from_bytes(body[1:3])
        elif marker == 0xDA:
            _require(length == 6 + 2 * body[0], "bytes in a scan header")
            scans += 1
        else:
            _require_table(marker, body)
        at += 2 + length
        if marker == 0xDA:
            at = _after_scan(content, at)


_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7]")


def _after_scan(content: bytes, at: int) -> int:
    found = _MARKER.search(content, at)
    if found is None:
        raise Leak("a broken structure")
    return found.start()


def _require_table(marker: int, body: bytes) -> None:
    """Quantisation tables, Huffman tables and restart intervals are exactly as long as they say."""
    at = 0
    if marker == 0xDB:
        while at < len(body):
            at += 129 if body[at] >> 4 else 65
    elif marker == 0xC4:
        while at < len(body):
            at += 17 + sum(body[at + 1 : at + 17])
    elif marker == 0xDD:
        at = 2
    else:
        raise Leak(f"segment {marker:02X}")
    _require(at == len(body), "bytes after a table")


# --- PNG -----------------------------------------------------------------------------------------------------------

_PNG_ORDER = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def _png(content: bytes) -> Seen:
    """Only chunks that draw, each with its right checksum, whose pixels unpack to exactly the size of the picture."""
    at, header, streams, sizes, frames = 8, b"", [b""], [(0, 0)], 0
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + length]
        _require(name in _PNG_ORDER, f"chunk {name.decode('ascii', 'replace')}")
        (checksum,) = struct.unpack_from(">I", content, at + 8 + length)
        _require(checksum == zlib.crc32(name + body), "a wrong checksum")
        at += 12 + length
        if name == b"IHDR":
            _require(length == 13 and not header, "a second picture")
            header, sizes[0] = body, struct.unpack_from(">II", body)
        elif name == b"IDAT":
            streams[0] += body
        elif name == b"acTL":
            _require(length == 8, "bytes in a chunk")
        elif name == b"fcTL":
            _require(length == 26, "bytes in a chunk")
            frames += 1
            if frames > 1 or streams[0]:
                streams.append(b"")
                sizes.append(struct.unpack_from(">II", body, 4))
        elif name == b"fdAT":
            streams[-1] += body[4:]
        elif name == b"IEND":
            _require(length == 0 and at == len(content), "bytes after the end")
            break
    depth, kind = header[8], header[9]
    _require(header[12] == 0, "interlacing")
    for stream, (width, height) in zip(streams, sizes, strict=True):
        _require_pixels(stream, height * (1 + (width * depth * _CHANNELS.get(kind, 0) + 7) // 8))
    width, height = struct.unpack_from(">II", header)
    return Seen("image/png", width, height, max(1, frames))


def _require_pixels(stream: bytes, expected: int) -> None:
    opener = zlib.decompressobj()
    unpacked = len(opener.decompress(stream, expected + 1))
    _require(unpacked == expected and opener.eof and not opener.unused_data, "bytes behind the pixels")


# --- WebP ----------------------------------------------------------------------------------------------------------

_WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}


def _webp(content: bytes) -> Seen:
    """Only chunks that draw; the flags for ICC, EXIF and XMP not set; nothing behind the container."""
    name, length, kind = struct.unpack_from("<4sI4s", content)
    _require(kind == b"WEBP" and length + 8 == len(content), "bytes after the end")
    size, frames, at = (0, 0), 0, 12
    while at < len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + length]
        _require(name in _WEBP_CHUNKS and len(body) == length, f"chunk {name.decode('ascii', 'replace')}")
        if name == b"VP8X":
            _require(length == 10 and not body[0] & 0b101100, "a profile, EXIF or XMP")
            size = 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
        elif name == b"ANIM":
            _require(length == 6, "bytes in a chunk")
        elif name == b"ANMF":
            frames += 1
            _require_frame(body)
        _require(length % 2 == 0 or content[at + 8 + length] == 0, "a filling byte")
        at += 8 + length + (length & 1)
    _require(at == len(content) and frames > 0, "a broken structure")
    return Seen("image/webp", *size, frames)


def _require_frame(body: bytes) -> None:
    at = 16
    while at < len(body):
        name, length = struct.unpack_from("<4sI", body, at)
        _require(name in {b"VP8 ", b"VP8L", b"ALPH"}, f"chunk {name.decode('ascii', 'replace')}")
        if name == b"VP8L":
            _require(body[at + 8] == 0x2F, "a broken structure")
        at += 8 + length + (length & 1)
    _require(at == len(body), "bytes behind a frame")


# --- GIF -----------------------------------------------------------------------------------------------------------


def _gif(content: bytes) -> Seen:
    """Frames, their controls and the loop count; no comment, no other extension, nothing behind the end."""
    width, height = struct.unpack_from("<HH", content, 6)
    at, frames = 13 + _table(content[10]), 0
    while content[at] != 0x3B:
        if content[at] == 0x2C:
            frames += 1
            at = _skip_blocks(content, at + 11 + _table(content[at + 9]))
        elif content[at : at + 3] == b"\x21\xf9\x04":
            at = _require_zero(content, at + 7)
        elif content[at : at + 16] == b"\x21\xff\x0bNETSCAPE2.0\x03\x01":
            at = _require_zero(content, at + 18)
        else:
            raise Leak("a comment" if content[at : at + 2] == b"\x21\xfe" else "an extension")
    _require(at + 1 == len(content), "bytes after the end")
    return Seen("image/gif", width, height, frames)


def _table(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _skip_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1


def _require_zero(content: bytes, at: int) -> int:
    _require(content[at] == 0, "bytes in an extension")
    return at + 1

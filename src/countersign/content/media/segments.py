"""The pieces that picture files are made of, found without decoding a pixel. Plain Python."""
from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from countersign.content.media.problems import MOST_FRAMES, MOST_SCANS, Unusable

SCAN = 0xDA
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_MOST_PIECES = 20_000


class Piece(NamedTuple):
    """A piece of a file: what it calls itself, where it starts and stops in the file, and what it carries."""

    name: bytes
    start: int
    stop: int
    content: bytes


@lru_cache(maxsize=1)  # the same file is asked about three times: is it sound, what draws it, what did it tell
def jpeg(data: bytes) -> tuple[list[Piece], int]:
    """The segments of the first picture in a JPEG (a scan with its coded data), and where that picture ends.

    The name is the marker's second byte. Refuses `too_many_scans`; a file that just stops gives what there is.
    """
    pieces: list[Piece] = []
    position, scans = 2, 0
    while (found := _NEXT_MARKER.search(data, position)) is not None:
        start, marker = found.end() - 2, data[found.end() - 1]
        if marker == 0xD9:
            return pieces, found.end()
        if marker in (0x01, 0xD8):
            position = found.end()
            continue
        if found.end() + 2 > len(data):
            break
        stop = found.end() + int(struct.unpack_from(">H", data, found.end())[0])
        content = data[found.end() + 2 : stop]
        if marker == SCAN:
            scans += 1
            if scans > MOST_SCANS:
                raise Unusable("too_many_scans", limit=MOST_SCANS)
            following = _NEXT_MARKER.search(data, stop)
            stop = following.start() if following else len(data)
        pieces.append(Piece(bytes([marker]), start, stop, content))
        if len(pieces) > _MOST_PIECES:
            raise Unusable("damaged")
        position = max(stop, found.end())
    return pieces, len(data)


def png(data: bytes) -> Iterator[Piece]:
    """The chunks of a PNG up to and with IEND."""
    position = 8
    while position + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        stop = position + 12 + length
        yield Piece(name, position, stop, data[position + 8 : position + 8 + length])
        if name == b"IEND":
            return
        position = stop


def riff(data: bytes) -> Iterator[Piece]:
    """The chunks of a WebP, frames opened up; what stands after the RIFF length is left out."""
    end = min(len(data), 8 + int(struct.unpack_from("<I", data, 4)[0]))
    yield from _riff_chunks(data, 12, end)


def _riff_chunks(data: bytes, position: int, end: int) -> Iterator[Piece]:
    while position + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, position)
        stop = position + 8 + length
        yield Piece(name, position, min(stop, end), data[position + 8 : min(stop, end)])
        if name == b"ANMF":
            yield from _riff_chunks(data, position + 24, min(stop, end))
        position = stop + (length & 1)


def gif(data: bytes) -> tuple[list[Piece], int]:
    """The blocks of a GIF (`,` a picture, `!` and its label an extension), and where it ends.

    Refuses `too_many_frames`. The content of an extension is its first sub-block and what follows, joined.
    """
    pieces: list[Piece] = []
    position = 13 + _colours(data, 10)
    frames = 0
    while position < len(data):
        start, kind = position, data[position : position + 1]
        if kind == b";":
            return pieces, position + 1
        if kind == b",":
            frames += 1
            if frames > MOST_FRAMES:
                raise Unusable("too_many_frames", frames=frames, limit=MOST_FRAMES)
            content, position = data[start + 1 : start + 10], start + 11 + _colours(data, start + 9)
            position = _sub_blocks(data, position)[1]
        elif kind == b"!":
            kind = data[position : position + 2]
            content, position = _sub_blocks(data, position + 2)
        else:
            break
        pieces.append(Piece(kind, start, position, content))
        if len(pieces) > _MOST_PIECES:
            raise Unusable("damaged")
    return pieces, len(data)


def _colours(data: bytes, at: int) -> int:
    if at >= len(data):
        raise Unusable("truncated")
    return 3 << (data[at] & 7) + 1 if data[at] & 0x80 else 0


def _sub_blocks(data: bytes, position: int) -> tuple[bytes, int]:
    parts = []
    while position < len(data) and data[position]:
        parts.append(data[position + 1 : position + 1 + data[position]])
        position += 1 + data[position]
    return b"".join(parts), position + 1


def boxes(data: bytes, position: int, end: int, opened: frozenset[bytes]) -> Iterator[Piece]:
    """The boxes of an ISO file such as AVIF, those named in `opened` opened up. `meta` has four bytes before its boxes."""
    end = min(end, len(data))
    while position + 8 <= end:
        length, name = struct.unpack_from(">I4s", data, position)
        head = 8
        if length == 1 and position + 16 <= end:
            (length,), head = struct.unpack_from(">Q", data, position + 8), 16
        stop = end if length == 0 else position + length
        if length and length < head:
            return
        yield Piece(name, position, min(stop, end), data[position + head : min(stop, end)])
        if name in opened:
            yield from boxes(data, position + head + (4 if name == b"meta" else 0), min(stop, end), opened)
        position = stop

"""TIFF directories: a TIFF picture is made of them, and EXIF is one. Plain Python, with limits on everything."""
from __future__ import annotations

import struct
from dataclasses import dataclass, field

_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_MOST_ENTRIES = 1_000
_LONGEST_VALUE = 1_000_000  # bytes

EXIF, GPS, INTEROPERABILITY = 0x8769, 0x8825, 0xA005


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a directory: its TIFF type, how many, and its bytes."""

    type: int
    count: int
    raw: bytes
    order: str  # `<` or `>`

    @property
    def text(self) -> str:
        """The value as a line of text."""
        if self.type in (1, 7) and self.raw[:8] in (b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", b"\0" * 8):
            return _line(self.raw[8:].decode("utf-16-be" if self.raw[:7] == b"UNICODE" else "utf-8", "replace"))
        return _line(self.raw.decode("utf-8", "replace"))

    @property
    def wide_text(self) -> str:
        """The value of one of Windows' own tags, which are UTF-16."""
        return _line(self.raw.decode("utf-16-le", "replace"))

    @property
    def numbers(self) -> list[float]:
        """The value as numbers; a fraction over nought counts as nought."""
        if self.type in (5, 10):
            parts = struct.unpack(f"{self.order}{len(self.raw) // 8 * 2}{'I' if self.type == 5 else 'i'}", self.raw)
            return [top / below if below else 0.0 for top, below in zip(parts[::2], parts[1::2], strict=True)]
        letter = {1: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}.get(self.type)
        width = _WIDTHS.get(self.type, 1)
        return list(struct.unpack(f"{self.order}{len(self.raw) // width}{letter}", self.raw)) if letter else []

    @property
    def number(self) -> int:
        """The first number, as a whole one; 0 when there is none that counts."""
        numbers = self.numbers
        return int(numbers[0]) if numbers and abs(numbers[0]) < 1e15 else 0


def _line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory: tags and values, and where the next one stands (0 for none)."""

    entries: dict[int, Entry] = field(default_factory=dict)
    next: int = 0


def first_at(data: bytes) -> int:
    """Where the first directory stands; 0 when this is no TIFF structure."""
    if len(data) < 8 or data[:4] not in (b"II*\0", b"MM\0*"):
        return 0
    return int(struct.unpack_from(_order(data) + "I", data, 4)[0])


def _order(data: bytes) -> str:
    return "<" if data[:2] == b"II" else ">"


def read(data: bytes, at: int) -> Directory:
    """The directory at an offset; an empty one when it is out of bounds or nonsense."""
    order = _order(data)
    if not 0 < at <= len(data) - 2:
        return Directory()
    count = min(int(struct.unpack_from(order + "H", data, at)[0]), _MOST_ENTRIES, (len(data) - at - 2) // 12)
    entries = {}
    for index in range(count):
        tag, kind, number = struct.unpack_from(order + "HHI", data, at + 2 + 12 * index)
        length = _WIDTHS.get(kind, 0) * number
        place = at + 10 + 12 * index
        if length > 4:
            (place,) = struct.unpack_from(order + "I", data, place)
        if 0 < length <= _LONGEST_VALUE and place + length <= len(data):
            entries[tag] = Entry(kind, number, data[place : place + length], order)
    after = at + 2 + 12 * count
    return Directory(entries, struct.unpack_from(order + "I", data, after)[0] if after + 4 <= len(data) else 0)


def chain(data: bytes, *, most: int = 50) -> list[Directory]:
    """The first directory and those after it; a chain that bites its tail ends there."""
    found: list[Directory] = []
    seen, at = set[int](), first_at(data)
    while at and at not in seen and len(found) < most:
        seen.add(at)
        directory = read(data, at)
        if not directory.entries:
            break
        found.append(directory)
        at = directory.next
    return found


def below(data: bytes, directory: Directory, tag: int) -> Directory:
    """The directory that a tag of another one points to (EXIF, GPS); empty when there is none."""
    entry = directory.entries.get(tag)
    return read(data, entry.number) if entry else Directory()

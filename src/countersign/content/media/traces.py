"""What a picture gave away before it was cleaned: found in the original, told to its author. Plain Python.

Finding is best effort and for people; that nothing is left is shown by `leaks`, which does not depend on this.
"""
from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from countersign.base.words import _
from countersign.content.media import directories, segments
from countersign.content.media.directories import Directory
from countersign.content.media.telling import LONGEST_VALUE, Trace

_EXIF_TEXTS = {
    0x010E: "comment", 0x0131: "software", 0x013B: "author", 0x013C: "software", 0x8298: "author", 0xA430: "author",
    0xA431: "serial_number", 0xA435: "serial_number", 0xA420: "identifier", 0xA434: "lens", 0x9286: "comment",
    0x9003: "time", 0x9004: "time", 0x0132: "time",
}  # fmt: skip
_WINDOWS_TEXTS = {0x9C9B: "comment", 0x9C9C: "comment", 0x9C9D: "author", 0x9C9E: "comment", 0x9C9F: "comment"}
_IPTC_TEXTS = {
    5: "comment", 25: "comment", 55: "time", 65: "software", 80: "author", 90: "place_name", 92: "place_name", 95: "place_name",
    101: "place_name", 105: "comment", 110: "author", 116: "author", 120: "comment",
}  # fmt: skip
_XMP_TEXTS = {
    "dc:creator": "author", "photoshop:Credit": "author", "xmpRights:Owner": "author", "dc:description": "comment",
    "dc:title": "comment", "photoshop:City": "place_name", "Iptc4xmpCore:Location": "place_name",
    "Iptc4xmpExt:PersonInImage": "people", "mwg-rs:Name": "people", "xmp:CreatorTool": "software",
    "xmpMM:DocumentID": "identifier", "xmpMM:OriginalDocumentID": "identifier", "stRef:filePath": "edit_history",
    "xmpMM:History": "edit_history", "xmp:CreateDate": "time", "aux:SerialNumber": "serial_number",
}  # fmt: skip
_XMP = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.S)
_MOST_TEXT = 1_000_000  # bytes of one packed text that are unpacked
_ENDINGS = ((b"PK\x03\x04", _("a ZIP archive")), (b"SEFT", _("a Samsung trailer")), (b"<", _("text with tags")))
_STANDARD_CHUNKS = {
    b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs",
    b"sBIT", b"bKGD", b"hIST", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf", b"caBX", b"cICP",
}  # fmt: skip
_STANDARD_RIFF = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "}


def found(data: bytes, kind: str) -> list[Trace]:
    """Everything noticed in the original, each thing once, places first."""
    traces: list[Trace] = []
    try:
        for trace in _FINDERS[kind](data):
            if trace not in traces:
                traces.append(trace)
    except (struct.error, IndexError, ValueError):
        traces.append({"kind": "private_data", "value": _("a part that is damaged and could not be read")})
    return sorted(traces, key=lambda trace: (trace["kind"] != "place", trace["kind"] != "thumbnail"))


def _said(kind: str, value: str) -> Iterator[Trace]:
    value = "".join(letter if letter.isprintable() else " " for letter in value).strip()
    if value:
        yield {"kind": kind, "value": value[:LONGEST_VALUE]}


# --- by format -----------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> Iterator[Trace]:
    pieces, end = segments.jpeg(data)
    for name, _start, _stop, content in pieces:
        marker = name[0]
        if marker == 0xE1 and content.startswith(b"Exif\0"):
            yield from _exif(content[6:])
        elif marker == 0xE1 and b"ns.adobe.com/x" in content[:40]:
            yield from _xmp(content)
        elif marker == 0xED:
            yield from _photoshop(content)
        elif marker == 0xE0 and content.startswith(b"JFXX\0\x10"):
            yield from _thumbnail(content[6:])
        elif marker == 0xFE:
            yield from _said("comment", _guessed(content))
        elif marker == 0xEB and b"jumb" in content[:40]:
            yield {"kind": "content_credentials", "value": ""}
        elif marker == 0xE2 and content.startswith(b"ICC_PROFILE\0"):
            yield from _profile(content[14:])
        elif 0xE1 <= marker <= 0xEF and not content.startswith((b"MPF\0", b"Adobe")):
            yield from _said("private_data", _("segment {number}").format(number=marker - 0xE0))
    yield from _after(data[end:])


def _after(rest: bytes) -> Iterator[Trace]:
    if rest.startswith(b"\xff\xd8"):
        yield from _said("second_picture", f"{len(rest)} bytes")
        yield from (trace for trace in _jpeg(rest) if trace["kind"] != "second_picture")
    elif b"ftyp" in rest[:16]:
        yield from _said("second_picture", f"{len(rest)} bytes")
    elif rest.strip(b"\0\r\n "):
        told = next((name for sign, name in _ENDINGS if sign in rest), _("of an unknown kind"))
        yield from _said("after_end", f"{len(rest)}, {told}")


def _png(data: bytes) -> Iterator[Trace]:
    end = len(data)
    for name, _start, stop, content in segments.png(data):
        if name in (b"tEXt", b"zTXt", b"iTXt"):
            yield from _png_text(name, content)
        elif name == b"eXIf":
            yield from _exif(content)
        elif name == b"tIME":
            yield from _said("time", "-".join(str(part) for part in (int.from_bytes(content[:2]), *content[2:4])))
        elif name == b"caBX":
            yield {"kind": "content_credentials", "value": ""}
        elif name == b"iCCP" and b"\0" in content:
            yield from _profile(_unpacked(content.partition(b"\0")[2][1:]))
        elif name not in _STANDARD_CHUNKS:
            yield from _said("private_data", name.decode("ascii", "replace"))
        end = stop
    yield from _after(data[end:])


def _png_text(name: bytes, content: bytes) -> Iterator[Trace]:
    keyword, _gap, text = content.partition(b"\0")
    if name == b"zTXt":
        text = _unpacked(text[1:])
    elif name == b"iTXt":
        is_packed, text = text[:1] == b"\1", text[2:].split(b"\0", 2)[-1]
        text = _unpacked(text) if is_packed else text
    if b"<x:xmpmeta" in text:
        yield from _xmp(text)
        return
    if b"Raw profile" in keyword:
        yield from _raw_profile(keyword, text)
        return
    kind = {b"Author": "author", b"Software": "software", b"Creation Time": "time", b"Source": "camera"}.get(keyword, "comment")
    yield from _said(kind, f"{keyword.decode('latin-1')}: {_guessed(text)}" if kind == "comment" else _guessed(text))


def _raw_profile(keyword: bytes, text: bytes) -> Iterator[Trace]:
    digits = re.sub(rb"[^0-9a-fA-F]", b"", text.strip().split(b"\n", 2)[-1])
    raw = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
    yield from _exif(raw.removeprefix(b"Exif\0\0")) if keyword.endswith(b"exif") else _photoshop(raw)


def _webp(data: bytes) -> Iterator[Trace]:
    for name, _start, _stop, content in segments.riff(data):
        if name == b"EXIF":
            yield from _exif(content.removeprefix(b"Exif\0\0"))
        elif name == b"XMP ":
            yield from _xmp(content)
        elif name == b"ICCP":
            yield from _profile(content)
        elif name not in _STANDARD_RIFF:
            yield from _said("private_data", name.decode("ascii", "replace"))
    yield from _after(data[8 + int.from_bytes(data[4:8], "little") :])


def _gif(data: bytes) -> Iterator[Trace]:
    pieces, end = segments.gif(data)
    for name, _start, _stop, content in pieces:
        if name == b"!\xfe":
            yield from _said("comment", _guessed(content))
        elif name == b"!\x01":
            yield from _said("comment", _guessed(content[12:]))
        elif name == b"!\xff" and content.startswith(b"XMP Data"):
            yield from _xmp(content)
            yield from _xmp(data)
        elif name == b"!\xff" and not content.startswith((b"NETSCAPE2.0", b"ANIMEXTS1.0")):
            yield from _said("private_data", content[:11].decode("ascii", "replace"))
    yield from _after(data[end:])


def _avif(data: bytes) -> Iterator[Trace]:
    at = data.find(b"Exif\0\0")
    if at >= 0:
        yield from _exif(data[at + 6 :])
    yield from _xmp(data)
    known = {b"ftyp", b"meta", b"mdat", b"moov"}
    for name, _start, _stop, content in segments.boxes(data, 0, len(data), frozenset()):
        if name not in known and content.strip(b"\0"):
            yield from _said("private_data", name.decode("ascii", "replace"))


def _tiff(data: bytes) -> Iterator[Trace]:
    pages = directories.chain(data)
    if len(pages) > 1:
        yield from _said("other_pages", str(len(pages) - 1))
    if pages:
        yield from _directory(data, pages[0])
        for tag, entry in pages[0].entries.items():
            if tag == 700:
                yield from _xmp(entry.raw)
            elif tag in (33723, 34377):
                yield from _photoshop(entry.raw)
            elif tag == 34675:
                yield from _profile(entry.raw)
            elif tag >= 65000:
                yield from _said("private_data", f"{tag}: {entry.text}")


_FINDERS = {"AVIF": _avif, "GIF": _gif, "JPEG": _jpeg, "PNG": _png, "TIFF": _tiff, "WEBP": _webp}


# --- by kind -------------------------------------------------------------------------------------------------------


def _exif(exif: bytes) -> Iterator[Trace]:
    pages = directories.chain(exif, most=2)
    if not pages:
        return
    if set(pages[0].entries) - {0x0112, directories.EXIF}:
        yield {"kind": "exif", "value": ""}
    yield from _directory(exif, pages[0])
    if len(pages) > 1:
        start, length = (pages[1].entries.get(tag) for tag in (0x0201, 0x0202))
        if start and length:
            yield from _thumbnail(exif[start.number : start.number + length.number])


def _directory(data: bytes, first: Directory) -> Iterator[Trace]:
    camera = directories.below(data, first, directories.EXIF)
    yield from _place(directories.below(data, first, directories.GPS))
    named = [first.entries[tag].text for tag in (0x010F, 0x0110) if tag in first.entries]
    yield from _said("camera", " ".join(dict.fromkeys(named)))
    for directory in (first, camera):
        for tag, entry in directory.entries.items():
            if tag in _EXIF_TEXTS:
                yield from _said(_EXIF_TEXTS[tag], entry.text)
            elif tag in _WINDOWS_TEXTS:
                yield from _said(_WINDOWS_TEXTS[tag], entry.wide_text)
            elif tag == 0x927C:
                yield from _said("maker_notes", str(len(entry.raw)))


def _place(gps: Directory) -> Iterator[Trace]:
    latitude, longitude = (_degrees(gps, tag) for tag in (1, 3))
    if latitude is not None and longitude is not None:
        yield {"kind": "place", "value": "", "latitude": latitude, "longitude": longitude}


def _degrees(gps: Directory, tag: int) -> float | None:
    side, angle = gps.entries.get(tag), gps.entries.get(tag + 1)
    if angle is None or len(angle.numbers) != 3:
        return None
    degrees, minutes, seconds = angle.numbers
    value = degrees + minutes / 60 + seconds / 3600
    if not value <= 180:
        return None
    return round(-value if side and side.text[:1].upper() in ("S", "W") else value, 6)


def _photoshop(content: bytes) -> Iterator[Trace]:
    """Photoshop's resources: captions (0404) and a preview (0409, 040C)."""
    for match in re.finditer(rb"8BIM\x04([\x04\x09\x0c]).\x00?(....)", content, re.S):
        length, start = int.from_bytes(match[2]), match.end()
        if match[1] == b"\x04":
            yield {"kind": "iptc", "value": ""}
            yield from _iptc(content[start : start + length])
        else:
            yield from _thumbnail(content[start + 28 : start + length])
    if content[:1] == b"\x1c":
        yield {"kind": "iptc", "value": ""}
        yield from _iptc(content)


def _iptc(content: bytes) -> Iterator[Trace]:
    at = 0
    while content[at : at + 2] == b"\x1c\x02" or content[at : at + 2] == b"\x1c\x01":
        length = int.from_bytes(content[at + 3 : at + 5])
        if content[at + 1] == 2 and content[at + 2] in _IPTC_TEXTS:
            yield from _said(_IPTC_TEXTS[content[at + 2]], _guessed(content[at + 5 : at + 5 + length]))
        at += 5 + length


def _xmp(content: bytes) -> Iterator[Trace]:
    """A few properties by their names; no XML parser is let near a stranger's file."""
    yield {"kind": "xmp", "value": ""}
    packet = _XMP.search(content)
    text = (packet[0] if packet else content)[:_MOST_TEXT].decode("utf-8", "replace")
    for name, kind in _XMP_TEXTS.items():
        for match in re.finditer(rf'\b{name}="([^"]{{1,500}})"|<{name}\b[^>]*>(.{{1,2000}}?)</{name}>', text, re.S):
            yield from _said(kind, re.sub(r"<[^>]*>", " ", match[1] or match[2] or ""))
    angles = [_xmp_degrees(text, name) for name in ("Latitude", "Longitude")]
    if angles[0] is not None and angles[1] is not None:
        yield {"kind": "place", "value": "", "latitude": angles[0], "longitude": angles[1]}


def _xmp_degrees(text: str, name: str) -> float | None:
    found = re.search(rf'exif:GPS{name}(?:="|>)(\d{{1,3}}),(\d{{1,2}}(?:\.\d{{1,10}})?)([NSEW])', text)
    if found is None:
        return None
    value = int(found[1]) + float(found[2]) / 60
    return round(-value if found[3] in "SW" else value, 6)


def _profile(profile: bytes) -> Iterator[Trace]:
    """A profile's maker tags: those that no standard names, where a company or a serial number may stand."""
    standard = re.compile(rb"[rgb](XYZ|TRC)|[ABD]\d?[AB]?\d|A2B\d|B2A\d|D2B\d|B2D\d|desc|cprt|wtpt|bkpt|chad|kTRC|lumi|meas|view|tech|dmnd|dmdd|vued|gamt|targ|chrm|ndin|cicp|clrt|clro|pre\d|rig0|ciis|mmod|vcgt|para|meta")
    count = min(int.from_bytes(profile[128:132]), 100)
    tags = [profile[132 + 12 * index : 136 + 12 * index] for index in range(count)]
    odd = [tag.decode("ascii", "replace") for tag in tags if len(tag) == 4 and not standard.fullmatch(tag)]
    yield from _said("colour_profile", ", ".join(odd))


def _thumbnail(content: bytes) -> Iterator[Trace]:
    """The preview itself, written anew and small, so that its author sees what it showed."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as preview:
            size = f"{preview.width} × {preview.height}"
            small = preview.convert("RGB")
            small.thumbnail((320, 320))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        yield from _said("thumbnail", f"{len(content)} bytes")
        return
    out = io.BytesIO()
    Image.frombytes("RGB", small.size, small.tobytes()).save(out, "JPEG", quality=80)
    yield {"kind": "thumbnail", "value": size, "picture": base64.b64encode(out.getvalue()).decode()}


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, _MOST_TEXT)
    except zlib.error:
        return b""


def _guessed(content: bytes) -> str:
    """Text in whichever of UTF-8 and UTF-16 it seems to be."""
    if len(content) > 3 and content[1::2].count(0) > len(content) // 4:
        return content.decode("utf-16-le", "replace")
    return content.decode("utf-8", "replace")

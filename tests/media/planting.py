"""Pictures with things planted in them that must not survive: each plant is a word, or a run of bytes, found nowhere else.

Some containers are written with exiftool, the rest by hand, so that the plants stand where real cameras and programs put them.
"""
from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import struct
import subprocess
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw

LATITUDE, LONGITUDE = 50.846731, 4.352473
TAKEN = b"2026:03:04 05:06:07"


@dataclass
class Planted:
    """A picture and what was planted in it: the field's name and the bytes to look for."""

    name: str
    data: bytes = b""
    plants: dict[str, bytes] = field(default_factory=dict)
    has_place: bool = False

    def word(self, where: str) -> str:
        """A word of its own for one field."""
        word = "LEAK" + hashlib.sha256(f"{self.name}/{where}".encode()).hexdigest()[:12].upper()
        self.plants[where] = word.encode()
        return word

    def bytes_of(self, where: str, content: bytes) -> bytes:
        """Plant a picture: 24 bytes from its middle must not come out again."""
        middle = len(content) // 2
        self.plants[where] = content[middle : middle + 24]
        return content


def exiftool() -> str:
    """The independent reader and writer of metadata; the tests say so and fail where it is missing."""
    found = shutil.which("exiftool")
    if not found:
        pytest.fail("exiftool is missing: install it (Debian: libimage-exiftool-perl) and run again.", pytrace=False)
    return found


def scene(width: int = 320, height: int = 210, seed: int = 1) -> Image.Image:
    """A drawn scene with some grain, different for each seed."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 10, height // 7, width // 2, height // 2), fill="white")
    draw.text((35, 40), f"PRODUCT LAUNCH {seed}", fill="black")
    draw.ellipse((width // 2, height // 3, width - 20, height - 20), fill=(30 * seed % 255, 90, 160))
    return Image.blend(image, Image.effect_noise(image.size, 60).convert("RGB"), 0.1)


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    """A picture as a file of some format."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    """A JPEG segment."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def inserted(jpeg: bytes, *segments: bytes) -> bytes:
    """Segments put right behind the JFIF header."""
    at = 4 + struct.unpack(">H", jpeg[4:6])[0] if jpeg[2:4] == b"\xff\xe0" else 2
    return jpeg[:at] + b"".join(segments) + jpeg[at:]


def chunk(name: bytes, content: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Chunks put right behind the header of a PNG."""
    return png[:33] + b"".join(chunks) + png[33:]


def xmp(*properties: str) -> bytes:
    """An XMP packet."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        f"{' '.join(properties)}/></rdf:RDF></x:xmpmeta>"
    ).encode()


def with_private_icc_tag(word: str) -> bytes:
    """An sRGB profile with one more tag, of a company's own."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = struct.unpack(">I", profile[128:132])[0]
    tags = [struct.unpack(">4sII", profile[132 + 12 * i : 144 + 12 * i]) for i in range(count)]
    table = b"".join(struct.pack(">4sII", tag, at + 12, length) for tag, at, length in tags)
    text = b"text\0\0\0\0" + word.encode() + b"\0\0"
    whole = profile[:128] + struct.pack(">I", count + 1) + table + struct.pack(">4sII", b"LEAK", len(profile) + 12, len(text))
    whole += profile[132 + 12 * count :] + text
    return struct.pack(">I", len(whole)) + whole[4:]


def with_second_picture(first: bytes, second: bytes) -> bytes:
    """A multi-picture JPEG: the second stands behind the first and a directory in the first names it."""

    def directory(at: int, length: int, second_length: int) -> bytes:
        entries = struct.pack(">IIIHH", 0x030000, length, 0, 0, 0) + struct.pack(">IIIHH", 0, second_length, at, 0, 0)
        head = b"MM\0*\0\0\0\x08" + struct.pack(">H", 3) + struct.pack(">HHI4s", 0xB000, 7, 4, b"0100")
        head += struct.pack(">HHII", 0xB001, 4, 1, 2) + struct.pack(">HHII", 0xB002, 7, 32, 50) + b"\0\0\0\0"
        return segment(0xE2, b"MPF\0" + head + entries)

    whole = inserted(first, directory(0, 0, 0))
    at = whole.index(b"MPF\0") + 4
    return inserted(first, directory(len(whole) - at, len(whole), len(second))) + second


class Bed:
    """Where pictures are planted; `all()` gives them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.exiftool = folder, exiftool()
        self.plants: list[Planted] = []

    def all(self) -> list[Planted]:
        """Every planted picture."""
        self._jpegs()
        self._more_jpegs()
        self._pngs()
        self._others()
        return self.plants

    def new(self, name: str) -> Planted:
        planted = Planted(name)
        self.plants.append(planted)
        return planted

    def tagged(self, planted: Planted, *options: str) -> None:
        """Write tags into the picture with exiftool."""
        path = self.folder / planted.name
        path.write_bytes(planted.data)
        subprocess.run([self.exiftool, "-q", "-m", "-overwrite_original", *options, str(path)], check=True)
        planted.data = path.read_bytes()

    def richly(self, planted: Planted, *more: str) -> None:
        """EXIF with a place, XMP and IPTC, as far as the container takes them."""
        word = planted.word
        self.tagged(
            planted, f"-EXIF:Artist={word('exif.Artist')}", f"-EXIF:Make={word('exif.Make')}",
            f"-EXIF:Model={word('exif.Model')}", f"-EXIF:Software={word('exif.Software')}",
            f"-EXIF:UserComment={word('exif.UserComment')}", f"-EXIF:SerialNumber={word('exif.SerialNumber')}",
            f"-EXIF:LensModel={word('exif.LensModel')}", f"-EXIF:OwnerName={word('exif.OwnerName')}",
            f"-EXIF:ImageUniqueID={word('exif.ImageUniqueID')}", f"-EXIF:XPComment={word('exif.XPComment')}",
            "-EXIF:DateTimeOriginal=2026:03:04 05:06:07", f"-EXIF:GPSLatitude={LATITUDE}", "-EXIF:GPSLatitudeRef=N",
            f"-EXIF:GPSLongitude={LONGITUDE}", "-EXIF:GPSLongitudeRef=E", f"-XMP-dc:Creator={word('xmp.Creator')}",
            f"-XMP-xmpMM:DocumentID={word('xmp.DocumentID')}", f"-XMP-exif:GPSLatitude={LATITUDE}",
            f"-XMP-exif:GPSLongitude={LONGITUDE}", f"-XMP-iptcExt:PersonInImage={word('xmp.PersonInImage')}",
            f"-IPTC:By-line={word('iptc.By-line')}", f"-IPTC:City={word('iptc.City')}", *more,
        )  # fmt: skip
        planted.plants["exif.DateTimeOriginal"], planted.has_place = TAKEN, True
        for where in [where for where, plant in planted.plants.items() if not is_in(plant, planted.data)]:
            del planted.plants[where]  # this container has no room for it

    def _jpegs(self) -> None:
        base = written(scene(), "JPEG", quality=90)
        rich = self.new("rich.jpg")
        rich.data = base
        self.richly(rich, f"-Comment={rich.word('comment')}")
        progressive = self.new("progressive.jpg")
        progressive.data = written(scene(), "JPEG", progressive=True)
        self.richly(progressive)
        uncropped = self.new("uncropped-thumbnail.jpg")
        preview = written(scene(160, 105, 2), "JPEG")
        (self.folder / "preview.jpg").write_bytes(uncropped.bytes_of("exif.Thumbnail", preview))
        uncropped.data = base
        self.tagged(uncropped, f"-ThumbnailImage<={self.folder / 'preview.jpg'}", f"-EXIF:Make={uncropped.word('exif.Make')}")
        photoshop = self.new("photoshop-thumbnail.jpg")
        photoshop.bytes_of("photoshop.Thumbnail", preview)
        photoshop.data = base
        self.tagged(
            photoshop, f"-PhotoshopThumbnail<={self.folder / 'preview.jpg'}",
            f"-IPTC:Caption-Abstract={photoshop.word('iptc.Caption')}",
        )  # fmt: skip
        maker = self.new("maker-notes.jpg")
        notes = b"Countersign\0" + maker.word("maker.Notes").encode() * 4
        camera = Image.Exif()
        camera[0x010F] = maker.word("exif.Make")
        camera.get_ifd(0x8769)[0x927C] = notes
        maker.data = written(scene(), "JPEG", exif=camera)
        text = self.new("trailing-text.jpg")
        text.data = base + b"\n" + text.word("trailer.text").encode() * 3
        archive = self.new("trailing-zip.jpg")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as file:
            file.writestr("plan.txt", archive.word("trailer.zip"))
        archive.data = base + packed.getvalue()
        private = self.new("private-icc-tag.jpg")
        private.data = written(scene(), "JPEG", icc_profile=with_private_icc_tag(private.word("icc.private")))

    def _more_jpegs(self) -> None:
        base = written(scene(), "JPEG", quality=90)
        second = self.new("second-picture.jpg")
        behind = Planted("behind.jpg", written(scene(160, 105, 5), "JPEG"))
        self.tagged(behind, f"-EXIF:Artist={second.word('second.exif.Artist')}", f"-EXIF:GPSLatitude={LATITUDE}", "-GPSLatitudeRef=N", f"-EXIF:GPSLongitude={LONGITUDE}", "-GPSLongitudeRef=E")
        second.data, second.has_place = with_second_picture(base, second.bytes_of("second.pixels", behind.data)), True
        gain = self.new("gain-map.jpg")
        lighter = inserted(written(scene(160, 105, 6).convert("L"), "JPEG"), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(f'photoshop:Credit="{gain.word("gain.Credit")}"')))
        primary = inserted(base, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(f'dc:source="{gain.word("xmp.source")}"')))
        gain.data = with_second_picture(primary, gain.bytes_of("gain.pixels", lighter))
        motion = self.new("motion-photo.jpg")
        film = struct.pack(">I", 20) + b"ftypisom\0\0\0\0isom" + struct.pack(">I", 60) + b"mdat" + motion.word("motion.film").encode().ljust(52, b"\1")
        motion.data = base + film
        extended = self.new("extended-xmp.jpg")
        body = (extended.word("xmp.extended") + " ").encode() * 6000
        guid = hashlib.sha256(body).hexdigest().upper()[:32].encode()
        parts = [segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", len(body), at) + body[at : at + 60000]) for at in range(0, len(body), 60000)]
        extended.data = inserted(base, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(f'xmpNote:HasExtendedXMP="{guid.decode()}" xmlns:xmpNote="http://ns.adobe.com/xmp/note/"')), *parts)
        odd = self.new("odd-segments.jpg")
        odd.data = inserted(
            base, segment(0xE3, b"META\0\0" + odd.word("APP3").encode()), segment(0xE4, odd.word("APP4").encode()),
            segment(0xE5, b"RMETA\0" + odd.word("APP5").encode()), segment(0xE7, odd.word("APP7").encode()),
            segment(0xEA, odd.word("APP10.utf-16").encode("utf-16-be")),
            segment(0xEB, b"JP\0\1\0\0\0\1" + struct.pack(">I", 60) + b"jumb" + odd.word("APP11.c2pa").encode() + b"\0" * 30),
            segment(0xEC, b"Ducky\0\2\0\x0e" + odd.word("APP12").encode()), segment(0xEF, odd.word("APP15").encode()),
            segment(0xFE, odd.word("comment").encode()), segment(0xFE, odd.word("comment.utf-16").encode("utf-16-le")),
        )  # fmt: skip
        samsung = self.new("samsung-trailer.jpg")
        block = struct.pack("<HHI", 0, 0x0A01, 19) + b"Image_UTC_Data" + b"\0" * 5 + samsung.word("sef.payload").encode()
        head = b"SEFH" + struct.pack("<II", 107, 1) + struct.pack("<HHII", 0, 0x0A01, len(block), len(block))
        samsung.data = base + block + head + struct.pack("<I", len(head)) + b"SEFT"
        jfxx = self.new("jfxx-thumbnail.jpg")
        jfxx.data = inserted(base, segment(0xE0, b"JFXX\0\x10" + jfxx.bytes_of("jfxx.thumbnail", written(scene(120, 80, 3), "JPEG"))), b"\xff" * 5 + segment(0xFE, jfxx.word("comment").encode()))
        between = self.new("comment-between-scans.jpg")
        whole = written(scene(), "JPEG", progressive=True)
        at = whole.rindex(b"\xff\xda")
        between.data = whole[:at] + segment(0xFE, between.word("comment.between").encode()) + whole[at:]
        cmyk = self.new("cmyk.jpg")
        cmyk.data = written(scene().convert("CMYK"), "JPEG")
        self.tagged(cmyk, f"-XMP-dc:Creator={cmyk.word('xmp.Creator')}")

    def _pngs(self) -> None:
        base = written(scene(), "PNG")
        rich = self.new("rich.png")
        rich.data = with_chunks(
            base, chunk(b"tEXt", b"Author\0" + rich.word("tEXt").encode()),
            chunk(b"zTXt", b"Comment\0\0" + zlib.compress(rich.word("zTXt").encode())),
            chunk(b"iTXt", b"Title\0\1\0\0\0" + zlib.compress(rich.word("iTXt").encode())),
            chunk(b"tIME", b"\x07\xea\3\4\5\6\7"), chunk(b"prVt", rich.word("private").encode()),
            chunk(b"caBX", rich.word("caBX").encode()),
        )  # fmt: skip
        self.richly(rich)
        cropped = self.new("cropped-in-place.png")  # an older, larger picture still stands behind the new one
        old, new = written(scene(700, 500, 9), "PNG"), written(scene(100, 80), "PNG")
        cropped.data = new + cropped.bytes_of("trailer.old", old[len(new) :])
        animated = self.new("animated.png")
        frames = [scene(120, 90, seed) for seed in (1, 2, 3)]
        animated.data = with_chunks(written(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=100), chunk(b"tEXt", b"Author\0" + animated.word("tEXt").encode()))
        after = self.new("text-after-pixels.png")
        after.data = base[:-12] + chunk(b"tEXt", b"Comment\0" + after.word("tEXt.after").encode()) + base[-12:] + after.word("trailer").encode()
        palette = self.new("palette.png")
        palette.data = written(scene().quantize(32), "PNG", transparency=3)
        self.tagged(palette, f"-PNG:Author={palette.word('tEXt')}")
        private = self.new("private-icc-tag.png")
        private.data = written(scene(), "PNG", icc_profile=with_private_icc_tag(private.word("icc.private")))

    def _others(self) -> None:
        frames = [scene(120, 90, seed) for seed in (1, 2, 3)]
        rest = {"save_all": True, "append_images": frames[1:], "duration": 100}
        for name, options in (("rich.webp", {"quality": 85}), ("lossless.webp", {"lossless": True})):
            planted = self.new(name)
            planted.data = written(scene(), "WEBP", icc_profile=with_private_icc_tag(planted.word("icc.private")), **options)
            self.richly(planted)
        unknown = self.new("unknown-chunk.webp")
        extra = unknown.word("unknown chunk").encode()
        whole = written(frames[0], "WEBP", **rest) + b"LEKX" + struct.pack("<I", len(extra)) + extra
        unknown.data = whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]
        trailing = self.new("trailing.webp")
        trailing.data = written(scene(), "WEBP") + trailing.word("trailer").encode()
        rich = self.new("rich.avif")
        rich.data = written(scene(), "AVIF", quality=70)
        self.richly(rich)
        moving = self.new("animated.avif")
        moving.data = written(frames[0], "AVIF", xmp=xmp(f'dc:source="{moving.word("xmp")}"'), **rest)
        boxes = self.new("boxes.avif")
        word = boxes.word("free box").encode()
        boxes.data = written(scene(), "AVIF") + struct.pack(">I", len(word) + 8) + b"free" + word
        gif = self.new("commented.gif")
        gif.data = written(frames[0], "GIF", comment=gif.word("comment"), loop=0, **rest)
        self.tagged(gif, f"-XMP-dc:Creator={gif.word('xmp.Creator')}")
        gif.data += gif.word("trailer").encode()
        extension = self.new("extensions.gif")
        own, plain = extension.word("application").encode(), extension.word("plain text").encode()
        whole = written(frames[0], "GIF")
        extension.data = whole[:-1] + b"\x21\xff\x0bLEAKAPP1.00" + bytes([len(own)]) + own + b"\0\x21\x01\x0c" + b"\0" * 12 + bytes([len(plain)]) + plain + b"\0;"
        tiff = self.new("rich.tif")
        tiff.data = written(scene(), "TIFF", compression="tiff_lzw", icc_profile=with_private_icc_tag(tiff.word("icc.private")))
        self.richly(tiff, f"-IFD0:ImageDescription={tiff.word('ifd0.ImageDescription')}")
        dead = self.new("private-tags.tif")
        dead.data = written(scene(), "TIFF", tiffinfo={65000: dead.word("private tag"), 305: dead.word("Software"), 316: dead.word("HostComputer")})
        dead.data += dead.word("unreferenced").encode()


NAMES = ["rich.jpg", "progressive.jpg", "uncropped-thumbnail.jpg", "photoshop-thumbnail.jpg", "maker-notes.jpg", "trailing-text.jpg", "trailing-zip.jpg", "private-icc-tag.jpg", "second-picture.jpg", "gain-map.jpg", "motion-photo.jpg", "extended-xmp.jpg", "odd-segments.jpg", "samsung-trailer.jpg", "jfxx-thumbnail.jpg", "comment-between-scans.jpg", "cmyk.jpg", "rich.png", "cropped-in-place.png", "animated.png", "text-after-pixels.png", "palette.png", "private-icc-tag.png", "rich.webp", "lossless.webp", "unknown-chunk.webp", "trailing.webp", "rich.avif", "animated.avif", "boxes.avif", "commented.gif", "extensions.gif", "rich.tif", "private-tags.tif"]


def is_in(plant: bytes, data: bytes) -> bool:
    """Whether a plant stands in a file: as it is, in UTF-16, or inside anything that was packed with zlib."""
    return any(form in part for part in _parts(data) for form in _forms(plant))


def _forms(plant: bytes) -> list[bytes]:
    if not plant.isascii():
        return [plant]
    text = plant.decode("ascii")
    return [plant, text.encode("utf-16-le"), text.encode("utf-16-be")]


def _parts(data: bytes) -> list[bytes]:
    parts, at = [data], 0
    while (at := data.find(b"\x78", at)) >= 0:
        if data[at + 1 : at + 2] in (b"\x01", b"\x5e", b"\x9c", b"\xda"):
            with contextlib.suppress(zlib.error):
                parts.append(zlib.decompressobj().decompress(data[at:], 4_000_000))
        at += 1
    return parts


def told_by_exiftool(paths: list[Path]) -> list[dict[str, object]]:
    """Everything exiftool finds in each file: unknown tags, embedded files and trailers too."""
    command = [exiftool(), "-j", "-a", "-u", "-U", "-ee3", "-G1", "-n", "-api", "LargeFileSupport=1"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
    return list(json.loads(done.stdout))

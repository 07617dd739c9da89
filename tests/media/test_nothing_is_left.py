"""Whatever was planted in a picture is not in the picture that comes out, by three readers that do not know each other."""
from __future__ import annotations

from pathlib import Path

import pytest

from countersign.content.media import leaks
from countersign.content.media.sandbox import Cleaned, Sandbox
from tests.media.planting import LATITUDE, LONGITUDE, NAMES, Planted, is_in, scene, told_by_exiftool, written

SEVERAL = pytest.mark.parametrize("name", NAMES)
# All that exiftool may find in a clean picture: what it draws with, and what the test's own file system says.
ABOUT_THE_FILE = {"SourceFile", "ExifTool", "System", "Composite"}
ALLOWED = frozenset(
    ["File:FileType", "File:FileTypeExtension", "File:MIMEType", "File:ImageWidth", "File:ImageHeight", "File:EncodingProcess", "File:BitsPerSample", "File:ColorComponents", "File:YCbCrSubSampling", "JFIF:JFIFVersion", "JFIF:ResolutionUnit", "JFIF:XResolution", "JFIF:YResolution", "PNG:ImageWidth", "PNG:ImageHeight", "PNG:BitDepth", "PNG:ColorType", "PNG:Compression", "PNG:Filter", "PNG:Interlace", "PNG:Palette", "PNG:Transparency", "PNG:AnimationFrames", "PNG:AnimationPlays", "RIFF:VP8Version", "RIFF:ImageWidth", "RIFF:ImageHeight", "RIFF:HorizontalScale", "RIFF:VerticalScale", "RIFF:WebP_Flags", "RIFF:AnimationLoopCount", "RIFF:BackgroundColor", "RIFF:FrameCount", "RIFF:Duration", "RIFF:AlphaPreprocessing", "RIFF:AlphaFiltering", "RIFF:AlphaCompression", "RIFF:AlphaIsUsed", "GIF:GIFVersion", "GIF:ImageWidth", "GIF:ImageHeight", "GIF:HasColorMap", "GIF:ColorResolutionDepth", "GIF:BitsPerPixel", "GIF:BackgroundColor", "GIF:AnimationIterations", "GIF:FrameCount", "GIF:Duration", "GIF:TransparentColor", "GIF:PixelAspectRatio"]
)


def test_every_picture_is_tried(planted: dict[str, Planted]) -> None:
    assert sorted(planted) == sorted(NAMES)
    assert sum(len(picture.plants) for picture in planted.values()) + sum(p.has_place for p in planted.values()) >= 150


@SEVERAL
def test_the_plants_are_there_before(name: str, planted: dict[str, Planted]) -> None:
    picture = planted[name]
    assert [where for where, plant in picture.plants.items() if not is_in(plant, picture.data)] == []


@SEVERAL
def test_no_plant_is_left(name: str, planted: dict[str, Planted], cleaned: dict[str, Cleaned]) -> None:
    content = cleaned[name].content
    assert [where for where, plant in planted[name].plants.items() if is_in(plant, content)] == []


@SEVERAL
def test_our_own_checker_objects_to_the_original(name: str, planted: dict[str, Planted]) -> None:
    with pytest.raises(leaks.Leak):
        leaks.require_none(planted[name].data)


@SEVERAL
def test_our_own_checker_passes_what_comes_out(name: str, cleaned: dict[str, Cleaned]) -> None:
    picture = cleaned[name]
    seen = leaks.require_none(picture.content)
    assert (seen.mime, seen.width, seen.height, seen.frames) == (picture.mime, picture.width, picture.height, picture.frames)


def test_exiftool_finds_nothing_but_picture(cleaned: dict[str, Cleaned], tmp_path: Path) -> None:
    paths = []
    for name, picture in cleaned.items():
        paths.append(tmp_path / f"{name}.{picture.mime.partition('/')[2]}")
        paths[-1].write_bytes(picture.content)
    found = {
        (path.name, tag)
        for path, told in zip(paths, told_by_exiftool(paths), strict=True)
        for tag in told
        if tag.partition(":")[0] not in ABOUT_THE_FILE and tag not in ALLOWED
    }
    assert found == set()
    assert not any("Warning" in tag for told in told_by_exiftool(paths) for tag in told)


@pytest.mark.parametrize("name", ["rich.jpg", "rich.png", "rich.webp", "rich.avif", "rich.tif", "second-picture.jpg"])
def test_the_place_is_told(name: str, cleaned: dict[str, Cleaned]) -> None:
    places = [trace for trace in cleaned[name].traces if trace["kind"] == "place"]
    assert places[0]["latitude"] == pytest.approx(LATITUDE, abs=1e-4)
    assert places[0]["longitude"] == pytest.approx(LONGITUDE, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("rich.jpg", {"author", "camera", "comment", "exif", "identifier", "iptc", "lens", "people", "place_name", "serial_number", "software", "time", "xmp"}),
        ("uncropped-thumbnail.jpg", {"camera", "thumbnail"}),
        ("photoshop-thumbnail.jpg", {"comment", "iptc", "thumbnail"}),
        ("jfxx-thumbnail.jpg", {"comment", "thumbnail"}),
        ("maker-notes.jpg", {"camera", "maker_notes"}),
        ("trailing-text.jpg", {"after_end"}),
        ("trailing-zip.jpg", {"after_end"}),
        ("samsung-trailer.jpg", {"after_end"}),
        ("private-icc-tag.jpg", {"colour_profile"}),
        ("second-picture.jpg", {"author", "second_picture"}),
        ("gain-map.jpg", {"second_picture", "xmp"}),
        ("motion-photo.jpg", {"second_picture"}),
        ("odd-segments.jpg", {"comment", "content_credentials", "private_data"}),
        ("rich.png", {"author", "camera", "comment", "content_credentials", "private_data", "time", "xmp"}),
        ("cropped-in-place.png", {"after_end"}),
        ("unknown-chunk.webp", {"private_data"}),
        ("trailing.webp", {"after_end"}),
        ("animated.avif", {"xmp"}),
        ("boxes.avif", {"private_data"}),
        ("commented.gif", {"after_end", "comment", "xmp"}),
        ("extensions.gif", {"comment", "private_data"}),
        ("private-tags.tif", {"private_data", "software"}),
    ],
)
def test_what_was_removed_is_told(name: str, kinds: set[str], cleaned: dict[str, Cleaned]) -> None:
    assert kinds - {str(trace["kind"]) for trace in cleaned[name].traces} == set()


def test_the_thumbnail_is_shown_clean(planted: dict[str, Planted], cleaned: dict[str, Cleaned]) -> None:
    previews = [trace for trace in cleaned["uncropped-thumbnail.jpg"].traces if trace["kind"] == "thumbnail"]
    assert previews[0]["value"] == "160 × 105"
    assert not is_in(planted["uncropped-thumbnail.jpg"].plants["exif.Thumbnail"], str(previews[0]["picture"]).encode())


def test_a_picture_with_nothing_in_it_has_nothing_told(sandbox: Sandbox) -> None:
    assert sandbox.clean(written(scene(), "JPEG")).traces == []

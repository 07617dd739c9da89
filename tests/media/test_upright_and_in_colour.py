"""What comes out looks like what went in: upright, in the right colours, with every frame, and as transparent as it was."""
from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from countersign.content.media import profiles
from countersign.content.media.problems import LARGEST_RENDITION, LONGEST_SIDE
from countersign.content.media.sandbox import Cleaned, Sandbox
from tests.media.planting import chunk, scene, written

P3_POINTS = ((0.3127, 0.329), (0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
# From linear light to linear sRGB, as published with the colour spaces; our own profiles are not used for the expectation.
P3_TO_SRGB = ((1.2249401, -0.2249404, 0.0), (-0.0420569, 1.0420571, 0.0), (-0.0196376, -0.0786361, 1.0982735))
ADOBE_TO_SRGB = ((1.3983557, -0.3983557, 0.0), (0.0, 1.0, 0.0), (0.0, -0.0429290, 1.0429290))
# Where row 0 and column 0 of the stored picture are seen, by the EXIF standard: 1 to 8.
SEEN = {
    1: ("top", "left"), 2: ("top", "right"), 3: ("bottom", "right"), 4: ("bottom", "left"),
    5: ("left", "top"), 6: ("right", "top"), 7: ("right", "bottom"), 8: ("left", "bottom"),
}  # fmt: skip
INSIDE_SRGB = [(180, 140, 120), (120, 160, 140), (90, 100, 170), (200, 200, 200), (64, 64, 64)]


def opened(picture: Cleaned) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


def asymmetric() -> Image.Image:
    """No turn or mirror image of this is like it."""
    image = Image.new("RGB", (96, 64), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 47, 31), fill=(220, 30, 30))
    draw.rectangle((48, 0, 95, 31), fill=(30, 160, 60))
    draw.rectangle((0, 32, 47, 63), fill=(40, 60, 200))
    draw.polygon(((56, 40), (90, 44), (60, 60)), fill="black")
    return image


def stored(upright: Image.Image, orientation: int) -> Image.Image:
    """The picture as a camera stores it, pixel by pixel from the definition."""
    row_zero, column_zero = SEEN[orientation]
    is_turned = row_zero in ("left", "right")
    image = Image.new("RGB", upright.size[::-1] if is_turned else upright.size)
    for row in range(image.height):
        for column in range(image.width):
            across, down = (row, column) if is_turned else (column, row)
            flips_across = "right" in (row_zero, column_zero)
            flips_down = "bottom" in (row_zero, column_zero)
            x = upright.width - 1 - across if flips_across else across
            y = upright.height - 1 - down if flips_down else down
            image.putpixel((column, row), upright.getpixel((x, y)))
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, in levels of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean) / 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_it_is_upright(kind: str, orientation: int, sandbox: Sandbox) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95} if kind in ("JPEG", "AVIF", "WEBP") else {}
    data = written(stored(asymmetric(), orientation), kind, exif=exif, **options)
    picture = opened(sandbox.clean(data))
    assert picture.size == (96, 64)
    assert difference(picture, asymmetric()) < 3
    assert orientation == 1 or difference(picture.transpose(Image.Transpose.ROTATE_180), asymmetric()) > 30


def test_an_orientation_that_is_none_changes_nothing(sandbox: Sandbox) -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    assert opened(sandbox.clean(written(asymmetric(), "PNG", exif=exif))).size == (96, 64)


def in_srgb(colour: tuple[int, int, int], matrix: tuple[tuple[float, ...], ...]) -> list[float]:
    """A colour of gamma 563/256 under other primaries, by the formula."""
    linear = [(part / 255) ** (563 / 256) for part in colour]
    seen = [sum(share * part for share, part in zip(row, linear, strict=True)) for row in matrix]
    return [255 * (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055) for part in seen]


def swatches() -> Image.Image:
    image = Image.new("RGB", (40 * len(INSIDE_SRGB), 40))
    for index, colour in enumerate(INSIDE_SRGB):
        image.paste(colour, (40 * index, 0, 40 * index + 40, 40))
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize(("points", "matrix"), [(P3_POINTS, P3_TO_SRGB), (profiles.ADOBE_RGB_POINTS, ADOBE_TO_SRGB)], ids=["P3", "Adobe RGB"])
def test_wide_colours_look_the_same(kind: str, points: object, matrix: object, sandbox: Sandbox) -> None:
    profile = profiles.of_points(points, 563 / 256)  # type: ignore[arg-type]
    options = {"quality": 95} if kind in ("JPEG", "AVIF") else {"lossless": True} if kind == "WEBP" else {}
    picture = sandbox.clean(written(swatches(), kind, icc_profile=profile, **options))
    for index, colour in enumerate(INSIDE_SRGB):
        assert opened(picture).convert("RGB").getpixel((40 * index + 20, 20)) == pytest.approx(in_srgb(colour, matrix), abs=3)  # type: ignore[arg-type]
    assert "colours" in {change["kind"] for change in picture.changes}


def test_a_camera_that_only_says_adobe_rgb_is_understood(sandbox: Sandbox) -> None:
    exif = Image.Exif()
    camera = exif.get_ifd(0x8769)
    camera[0xA001] = 0xFFFF
    camera[0xA005] = {1: "R03"}
    picture = opened(sandbox.clean(written(swatches(), "JPEG", quality=95, exif=exif)))
    for index, colour in enumerate(INSIDE_SRGB):
        assert picture.getpixel((40 * index + 20, 20)) == pytest.approx(in_srgb(colour, ADOBE_TO_SRGB), abs=3)


def test_a_png_that_names_its_gamma_and_primaries_is_understood(sandbox: Sandbox) -> None:
    points = struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
    plain = written(swatches(), "PNG")
    data = plain[:33] + chunk(b"gAMA", struct.pack(">I", round(100000 * 256 / 563))) + chunk(b"cHRM", points) + plain[33:]
    picture = opened(sandbox.clean(data))
    for index, colour in enumerate(INSIDE_SRGB):
        assert picture.getpixel((40 * index + 20, 20)) == pytest.approx(in_srgb(colour, ADOBE_TO_SRGB), abs=2)


def test_a_broken_profile_is_told_and_the_picture_kept(sandbox: Sandbox) -> None:
    picture = sandbox.clean(written(swatches(), "PNG", icc_profile=b"not a profile" * 20))
    assert [change["kind"] for change in picture.changes] == ["profile_unusable"]
    assert difference(opened(picture), swatches()) == 0


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_inks_become_the_colours_they_print(kind: str, sandbox: Sandbox) -> None:
    inks = {(255, 0, 0, 0): (0, 255, 255), (0, 255, 0, 0): (255, 0, 255), (0, 0, 255, 0): (255, 255, 0), (0, 0, 0, 255): (0, 0, 0), (0, 0, 0, 0): (255, 255, 255)}
    image = Image.new("CMYK", (40 * len(inks), 40))
    for index, ink in enumerate(inks):
        image.paste(ink, (40 * index, 0, 40 * index + 40, 40))
    picture = opened(sandbox.clean(written(image, kind))).convert("RGB")
    for index, colour in enumerate(inks.values()):
        assert picture.getpixel((40 * index + 20, 20)) == pytest.approx(colour, abs=6)


def test_sixteen_bits_of_grey_keep_their_brightness(sandbox: Sandbox) -> None:
    deep = Image.new("I;16", (64, 64), 0x8000)
    assert opened(sandbox.clean(written(deep, "PNG"))).convert("L").getpixel((9, 9)) == pytest.approx(128, abs=1)
    assert opened(sandbox.clean(written(deep, "TIFF"))).convert("L").getpixel((9, 9)) == pytest.approx(128, abs=1)


def test_sixteen_bits_of_colour_keep_their_colour(sandbox: Sandbox) -> None:
    row = b"\0" + struct.pack(">HHH", 0xC000, 0x8000, 0x1000) * 32
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 16, 2, 0, 0, 0))
    data += chunk(b"IDAT", zlib.compress(row * 32)) + chunk(b"IEND", b"")
    assert opened(sandbox.clean(data)).convert("RGB").getpixel((9, 9)) == pytest.approx((192, 128, 16), abs=1)


def moving() -> list[Image.Image]:
    frames = []
    for index in range(4):
        frame = Image.new("RGBA", (120, 90), (0, 0, 0, 0))
        ImageDraw.Draw(frame).ellipse((10 * index, 10, 10 * index + 40, 50), fill=(200, 30 * index, 50, 255))
        frames.append(frame)
    return frames


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_every_frame_is_kept_for_as_long_as_it_was(kind: str, sandbox: Sandbox) -> None:
    frames, times = moving(), [100, 200, 300, 150]
    picture = sandbox.clean(written(frames[0], kind, save_all=True, append_images=frames[1:], duration=times, loop=0))
    animation = opened(picture)
    assert picture.frames == animation.n_frames == 4
    for index in range(4):
        animation.seek(index)
        animation.load()
        assert animation.info["duration"] == pytest.approx(times[index], abs=1)
        assert animation.convert("RGBA").getpixel((10 * index + 20, 30)) == pytest.approx((200, 30 * index, 50, 255), abs=4)
        assert animation.convert("RGBA").getpixel((110, 80))[3] == 0


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_transparency_is_kept(kind: str, sandbox: Sandbox) -> None:
    image = scene(200, 120).convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize((200, 120)))
    picture = sandbox.clean(written(image, kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {})))
    assert picture.mime == "image/png"
    assert opened(picture).convert("RGBA").getchannel("A").tobytes() == image.getchannel("A").tobytes()


def test_one_transparent_colour_of_a_palette_stays_transparent(sandbox: Sandbox) -> None:
    image = Image.new("P", (40, 40), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 20, 40))
    picture = opened(sandbox.clean(written(image, "PNG", transparency=0))).convert("RGBA")
    assert picture.getpixel((5, 5))[3] == 0
    assert picture.getpixel((30, 5)) == (0, 0, 255, 255)


def test_what_was_lossless_stays_lossless_when_it_fits(sandbox: Sandbox) -> None:
    image = scene()
    picture = sandbox.clean(written(image, "PNG"))
    assert picture.mime == "image/png"
    assert opened(picture).convert("RGB").tobytes() == image.tobytes()


def noise(width: int, height: int) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((width, height), 60) for _band in "RGB"])


@pytest.mark.parametrize(("width", "height"), [(4000, 3000), (1000, 5000), (2048, 2048)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_even_the_noisiest_picture_fits_every_network(width: int, height: int, kind: str, sandbox: Sandbox) -> None:
    data = written(noise(width, height) if kind == "JPEG" else noise(width // 2, height // 2), kind)
    picture = sandbox.clean(data)
    assert len(picture.content) <= LARGEST_RENDITION
    assert max(picture.width, picture.height) <= LONGEST_SIDE
    assert picture.width / picture.height == pytest.approx(width / height, rel=0.01)
    assert {"smaller", "quality", "format"} & {change["kind"] for change in picture.changes}


def test_a_large_transparent_picture_fits_and_stays_transparent(sandbox: Sandbox) -> None:
    image = noise(1500, 1500).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 700, 1500))
    picture = sandbox.clean(written(image, "PNG", compress_level=1))
    assert len(picture.content) <= LARGEST_RENDITION
    assert opened(picture).getpixel((5, 5))[3] == 0


def test_a_large_photograph_keeps_its_quality(sandbox: Sandbox) -> None:
    image = scene(3000, 2000)
    picture = opened(sandbox.clean(written(image, "JPEG", quality=95)))
    assert picture.size == (2048, 1365)
    assert difference(picture, image.resize((2048, 1365), Image.Resampling.LANCZOS)) < 3

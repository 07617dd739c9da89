"""Image cleaning in the sandbox against bare Pillow: the same pictures, made upright, at most 2048 pixels, JPEG of quality 88.

Prints pictures a second of each and their ratio; the target is 0.8. Rounds alternate, so that a busy machine slows both alike.
Run: python bench/images.py [rounds]
"""
from __future__ import annotations

import io
import random
import statistics
import sys
import time
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageOps

from countersign.content.media.sandbox import Sandbox

TARGET = 0.8


def photograph(width: int, height: int, seed: int) -> Image.Image:
    """Something with the edges, gradients and grain of a photograph, drawn."""
    chance = random.Random(seed)
    image = Image.merge("RGB", [Image.linear_gradient("L").rotate(90 * turn).resize((width, height)) for turn in range(3)])
    draw = ImageDraw.Draw(image)
    for _shape in range(120):
        x, y, size = chance.randrange(width), chance.randrange(height), chance.randrange(20, width // 5)
        colour = tuple(chance.randrange(256) for _band in range(3))
        draw.ellipse((x, y, x + size, y + size * 2 // 3), fill=colour)
    grain = Image.effect_noise((width // 2, height // 2), 24).resize((width, height)).convert("RGB")
    return Image.blend(image, grain, 0.12)


def pictures() -> dict[str, bytes]:
    """What people add: phone photographs upright and turned, a picture from the web, a screenshot."""
    turned = Image.Exif()
    turned[0x0112] = 6
    turned[0x010F], turned[0x0110] = "Phone", "Nine"
    made = {
        "phone, 12 megapixels": (photograph(4000, 3000, 1), "JPEG", {"quality": 92}),
        "phone, turned": (photograph(4032, 3024, 2), "JPEG", {"quality": 88, "exif": turned}),
        "camera, 24 megapixels": (photograph(6000, 4000, 3), "JPEG", {"quality": 92}),
        "from the web": (photograph(1600, 1067, 4), "JPEG", {"quality": 85}),
        "small": (photograph(800, 600, 5), "JPEG", {"quality": 85}),
        "WebP": (photograph(2400, 1600, 6), "WEBP", {"quality": 85}),
    }
    return {name: _file(image, kind, options) for name, (image, kind, options) in made.items()}


def _file(image: Image.Image, kind: str, options: dict[str, object]) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def bare(data: bytes) -> bytes:
    """The same picture by Pillow alone, in this process, the fast way: nothing checked, nothing told, any size in bytes."""
    with Image.open(io.BytesIO(data)) as opened:
        share = min(1.0, 2048 / max(opened.size))
        size = round(opened.width * share), round(opened.height * share)
        opened.draft("RGB", size)  # lets the JPEG decoder leave out what would be thrown away
        image = opened.convert("RGB").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        out = io.BytesIO()
        ImageOps.exif_transpose(image).save(out, "JPEG", quality=88)
        return out.getvalue()


def seconds(deed: Callable[[bytes], object], data: bytes) -> float:
    """How long a deed takes, by the clock."""
    started = time.perf_counter()
    deed(data)
    return time.perf_counter() - started


def main(rounds: int) -> None:
    """Measure and print; exit with 1 below the target."""
    sandbox = Sandbox()
    sandbox.start()
    ours, theirs = 0.0, 0.0
    for name, data in pictures().items():
        times = [(seconds(sandbox.clean, data), seconds(bare, data)) for _round in range(rounds + 1)][1:]
        mine, bare_ones = (statistics.median(column) for column in zip(*times, strict=True))
        ours, theirs = ours + mine, theirs + bare_ones
        result = sandbox.clean(data)
        told = ", ".join(str(change["kind"]) for change in result.changes) or "as it was"
        print(f"{name:22} {len(data) / 1e6:5.1f} MB  sandbox {mine * 1000:6.0f} ms  bare {bare_ones * 1000:6.0f} ms  ratio {bare_ones / mine:4.2f}  ({told})")
    sandbox.close()
    print(f"image cleaning: sandbox / bare Pillow = {theirs / ours:.2f} (target {TARGET})")
    sys.exit(theirs / ours < TARGET)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

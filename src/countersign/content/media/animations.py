"""An animation, decoded and written anew frame by frame. Plain Python, for the sandbox."""
from __future__ import annotations

import io
import math
from collections.abc import Iterator

from PIL import Image

from countersign.content.media import colours, orientations, renditions
from countersign.content.media.problems import LARGEST_RENDITION, LONGEST_SIDE, Unusable
from countersign.content.media.renditions import Rendition
from countersign.content.media.telling import Change

_MOST_PIXELS_HELD = 100_000_000  # of an animation in memory at once; more of them never fit LARGEST_RENDITION


def moving(opened: Image.Image, kind: str) -> Rendition:
    """An animation, every frame written anew: GIF and PNG stay what they are, WebP and AVIF become WebP."""
    first, (width, height) = opened.size, renditions.at_most(opened.size, LONGEST_SIDE)
    count = getattr(opened, "n_frames", 1)
    if (share := math.sqrt(_MOST_PIXELS_HELD / (width * height * count))) < 1:
        width, height = max(1, round(width * share)), max(1, round(height * share))
    for _attempt in range(3):
        changes: list[Change] = []
        frames, times = _frames(opened, (width, height), changes)
        content = _animation(frames, times, kind, opened.info.get("loop"))
        if len(content) <= LARGEST_RENDITION:
            if frames[0].size not in (first, first[::-1]):
                changes.append(renditions.smaller(first, (width, height)))
            mime = f"image/{'webp' if kind == 'AVIF' else kind.lower()}"
            return renditions.told(Rendition(content, mime, *frames[0].size, len(frames), changes), kind)
        share = math.sqrt(LARGEST_RENDITION / len(content)) * 0.9
        width, height = round(width * share), round(height * share)
        if share < 0.3 or min(width, height) < 120:
            break
    raise Unusable("cannot_fit", limit=LARGEST_RENDITION)


def _frames(opened: Image.Image, size: tuple[int, int], changes: list[Change]) -> tuple[list[Image.Image], list[int]]:
    """All frames at that size, upright and in sRGB, and for how many milliseconds each is shown."""
    frames, times = [], []
    for index in range(getattr(opened, "n_frames", 1)):
        opened.seek(index)
        opened.load()
        times.append(max(0, round(float(opened.info.get("duration") or 100))))
        told: list[Change] = []
        image = colours.plain(opened)
        if image.size != size:
            image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        image = colours.in_srgb(image, dict(opened.info), told)
        if (orientation := orientations.of(opened)) in orientations.UPRIGHT:
            image = image.transpose(orientations.UPRIGHT[orientation])
            told.append({"kind": "upright"})
        frames.append(image.copy())
        frames[-1].info.clear()
        changes.extend(change for change in told if change not in changes)
    return frames, times


def _animation(frames: list[Image.Image], times: list[int], kind: str, loop: object) -> bytes:
    out = io.BytesIO()
    turns = {"loop": loop} if isinstance(loop, int) and 0 <= loop < 65536 else {}
    if kind == "GIF":
        _save_gif(frames, times, turns, out)
    elif kind == "PNG":
        whole = list(_same_mode(frames))
        whole[0].save(out, "PNG", save_all=True, append_images=whole[1:], duration=times, **({"loop": 0} | turns))
    else:
        rest, options = frames[1:], {"loop": 0} | turns
        frames[0].save(out, "WEBP", save_all=True, append_images=rest, duration=times, quality=85, method=2, **options)
    return out.getvalue()


def _same_mode(frames: list[Image.Image]) -> Iterator[Image.Image]:
    has_alpha = any(frame.mode == "RGBA" for frame in frames)
    return (frame.convert("RGBA" if has_alpha else "RGB") for frame in frames)


def _save_gif(frames: list[Image.Image], times: list[int], turns: dict[str, int], out: io.BytesIO) -> None:
    """Frames of at most 255 colours keep exactly those. The last index stands for what is transparent."""
    is_clear = any(frame.mode == "RGBA" and frame.getchannel("A").getextrema() != (255, 255) for frame in frames)
    options: dict[str, int] = {"transparency": 255, "disposal": 2} if is_clear else {"disposal": 1}
    indexed = [_indexed(frame) for frame in frames]
    indexed[0].save(out, "GIF", save_all=True, append_images=indexed[1:], duration=times, optimize=False, **options, **turns)


def _indexed(frame: Image.Image) -> Image.Image:
    opaque = frame.convert("RGB")
    few = opaque.getcolors(255)
    if few is not None:
        palette = Image.new("P", (1, 1))
        palette.putpalette([part for _count, colour in few for part in colour])  # type: ignore[union-attr]  # RGB
        indexed = opaque.quantize(palette=palette, dither=Image.Dither.NONE)
    else:
        indexed = opaque.quantize(255, Image.Quantize.MEDIANCUT)
    if frame.mode == "RGBA":
        indexed.paste(255, mask=frame.getchannel("A").point(lambda alpha: 255 if alpha < 128 else 0))
    indexed.info = {}
    return indexed

"""One job of the sandbox: a stranger's bytes in, a clean picture and what was found out. Plain Python."""
from __future__ import annotations

import codecs
import io
from typing import Any

from PIL import Image

from countersign.content.media import formats, parcels, pixels, traces
from countersign.content.media.problems import Unusable


def answer(data: bytes) -> bytes:
    """The parcel that goes back: the clean picture, or the name of what is wrong with this one."""
    try:
        header = formats.require_sound(data)
        rendition = pixels.cleaned(data, header)
        told = {"format": header.format, "traces": traces.found(data, header.format), "changes": rendition.changes}
        return parcels.pack(told, rendition.content)
    except Unusable as problem:
        return parcels.pack({"problem": problem.key, "facts": problem.facts})
    except MemoryError:
        return parcels.pack({"problem": "memory", "facts": {}})
    except Exception as error:  # noqa: BLE001 - decoders raise anything at all over a hostile file; each means the same
        return parcels.pack({"problem": "truncated" if "truncated" in str(error) else "damaged", "facts": {}})


def warm_up() -> None:
    """Open and write one small picture of each kind, so that nothing is left to import once the doors are shut."""
    Image.preinit()
    still, moving = Image.new("RGB", (32, 32), "teal"), Image.new("RGBA", (32, 32), (9, 9, 9, 9))
    for kind in formats.FORMATS:
        for first, rest in ((still, []), (moving, [still.convert("RGBA")])):
            if kind not in ("JPEG", "TIFF") or not rest:
                _open_one(first, rest, kind)
    for encoding in ("ascii", "latin-1", "utf-8", "utf-16-be", "utf-16-le"):
        codecs.lookup(encoding)
    answer(b"?")


def _open_one(first: Image.Image, rest: list[Image.Image], kind: str) -> None:
    out = io.BytesIO()
    options: dict[str, Any] = {"save_all": True, "append_images": rest, "duration": 100} if rest else {}
    first.save(out, kind, **options)
    answer(out.getvalue())

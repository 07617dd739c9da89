"""How Bluesky counts: in graphemes, which are what people call characters."""
from __future__ import annotations

import regex

CHARACTERS, TEXT_BYTES = 300, 3_000  # app.bsky.feed.post: maxGraphemes, maxLength

_GRAPHEME = regex.compile(r"\X")


def count(text: str) -> int:
    """Graphemes: a family of emoji or a letter with its accents is one. A text above Bluesky's other limit, 3,000 bytes
    of UTF-8, counts as too long whatever its graphemes."""
    graphemes = sum(1 for _ in _GRAPHEME.finditer(text))
    return graphemes if len(text.encode()) <= TEXT_BYTES else max(graphemes, CHARACTERS + 1)

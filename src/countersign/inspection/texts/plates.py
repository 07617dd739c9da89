"""Number plates of Belgium, the Netherlands, France, Germany and Britain."""
from __future__ import annotations

import re
from collections.abc import Iterator

from countersign.inspection.texts.kinds import A_PLATE, Certainty, Kind, Span
from countersign.inspection.texts.reading import Reading
from countersign.inspection.texts.words import ours

_CLEAR = re.compile(
    r"(?<![\w./#-])(?:[1-9]-[A-Z]{3}-\d{3}|[1-9][A-Z]{3}\d{3}|\d\d-[A-Z]{2}-\d\d|\d\d-\d\d-[A-Z]{2}|[A-Z]{2}-\d\d-\d\d|[A-Z]{2}-\d\d-[A-Z]{2}|[A-Z]{2}-[A-Z]{2}-\d\d|\d\d-[A-Z]{2}-[A-Z]{2}"
    r"|\d\d-[A-Z]{3}-\d|\d-[A-Z]{3}-\d\d|[A-Z]{2}-\d{3}-[A-Z]|[A-Z]-\d{3}-[A-Z]{2}|[A-Z]{3}-\d\d-[A-Z]|[A-Z]{2}-\d{3}-[A-Z]{2}|[A-Z]{1,3}-[A-Z]{1,2} [1-9]\d{0,3}[EH]?|[A-Z]{2}\d\d [A-Z]{3})(?![\w/-]|[.,]\d)"
)  # fmt: skip
_UNCLEAR = re.compile(r"(?<![\w./#-])(?:[A-Z]{3}-\d{3}|\d{3}-[A-Z]{3}|[A-Z]{1,3}-[A-Z]{1,2}-[1-9]\d{0,3}|[A-Z]{2} \d{3} [A-Z]{2}|[A-Z]{1,3} [A-Z]{1,2} [1-9]\d{1,3}[EH]?|[1-9] [A-Z]{3} \d{3}|\d\d [A-Z]{2} \d\d|[A-Z]{2}\d{3}[A-Z]{2}|[A-Z]{2}\d\d[A-Z]{3})(?![\w/-])")
_NEAR = 60  # characters in which a word about cars may stand


def plates(reading: Reading) -> Iterator[Span]:
    """Plates of a form that little else has, and others only beside a word about cars."""
    links = reading.links()
    for pattern, needs_word in ((_CLEAR, False), (_UNCLEAR, True)):
        for found in pattern.finditer(reading.shown):
            if any(start <= found.start() < end for start, end in links):
                continue
            about_cars = ours("car").search(reading.folded, max(0, found.start() - _NEAR), found.end() + _NEAR)
            if about_cars or not needs_word:
                yield Span(Kind.PLATE, found.start(), found.end(), Certainty.LIKELY if about_cars else Certainty.POSSIBLE, A_PLATE)

"""Dates and prices that stand near words that ask for confidence."""
from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from countersign.inspection.texts.kinds import NEAR_CONFIDENCE, Certainty, Kind, Span
from countersign.inspection.texts.reading import Reading
from countersign.inspection.texts.words import ours

_BEFORE, _AFTER = 60, 120  # characters from a word to a date or price before and behind it
_AMOUNT = r"\d{1,3}(?:[ .,]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_MANY = r"(?: ?(?:miljoen|miljard|millions?|milliards?|millionen|mio|mrd|million|billion|m|k|mln|bn)\b)?"
_PRICE = re.compile(rf"(?<![\w.,])(?:(?:[€$£]|eur|usd|gbp|chf) ?(?:{_AMOUNT}){_MANY}|(?:{_AMOUNT}){_MANY}(?: d'| de)? ?(?:€|\$|£|euros?\b|eur\b|usd\b|dollars?\b|gbp\b|chf\b))")
_SENTENCE_END = re.compile(r"[.!?]\s|\n")


@cache
def dates() -> re.Pattern[str]:
    """A day of a month, in digits or words."""
    return ours("months", (
        r"(?<![\w.,/-])(?:\d{1,2}(?:\.|er|th|st|nd|rd)? ?(?:of )?(?:{})\b\.?(?:,? ?20\d\d)?|(?:{}) \d{1,2}(?:th|st|nd|rd)?\b(?:,? 20\d\d)?"
        r"|\d{1,2}[./-]\d{1,2}[./-](?:20)?\d\d|20\d\d-\d\d-\d\d|\d{1,2}\.\d{1,2}\.)(?![\w/-])"
    ))  # fmt: skip


def confidences(reading: Reading) -> Iterator[Span]:
    """Each date or price with such a word in its sentence, or with one that is never said lightly a little before it."""
    words = [(found.start(), found.end(), False) for found in ours("confidence").finditer(reading.folded)]
    words += [(found.start(), found.end(), True) for found in ours("confidence_always").finditer(reading.folded)]
    ends = [found.start() for found in _SENTENCE_END.finditer(reading.folded)] if words else []
    done = set[tuple[int, int]]()
    for start, end, is_strong in words:
        for pattern in (dates(), _PRICE):
            for found in pattern.finditer(reading.folded, max(0, start - _BEFORE), end + _AFTER):
                first, last = min(end, found.end()), max(start, found.start())
                if found.span() in done or (_is_parted(ends, first, last) and not (is_strong and found.start() > start)):
                    continue
                done.add(found.span())
                yield Span(Kind.CONFIDENTIAL, found.start(), found.end(), Certainty.LIKELY if is_strong else Certainty.POSSIBLE, NEAR_CONFIDENCE)


def _is_parted(ends: list[int], first: int, last: int) -> bool:
    """Whether a sentence ends between two places."""
    place = bisect_left(ends, first)
    return place < len(ends) and ends[place] < last

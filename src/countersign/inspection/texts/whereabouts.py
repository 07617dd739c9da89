"""When somebody will be where, or away: a person of the list or the company itself, a time to come, and a place, in one sentence."""
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from countersign.inspection.texts.confidence import dates
from countersign.inspection.texts.kinds import TIME_AND_PLACE, Certainty, Kind, OwnList, Span
from countersign.inspection.texts.reading import Reading, fold
from countersign.inspection.texts.words import ours

_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\S)){1,400}")
_CAPITAL = re.compile(r" (?:the |de |het |la |le |den |l')?([A-Z][A-Za-z'-]{2,30})")


def whereabouts(reading: Reading, own: OwnList) -> Iterator[Span]:
    """At most one a sentence, from the first to the last of its three parts."""
    people = _people(own.people)
    for sentence in _SENTENCE.finditer(reading.folded):
        span = _in_sentence(reading, sentence.start(), sentence.end(), people)
        if span:
            yield Span(Kind.WHEREABOUTS, *span, Certainty.POSSIBLE, TIME_AND_PLACE)


@cache
def _people(people: tuple[str, ...]) -> re.Pattern[str] | None:
    first = {re.escape(fold(name).split()[0]) for name in people if name.split()}
    return re.compile(r"\b(?:" + "|".join(sorted(first)) + r")\b") if first else None


def _in_sentence(reading: Reading, start: int, end: int, people: re.Pattern[str] | None) -> tuple[int, int] | None:
    times = [found.span() for pattern in (ours("future"), ours("weekdays"), dates()) for found in pattern.finditer(reading.folded, start, end)]
    if not times or ours("past").search(reading.folded, start, end):
        return None
    named = [found.span() for found in people.finditer(reading.folded, start, end) if reading.shown[found.start()].isupper()] if people else []
    who = named + [found.span() for found in ours("we").finditer(reading.folded, start, end)]
    places = [found.span() for found in ours("away").finditer(reading.folded, start, end)] + _towns(reading, start, end)
    if not who or not places:
        return None
    parts = [*who, *times, *places]
    return min(first for first, _last in parts), max(last for _first, last in parts)


def _towns(reading: Reading, start: int, end: int) -> list[tuple[int, int]]:
    """A word with a capital behind "in" or "to" that is no month, no day and nobody's own."""
    found = list[tuple[int, int]]()
    for word in ours("to").finditer(reading.folded, start, end):
        town = _CAPITAL.match(reading.shown, word.end(), end)
        if town and not ours("weekdays").fullmatch(town[1].lower()) and not ours("months").fullmatch(town[1].lower()):
            found.append((word.start(), town.end()))
    return found

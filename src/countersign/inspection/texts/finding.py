"""All rules over a text, without what the company publishes itself."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from countersign.inspection.texts.accounts import accounts, cards, nationals
from countersign.inspection.texts.addresses import mails, streets
from countersign.inspection.texts.confidence import confidences
from countersign.inspection.texts.keys import keys
from countersign.inspection.texts.kinds import Finding, Kind, OwnList, Span
from countersign.inspection.texts.names import names
from countersign.inspection.texts.passwords import passwords
from countersign.inspection.texts.phones import phones
from countersign.inspection.texts.plates import plates
from countersign.inspection.texts.reading import Reading, alike, bare, read
from countersign.inspection.texts.whereabouts import whereabouts

_ORDER = {kind: place for place, kind in enumerate(Kind)}
_MAY_OVERLAP = {Kind.WHEREABOUTS, Kind.CONFIDENTIAL, Kind.NAME}
_BETWEEN, _TOWN_FOLLOWS = re.compile(r"[\s,]"), ("in", "te", "a", "at")
_LAST_DIGITS = 8  # of a phone number, however its country and its noughts are written


def findings(text: str, *, own: OwnList, from_picture: bool = False) -> list[Finding]:
    """What a text gives away, in the order in which it stands there. `from_picture` allows for what a reader of pictures mistakes."""
    spans = list[tuple[Span, int, int]]()
    for reading in read(text, from_picture=from_picture):
        spans += [(span, *reading.span(span.start, span.end)) for span in _all(reading, own) if span.end > span.start]
    spans.sort(key=lambda one: (_ORDER[one[0].kind], one[1], one[1] - one[2]))
    kept = [Finding(span.kind, start, end, text[start:end], span.certainty, span.reason) for span, start, end in _apart(spans, len(text))]
    return sorted((one for one in kept if not _is_published(one, own, alike if from_picture else bare)), key=lambda one: (one.start, one.end))


def _all(reading: Reading, own: OwnList) -> Iterator[Span]:
    for rule in (keys, passwords, accounts, cards, nationals, mails, phones, streets, plates, confidences):
        yield from rule(reading)
    yield from names(reading, own)
    yield from whereabouts(reading, own)


def _apart(spans: list[tuple[Span, int, int]], length: int) -> Iterator[tuple[Span, int, int]]:
    """Of spans that overlap, the first: times and places overlap only their like, names anything but addresses and keys."""
    taken = {group: bytearray(length) for group in ("value", Kind.WHEREABOUTS, Kind.CONFIDENTIAL, Kind.NAME)}
    for span, start, end in spans:
        groups = [span.kind] if span.kind in _MAY_OVERLAP else ["value"]
        looked_at = groups + (["value"] if span.kind == Kind.NAME else [])
        if any(taken[group].find(1, start, end) >= 0 for group in looked_at):
            continue
        for group in groups:
            taken[group][start:end] = b"\1" * (end - start)
        yield span, start, end


def _is_published(finding: Finding, own: OwnList, form: Callable[[str], str]) -> bool:
    """Whether the company says that itself: the same letters and digits, or the last digits of a phone number."""
    words = form(finding.words)
    whole, numbers, parts = _published(own.published, form)
    if finding.kind == Kind.PHONE:
        return words[-_LAST_DIGITS:] in numbers
    if finding.kind == Kind.STREET:
        found = _parts(finding.words, form)
        return any(found <= one or (len(one) > 1 and one <= found) for one in parts)
    return words in whole


@lru_cache(maxsize=8)
def _published(published: tuple[str, ...], form: Callable[[str], str]) -> tuple[frozenset[str], frozenset[str], list[frozenset[str]]]:
    digits = ("".join(one for one in text if one.isdigit()) for text in published if "@" not in text)
    return frozenset(form(text) for text in published) - {""}, frozenset(one[-_LAST_DIGITS:] for one in digits if len(one) >= _LAST_DIGITS), [_parts(text, form) for text in published]


def _parts(street: str, form: Callable[[str], str]) -> frozenset[str]:
    return frozenset(form(word) for word in _BETWEEN.split(street)) - {"", *(form(word) for word in _TOWN_FOLLOWS)}

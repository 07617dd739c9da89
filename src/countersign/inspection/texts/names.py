"""Names from the company's own list: folded, whole words, one typing error in words of seven letters or more, and as hashtags."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from countersign.inspection.texts.kinds import OWN_NAME, OWN_NAME_MISTYPED, Certainty, Kind, OwnList, Span
from countersign.inspection.texts.reading import Reading, bare, fold

LONG = 7  # letters from which a word is known with one error
_WORD = re.compile(r"[^\W_]{1,60}")
_HASHTAG = re.compile(r"[#@]([^\W_][\w.-]{1,99})")
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Known:
    """The names by their first word, by that word short of a letter, and whole without spaces."""

    by_first: dict[str, list[tuple[str, ...]]]
    by_less: dict[str, set[str]]
    whole: frozenset[str]


@lru_cache(maxsize=8)
def _known(own: OwnList) -> _Known:
    by_first, by_less = dict[str, list[tuple[str, ...]]](), dict[str, set[str]]()
    for name in own.names:
        words = tuple(_WORD.findall(fold(name)))[:_MOST_WORDS]
        if not words:
            continue
        by_first.setdefault(words[0], []).append(words)
        if len(words[0]) >= LONG:
            for less in _less(words[0]):
                by_less.setdefault(less, set()).add(words[0])
    whole = frozenset(bare(name) for name in own.names if len(bare(name)) >= 5)
    return _Known(by_first, by_less, whole)


def _less(word: str) -> set[str]:
    """A word, and the word short of each of its letters."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def names(reading: Reading, own: OwnList) -> Iterator[Span]:
    """Every name of the list in a reading."""
    known = _known(own)
    if not known.by_first:
        return
    words = [(found[0], found.start(), found.end()) for found in _WORD.finditer(reading.folded)]
    for place, (word, start, _end) in enumerate(words):
        for first in _firsts(word, known):
            for name in known.by_first.get(first, ()):
                last = _matches(words, place, name)
                if last is not None:
                    exact = [one for one, _at, _to in words[place : place + len(name)]] == list(name)
                    if exact or len(name) > 1 or reading.shown[start].isupper():
                        yield Span(Kind.NAME, start, last, _certainty(reading, start, name, exact=exact), OWN_NAME if exact else OWN_NAME_MISTYPED)
    for tag in _HASHTAG.finditer(reading.folded):
        if bare(tag[1]) in known.whole:
            yield Span(Kind.NAME, tag.start(), tag.end(), Certainty.CERTAIN, OWN_NAME)


def _firsts(word: str, known: _Known) -> set[str]:
    """The first words of names that a word may be."""
    found = {word}
    if len(word) >= LONG - 1:
        for less in _less(word):
            found |= known.by_less.get(less, set())
    return found


def _matches(words: Sequence[tuple[str, int, int]], place: int, name: tuple[str, ...]) -> int | None:
    """Where a name ends that begins at a word; None if it does not stand there."""
    there = words[place : place + len(name)]
    if len(there) < len(name) or any(later[1] - earlier[2] > 3 for earlier, later in pairwise(there)):
        return None
    return there[-1][2] if all(is_close(word, wanted) for (word, _start, _end), wanted in zip(there, name, strict=True)) else None


def _certainty(reading: Reading, start: int, name: tuple[str, ...], *, exact: bool) -> Certainty:
    """A single short word in small letters may be a word like any other."""
    if not exact:
        return Certainty.LIKELY if len(name) > 1 else Certainty.POSSIBLE
    return Certainty.CERTAIN if len(name) > 1 or reading.shown[start].isupper() else Certainty.POSSIBLE


def is_close(word: str, wanted: str) -> bool:
    """Whether a word is another, or one letter more, less, other or swapped from it where the other is long enough."""
    if word == wanted:
        return True
    if len(wanted) < LONG or abs(len(word) - len(wanted)) > 1:
        return False
    at = next((place for place, (one, other) in enumerate(zip(word, wanted, strict=False)) if one != other), min(len(word), len(wanted)))
    if len(word) > len(wanted):
        return word[at + 1 :] == wanted[at:]
    if len(word) < len(wanted):
        return word[at:] == wanted[at + 1 :]
    return word[at + 1 :] == wanted[at + 1 :] or (word[at : at + 2] == wanted[at : at + 2][::-1] and word[at + 2 :] == wanted[at + 2 :])

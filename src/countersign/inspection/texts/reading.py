"""A text as rules read it: without accents, invisible letters and odd forms, every letter knowing where it came from.

A text read from a picture is read twice: as it is, and with O among digits as 0, 0 among letters as o, and so on.
"""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_BY_HAND = {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "’": "'", "‘": "'", "–": "-", "—": "-", "‐": "-", "‑": "-"}
_LONGEST_SIGN = 3  # letters that one sign may stand for; there are signs for whole sentences
_INVISIBLE = {"Mn", "Me", "Cf"}
_TOKEN, _PIECE = re.compile(r"\S{1,64}"), re.compile(r"[^\s-]{1,64}")
_AS_DIGITS = str.maketrans("OoQDIl|SsBZzG", "0000111558226")
_ALIKE = str.maketrans("oilszbgq", "01152860")
_AS_LETTERS = str.maketrans("0158|", "olsbl")
_CAPITAL_I = re.compile(r"\bl(?=[bcdfgjkmnpqrstvwxz])")  # no word of our languages begins so
_URL = re.compile(r"\b(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """`shown` keeps capitals, `folded` does not; both are equally long. `places` tells where each letter stood in the text."""

    shown: str
    folded: str
    places: tuple[int, ...]
    is_from_picture: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """From where to where in the text itself."""
        return self.places[start], self.places[end - 1] + 1

    def links(self) -> list[tuple[int, int]]:
        """Where addresses of pages stand: numbers in them mean nothing."""
        return [found.span() for found in _URL.finditer(self.shown)]


def read(text: str, *, from_picture: bool = False) -> list[Reading]:
    """The readings of a text: one, or two of one from a picture."""
    pieces, places = list[str](), list[int]()
    for place, letter in enumerate(text):
        piece = _plain(letter)
        pieces.append(piece)
        places += [place] * len(piece)
    shown = "".join(pieces)
    texts = [shown, _digits(_letters(shown))] if from_picture else [shown]
    return [Reading(one, _lower(one), tuple(places), from_picture) for one in dict.fromkeys(texts)]


def fold(text: str) -> str:
    """A text without accents and capitals."""
    return _lower("".join(_plain(letter) for letter in text))


def bare(text: str) -> str:
    """Only the letters and digits of a text, folded."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def alike(text: str) -> str:
    """The letters and digits of a text, those that readers of pictures mistake for one another as the same."""
    return bare(text).translate(_ALIKE)


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    if letter in _BY_HAND:
        return _BY_HAND[letter]
    kept = "".join(one for one in unicodedata.normalize("NFKD", letter) if unicodedata.category(one) not in _INVISIBLE)
    if len(kept) > _LONGEST_SIGN or (kept != "\n" and kept.isspace()):
        return " "
    return kept


def _lower(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(one.lower()[:1] or one for one in text)


def _digits(shown: str) -> str:
    """With O as 0, l as 1 and so on in pieces that are digits but for such letters."""
    def mended(found: re.Match[str]) -> str:
        token = found[0]
        as_digits = token.translate(_AS_DIGITS)
        digits = sum(one.isdigit() for one in token)
        is_number = (not any(one.isalpha() for one in as_digits) and 3 * digits >= sum(one.isdigit() for one in as_digits)) or token in {"l", "|", "+l"}
        return as_digits if is_number else token

    return _PIECE.sub(mended, shown)


def _letters(shown: str) -> str:
    """With 0 as o, 1 as l and so on in tokens that are mostly letters."""
    def mended(found: re.Match[str]) -> str:
        token = found[0]
        if 2 * sum(one.isalpha() for one in token) <= len(token):
            return token
        return _CAPITAL_I.sub("I", ("O" + token[1:] if token[0] == "0" else token).translate(_AS_LETTERS))

    return _TOKEN.sub(mended, shown)

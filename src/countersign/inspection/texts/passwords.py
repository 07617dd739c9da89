"""Passwords: what stands behind a word for one, in four languages, and does not read like the rest of a sentence."""
from __future__ import annotations

import re
from collections.abc import Iterator

from countersign.inspection.texts.kinds import PASSWORD_SAID, Certainty, Kind, Span
from countersign.inspection.texts.reading import Reading
from countersign.inspection.texts.words import ours

_TALK = 40  # characters between a word for a password and a colon: "the password for the till:"
_VALUE = r"[\"'«“(]{0,2} {0,2}(?P<value>[^\s\"'»”]{3,80})"
_SENTENCE_ENDS = re.compile(r"[.!?…)]{0,3}(?:\s{0,3}$|\s{0,3}\n|\s{1,3}[^\w\s])|[.!?…)]{1,3}\s")
_NEXT_SENTENCE = re.compile(r"\s{1,3}[A-Z]")
_TRAILING = ".,;:!?)…"
_NO_PASSWORD = re.compile(r"https?://|www\.|^\W{1,80}$|^\{.{0,78}\}$|^\.?/")


def passwords(reading: Reading) -> Iterator[Span]:
    """Every password in a reading: behind a colon even a plain word at the end of a sentence, else only what words do not look like."""
    behind_a_colon, beside = _patterns()
    for found in behind_a_colon.finditer(reading.folded):
        start, end = _trimmed(reading, *found.span("value"))
        value = reading.shown[start:end]
        if reading.shown[end : end + 1] == ":" or _NO_PASSWORD.search(value):
            continue
        if _is_odd(value):
            yield Span(Kind.PASSWORD, start, end, Certainty.LIKELY, PASSWORD_SAID)
        elif len(value) >= 5 and _is_last(reading, start, end):
            yield Span(Kind.PASSWORD, start, end, Certainty.POSSIBLE, PASSWORD_SAID)
    for found in beside.finditer(reading.folded):
        start, end = _trimmed(reading, *found.span("value"))
        if _is_odd(reading.shown[start:end]) and not _NO_PASSWORD.search(reading.shown[start:end]):
            yield Span(Kind.PASSWORD, start, end, Certainty.LIKELY, PASSWORD_SAID)


def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return (
        ours("password", rf"(?<![a-z0-9])(?:{{}})(?![a-z0-9])[^:=\n.?!]{{0,{_TALK}}}[:=] {{0,3}}{_VALUE}"),
        ours("password", rf"(?<![a-z0-9])(?:{{}})(?![a-z0-9])(?: (?:is|lautet|est|ist|wordt|was))? {{1,3}}{_VALUE}"),
    )


def _trimmed(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Without the comma or bracket behind it. A mark of exclamation is kept behind digits: many a password ends in one."""
    while end > start + 3 and reading.shown[end - 1] in _TRAILING:
        if reading.shown[end - 1] == "!" and reading.shown[end - 2].isdigit():
            break
        end -= 1
    return start, end


def _is_odd(value: str) -> bool:
    """Whether it does not look like a word: digits, or marks and capitals within."""
    if len(value) < 4:
        return False
    digits, letters = sum(one.isdigit() for one in value), sum(one.isalpha() for one in value)
    marks = sum(not one.isalnum() and one not in "-'." for one in value[:-1])
    return (digits >= 1 and (letters >= 2 or digits >= 4)) or (marks >= 1 and letters >= 4) or (any(one.isupper() for one in value[1:]) and not value.isupper())


def _is_last(reading: Reading, start: int, end: int) -> bool:
    """Whether the sentence ends behind it, if only by a capital behind a word in small letters."""
    after, is_small = reading.shown[end : end + 12], reading.shown[end - 1 : end].islower() and reading.shown[start].islower()
    return bool(_SENTENCE_ENDS.match(after)) or (is_small and bool(_NEXT_SENTENCE.match(after)))

"""Whatever is written is read: no text makes the rules fail or run for long."""
from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from re import _parser  # type: ignore[attr-defined]  # the only way to see what a pattern is made of
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bench.texts import OWN
from countersign.inspection import texts
from countersign.inspection.texts import words
from countersign.inspection.texts.finding import findings
from countersign.inspection.texts.kinds import OwnList

LONG = 100_000
SIMPLE = "Vandaag tappen we onze nieuwe tripel van het vat, wie proeft er mee? "
UNITS = (
    "a", "A", "1", "0", " ", "\n", ".", "-", "@", "+", "0 ", "1 ", "1-", "a.", "a@", "a@a.", "A1", "BE71 ", "BE71", "+3", "(0)", "00 ", "4 ", "aA1-", "wachtwoord ", "wachtwoord: ", "pw=", "password" + "a" * 39, "SECRET", "A_", "KEY=",
    "eyJ", "eyJaaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "AKIA", "xoxb-", "https://", "hooks", "Kim ", "Kim Peeters ", "morgen ", "we ", "in Gent ", "we morgen in ", "embargo ", "12 mei ", "embargo 12 mei ", "€ 1", "1.000", "1 000 ",
    "Kerkstraat ", "Kerkstraat 1", "rue ", "Rue De ", "12 Aa ", "Am Aa ", "A-", "AA-", "1-AAA-", "#a", "#Vandersteen", "Vandersten ", "vandersteenn", "étoile ", "e\u0301", "\u200b", "ﷺ", "İ", "\ud800", "ß", "🍺", "|", "O0l1", "l ", "'", "(", "[at]", " (at) ", "a-a-",
)  # fmt: skip


@pytest.mark.parametrize("from_picture", [False, True])
def test_the_time_grows_with_the_length_whatever_is_written(from_picture: bool) -> None:
    """Processor time, so that a busy machine says nothing. All at a fifth of the length, the slowest at the whole of it."""

    def took(unit: str, length: int) -> float:
        started = time.process_time()
        findings((unit * length)[:length], own=OWN, from_picture=from_picture)
        return time.process_time() - started

    took(SIMPLE, LONG)
    simple = took(SIMPLE, LONG)
    rows = sorted(((5 * took(unit, LONG // 5) / simple, unit) for unit in UNITS), reverse=True)
    print(f"\nsimple {simple:.2f} s; slowest: " + ", ".join(f"{unit!r} {ratio:.1f} times" for ratio, unit in rows[:6]))
    for _ratio, unit in rows[:3]:
        assert took(unit, LONG) <= 12 * simple, unit
    assert rows[0][0] <= 12


@settings(max_examples=150, deadline=None)
@given(text=some.text(max_size=300) | some.lists(some.sampled_from(UNITS), max_size=40).map("".join), from_picture=some.booleans())
def test_nothing_fails_and_every_finding_lies_in_the_text(text: str, from_picture: bool) -> None:
    found = findings(text, own=OWN, from_picture=from_picture)
    assert all(0 <= one.start < one.end <= len(text) and text[one.start : one.end] == one.words for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)


@settings(max_examples=60, deadline=None)
@given(names=some.lists(some.text(max_size=30), max_size=8), text=some.text(max_size=100))
def test_any_list_will_do(names: list[str], text: str) -> None:
    own = OwnList(customers=tuple(names), people=tuple(names), published=tuple(names))
    findings(text + " ".join(names), own=own)


@settings(max_examples=60, deadline=None)
@given(before=some.text(alphabet="abc ,\n🍺é", max_size=20), after=some.text(alphabet=" ,\n🍺", max_size=20))
def test_what_stands_around_an_account_number_does_not_hide_it(before: str, after: str) -> None:
    own = OwnList()
    text = f"{before} BE68 5390 0754 7034 {after}"
    assert "iban" in [one.kind for one in findings(text, own=own)]


def patterns() -> Iterator[tuple[str, str]]:
    """Every pattern of the folder, by the name under which it stands."""
    for module in pkgutil.walk_packages(texts.__path__, f"{texts.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            found = value if isinstance(value, tuple) else (value,)
            yield from ((f"{module.name}.{name}", one.pattern) for one in found if isinstance(one, re.Pattern))
    yield from ((f"words: {concept}", pattern) for language in words.LANGUAGES for concept, pattern in language.items())


def repeats(parsed: Any) -> Iterator[tuple[int, Any]]:
    """How often a pattern repeats what, at any depth."""
    for code, value in parsed:
        if str(code) in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            yield value[1], value[2]
        for part in value if isinstance(value, tuple | list) else (value,):
            if isinstance(part, _parser.SubPattern):
                yield from repeats(part)
            elif isinstance(part, list):
                for one in part:
                    if isinstance(one, _parser.SubPattern):
                        yield from repeats(one)


def test_no_pattern_repeats_without_end() -> None:
    """Links and assigned values are the longest; what has no end could be begun at every letter of a text."""
    seen = dict(patterns())
    assert len(seen) > 50
    for name, pattern in seen.items():
        assert all(most <= 4000 for most, _what in repeats(_parser.parse(pattern))), name

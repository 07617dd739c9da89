"""The canonical form is RFC 8785's, whichever encoder writes it."""
from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as some

from countersign.base.values import canonical

TEXT = some.text(some.characters(exclude_categories=["Cs"]))
LARGEST = 2**53 - 1
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-LARGEST, LARGEST) | some.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(TEXT, inner, max_size=4),
    max_leaves=25,
)


@given(VALUES)
@settings(max_examples=300, deadline=None)
def test_the_bytes_are_those_of_the_reference(content: Any) -> None:
    assert canonical(content) == rfc8785.dumps(content)


@pytest.mark.parametrize("text", [chr(code) for code in [*range(0x21), 0x22, 0x2F, 0x5C, 0x7F, 0x80, 0x2028, 0xFFFF, 0x1F600]])
def test_every_character_is_written_as_the_reference_writes_it(text: str) -> None:
    assert canonical({"text": text}) == rfc8785.dumps({"text": text})


@pytest.mark.parametrize(
    "content", [{"n": LARGEST + 1}, {"n": -LARGEST - 1}, {"n": float("nan")}, {"n": "\ud800"}, {"\ud800": 1}, {"n": b"bytes"}]
)
def test_what_has_no_canonical_form_is_refused(content: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(content)


def test_names_beyond_the_basic_plane_are_sorted_as_utf_16() -> None:
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()

"""Facets, counting and keys: plain arithmetic."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.networks.bluesky import graphemes, keys
from countersign.networks.bluesky.facets import facets, records, written_out

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def told(text: str) -> list[tuple[str, str, str]]:
    """Each facet's kind, value, and the words its bytes cover."""
    raw = text.encode()
    return [(facet.kind, facet.value, raw[facet.start : facet.end].decode()) for facet in facets(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("👩‍👩‍👧 https://a.example/ü?q=1#x", [("link", "https://a.example/ü?q=1#x", "https://a.example/ü?q=1#x")]),
        ("See (https://a.example/b).", [("link", "https://a.example/b", "https://a.example/b")]),
        ("See https://a.example/b_(c), now", [("link", "https://a.example/b_(c)", "https://a.example/b_(c)")]),
        ("Really https://a.example?!", [("link", "https://a.example", "https://a.example")]),
        ("https:// alone", []),
        ("xhttps://a.example", []),
        ("Grüße @Ann.Example, hi", [("mention", "ann.example", "@Ann.Example")]),
        ("ann@delinde.example writes", []),
        ("@ann alone", []),
        ("#Bier und #größe! #", [("tag", "Bier", "#Bier"), ("tag", "größe", "#größe")]),
        ("#1 #2026 a#b", []),
        ("#ビール", [("tag", "ビール", "#ビール")]),
        ("https://a.example/#news @b.example", [("link", "https://a.example/#news", "https://a.example/#news"), ("mention", "b.example", "@b.example")]),
        ("https://a.example/@b.example", [("link", "https://a.example/@b.example", "https://a.example/@b.example")]),
        ("#" + "a" * 65, []),
    ],
)  # fmt: skip
def test_facets_are_found_where_readers_see_them(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(text) == expected


@given(st.text(alphabet=st.sampled_from("a.@#/: é👩‍👧🇩🇪()https://x.yz\n"), max_size=80))
def test_facets_never_overlap_and_always_cut_between_characters(text: str) -> None:
    ends = 0
    raw = text.encode()
    for facet in facets(text):
        assert ends <= facet.start < facet.end <= len(raw)
        raw[facet.start : facet.end].decode()
        ends = facet.end


def test_a_mention_of_nobody_stays_plain_words() -> None:
    assert records("@nobody.example", did_of=lambda handle: "") == []


def test_a_shortened_link_is_written_out_in_full() -> None:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/long/path"}
    record = {"text": "See a.example/lo...", "facets": [{"index": {"byteStart": 4, "byteEnd": 19}, "features": [feature]}]}
    assert written_out(record) == "See https://a.example/long/path"


@pytest.mark.parametrize("nonsense", [None, 7, [None], [{"index": {}}], [{"index": {"byteStart": "x", "byteEnd": 2}, "features": [{}]}], [{"index": {"byteStart": 3, "byteEnd": 999}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://x"}]}]])
def test_facets_of_others_that_are_none_leave_the_words_alone(nonsense: object) -> None:
    assert written_out({"text": "hello", "facets": nonsense}) == "hello"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0), ("hello", 5), ("é", 1), ("e\u0301", 1), ("👩‍👩‍👧‍👦", 1), ("🇩🇪🇫🇷", 2), ("👍🏽", 1), ("❤️", 1), ("a\r\nb", 3),
        ("नमस्ते", 3), ("각", 1), ("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍", 1), ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 1), ("\u200d", 1), ("ビール", 3),
    ],
)  # fmt: skip
def test_characters_are_what_people_call_so(text: str, count: int) -> None:
    assert graphemes.count(text) == count


def test_three_hundred_families_are_too_many_bytes() -> None:
    family = "👩‍👩‍👧‍👦"
    assert graphemes.count(family * 100) == 100
    assert graphemes.count(family * 130) > graphemes.CHARACTERS


def test_a_record_key_has_the_form_the_network_asks_for() -> None:
    key = keys.handle(AT, 4_000_000_000)
    assert len(key) == 13
    assert set(key) <= set("234567abcdefghijklmnopqrstuvwxyz")
    assert key[0] in "234567abcdefghij"


def test_equal_arguments_give_equal_keys_and_keys_sort_by_time() -> None:
    assert keys.handle(AT, 7) == keys.handle(AT, 7)
    assert keys.handle(AT, 2**32 - 1) < keys.handle(AT + timedelta(seconds=1), 0)


@given(st.integers(0, 10**6 * 1024 - 1), st.integers(0, 10**6 * 1024 - 1))
def test_posts_due_at_the_same_moment_get_different_keys(one: int, other: int) -> None:
    assert (keys.handle(AT, one) == keys.handle(AT, other)) == (one == other)

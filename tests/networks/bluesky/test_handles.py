"""A handle as people type or paste it: what comes along is taken off, what cannot be one is told before anybody is asked."""
from __future__ import annotations

import httpx
import pytest

from countersign.base.errors import Invalid
from countersign.networks.bluesky import addresses


@pytest.mark.parametrize(
    "typed",
    [
        "delinde.bsky.social", "@delinde.bsky.social", " DeLinde.bsky.social ", "at://delinde.bsky.social",
        "https://bsky.app/profile/delinde.bsky.social/", "\u202a@delinde.bsky.social\u202c", "delinde.bsky.social.",
    ],
)  # fmt: skip
def test_what_comes_along_with_a_pasted_handle_is_taken_off(typed: str) -> None:
    assert addresses.tidy(typed) == "delinde.bsky.social"


@pytest.mark.parametrize("typed", ["delinde", "De Linde", "ann@delinde.example", "delinde..bsky.social", "-a.example", "https://delinde.example/x"])
def test_what_cannot_be_a_handle_is_told_before_any_server_is_asked(typed: str) -> None:
    nobody = httpx.Client()
    nobody.close()  # whoever is asked now fails with something else
    with pytest.raises(Invalid, match="not a whole handle") as told:
        addresses.did_of(nobody, "", typed)
    assert told.value.field == "handle"
    assert "delinde.bsky.social" in told.value.remedy

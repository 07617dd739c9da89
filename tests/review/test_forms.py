"""What an auditor typed into the compose page."""
from __future__ import annotations

import pytest
from django.http import QueryDict

from countersign.base.errors import Invalid
from countersign.content.posts import forms


@pytest.mark.parametrize("zone", ["", "Europe", "Mars/Olympus", "../../etc/hostname", "X" * 300, "Europe/Brus\x00sels"])
def test_a_zone_that_is_none_is_never_kept(zone: str) -> None:
    data = QueryDict(mutable=True)
    data.update({"time_zone": zone, "release": "now"})
    with pytest.raises(Invalid):
        forms.read(data, None)


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31", "2026-02-30", "2026-02-01T10:00"])
def test_a_release_time_beyond_the_calendar_is_no_fault(date: str) -> None:
    data = QueryDict(mutable=True)
    data.update({"release_date": date, "release_time": "00:30"})
    with pytest.raises(Invalid):
        forms.release_time(data, "Europe/Brussels")


def test_a_nul_is_no_text() -> None:
    data = QueryDict(mutable=True)
    data.update({"accounts": "a", "text-a": "een\x00twee", "title": "t\x00"})
    content = forms.read(data, None)
    assert (content.texts["a"], content.title) == ("eentwee", "t")

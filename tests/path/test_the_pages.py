"""From nothing to a decided comment in the real pages: what `./start` begins, seen by the people it is for."""
from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Error as PlaywrightError

from tests.chromium import chromium
from tests.path.browsing import Installation, told
from tests.path.walking import WORDS, Walk

pytestmark = pytest.mark.browser


def test_the_whole_path_runs_in_the_real_pages(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.start(from_nothing=True)
    try:
        with chromium() as browser:
            walk = Walk(browser, installation)
            try:
                _all_of_it(walk)
            except PlaywrightError as error:
                pytest.fail(f"{str(error)[:300]}\n{told(walk.people)}\n{installation.said()[-2000:]}")
    finally:
        installation.stop()


def _all_of_it(walk: Walk) -> None:
    walk.kim_begins()
    walk.kim_connects()
    walk.the_others_come()
    walk.kim_puts_ben_on_the_roster()
    walk.ann_writes()
    walk.ben_signs()
    address = walk.it_goes_out()
    there = httpx.get(address, trust_env=False).text
    assert WORDS in there
    assert "Bierflesjes op een rij" in there
    walk.a_reader_answers(address, "Nur Idioten trinken so etwas.")
    walk.mia_decides("Nur Idioten", "hide", "R1")
    assert "Idioten" not in httpx.get(address, trust_env=False).text
    assert [problem for one in walk.people for problem in one.problems] == []

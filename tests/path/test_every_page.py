"""The demonstration: axe finds no serious fault on any page of it, no page is wider than a phone, and its log verifies."""
from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import chromium
from tests.path.looking import Tour, faults, open_page
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demonstration")]


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tour, Browser]]:
    with chromium() as browser:
        tour = Tour(tmp_path_factory.mktemp("demonstration"))
        try:
            tour.sign_in(browser, "Kim", "Ben")
            yield tour, browser
        finally:
            tour.at.stop()


@pytest.mark.parametrize(
    ("width", "theme"), [(1280, "light"), (390, "dark")], ids=["desk", "phone"]
)
@pytest.mark.attack
def test_axe_finds_no_serious_fault_on_any_page(tour: tuple[Tour, Browser], width: int, theme: str) -> None:
    demonstration, browser = tour
    demonstration.sign_in(browser, "Ann", "Mia", "Sam")
    found = {}
    for seen in demonstration.pages(browser):
        page = open_page(demonstration, browser, seen, width=width, theme=theme)
        if bad := faults(page):
            found[seen.name] = bad
        page.context.close()
    assert found == {}


def test_a_newcomers_own_passkey_is_on_the_demonstrations_roster_within_seconds(tour: tuple[Tour, Browser]) -> None:
    demonstration, _browser = tour
    until(lambda: demonstration.at.run("roster").stdout.count(" add ") >= 4)  # Tom and Ben by demonstration keys, Kim and Ben by their own


def test_the_log_of_the_demonstration_verifies_and_a_changed_byte_is_noticed(
    tour: tuple[Tour, Browser], tmp_path: Path
) -> None:
    demonstration, _browser = tour
    exported = tmp_path / "log"
    assert demonstration.at.run("audit", "export", str(exported)).returncode == 0
    assert demonstration.at.run("audit", "verify", str(exported)).returncode == 0
    content = exported.read_bytes()
    chance = random.Random(20261124)
    for _try in range(3):
        place = chance.randrange(len(content))
        changed = content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
        (tmp_path / "changed").write_bytes(changed)
        assert demonstration.at.run("audit", "verify", str(tmp_path / "changed")).returncode == 1, place


def test_the_doctor_says_that_this_is_no_installation_in_earnest(tour: tuple[Tour, Browser]) -> None:
    demonstration, _browser = tour
    told = demonstration.at.run("doctor")
    assert told.returncode == 1
    assert "This is a demonstration" in told.stdout

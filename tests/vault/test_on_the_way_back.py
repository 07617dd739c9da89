"""In a real browser: a code and a check-out, signed by two people, shown once; and nothing of it on the way back."""
from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from tests.chromium import chromium
from tests.path.looking import Tour, faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demonstration")]
PASSWORD = "oude-ketel-1894-koper"


def back_and_forth(page: Page) -> str:
    """Everything that the browser shows on the way back to what was shown once, and forward again."""
    page.goto("/")
    seen = []
    for step in (page.go_back, page.go_forward, page.go_back):
        try:
            step()
        except PlaywrightError as error:  # it would have to ask the server anew: it keeps nothing
            if "ERR_CACHE_MISS" not in str(error):
                raise
        page.wait_for_timeout(1000)
        page.wait_for_load_state()
        seen.append(page.content())
    return "".join(seen)


@pytest.mark.attack
def test_what_is_shown_once_is_not_there_on_the_way_back(tmp_path: Path) -> None:
    with chromium() as browser:
        tour = Tour(tmp_path)
        try:
            tour.sign_in(browser, "Kim", "Ben")
            account = tour.vault()
            _a_code(tour, account)
            _a_check_out(tour, account)
        finally:
            tour.at.stop()


def secret(tour: Tour, account: str, name: str) -> str:
    found = re.search(rf'href="(/secrets/[0-9a-f-]{{36}}/)">{name}<', tour.people["Ben"].go(account).content())
    assert found
    return found[1]


def _a_code(tour: Tour, account: str) -> None:
    ben = tour.people["Ben"]
    page = ben.go(secret(tour, account, "TOTP seed") + "code/")
    page.get_by_label("What for").fill("Signing in at the network")
    ben.press("Give me the code")
    shown = page.locator(".shown code").inner_text()
    assert re.fullmatch(r"\d{6}", shown)
    assert faults(page) == []
    assert shown not in back_and_forth(page)


def _a_check_out(tour: Tour, account: str) -> None:
    ben, kim = tour.people["Ben"], tour.people["Kim"]
    page = ben.go(secret(tour, account, "Password") + "check-out/")
    page.get_by_label("Why do you need it").fill("The network asks for it")
    ben.press("Ask for it")
    page.wait_for_url("**/two/**")
    proposal = page.url
    until = time.monotonic() + 30
    while True:  # the demonstration's officers put Ben's own passkey on the roster within seconds
        ben.press("Sign with passkey")
        page.wait_for_timeout(1500)
        page.goto(proposal)
        if "You have signed this already" in page.content() or time.monotonic() > until:
            break
    kim.page.goto(proposal)
    kim.press("Sign with passkey")
    kim.page.wait_for_url("**/show/**")
    kim.see("It is shown to who asked for it alone.")
    page.goto(kim.page.url)
    ben.press("Show it once")
    assert page.locator(".shown code").inner_text() == PASSWORD
    assert faults(page) == []
    assert PASSWORD not in back_and_forth(page)
    page.goto(kim.page.url)
    ben.see("It was shown once already.")

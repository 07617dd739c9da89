"""A departure in the real pages: planned, begun, its list worked off by two officers, closed, and its certificate.

With PICTURES in the environment, each page is also kept as pictures in that folder.
"""
from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from tests.chromium import chromium
from tests.house import now
from tests.path.browsing import Installation, Somebody, told
from tests.path.looking import faults
from tests.path.walking import Walk
from tests.waiting import until

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")
CAST = (("Tom Wouters", "Security officer"), ("Leo Peeters", "Reviewer"), ("Ann Maes", "Author"))


def test_somebody_leaves_and_nothing_is_left_behind(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.start()
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
    kim = walk.kim
    tom, leo, ann = (_comes(walk, name, role) for name, role in CAST)
    _onto_the_roster(kim, "Tom Wouters", "officer", kim)
    _onto_the_roster(kim, "Leo Peeters", "signer", kim, tom)
    _leo_drafts(leo)
    departure = _kim_plans(kim)
    kim.see("Planned")
    look(kim.page, "planned")
    leo.go("/posts/")
    assert leo.page.url.endswith("/posts/")
    _it_begins(kim)
    leo.page.locator("dialog.closed[open]").wait_for()  # the page that lay open says so by itself
    leo.go("/posts/")
    assert "/accounts/login/" in leo.page.url
    look(kim.go(departure), "open")
    _work_off(kim, tom, departure)
    kim.go(departure)
    look(kim.page, "nothing-left")
    kim.press("Close it")
    kim.page.wait_for_url(re.compile("/certificate/$"))
    kim.see("Leo Peeters has left, and nothing is left behind")
    look(kim.page, "certificate")
    if PICTURES:
        kim.page.pdf(path=f"{PICTURES}/certificate.pdf", format="A4")
    certificate = json.loads(kim.page.request.get(f"{departure}certificate.json").text())
    assert [one["answer"] for one in certificate["certificate"]["tasks"]] == ["not_there", "removed", "given_back"]
    assert certificate["digest"] in certificate["log"]["leaf"]
    ann.go("/")
    ann.see("Lentebier")  # the draft is hers
    _a_file(kim)
    look(kim.go("/departures/"), "list")
    look(kim.go("/departures/new/"), "new")
    look(kim.go("/people/invite/"), "invite")
    # A session that ended is told so (401); of two pages that open at once, one binds the browser's key (409).
    expected = ("401", "409", "/me/live")
    assert [problem for one in walk.people for problem in one.problems if not any(part in problem for part in expected)] == []


def _comes(walk: Walk, name: str, role: str) -> Somebody:
    person = Somebody(walk.browser, walk.at, name)
    person.enrol(walk.kim_invites(name, role))
    walk.people.append(person)
    return person


def _onto_the_roster(kim: Somebody, name: str, role: str, *signers: Somebody) -> None:
    page = kim.go("/roster/")
    value = page.locator("select[name=person] option", has_text=name).get_attribute("value")
    page.locator("select[name=person]").select_option(value)
    page.locator("select[name=role]").select_option(role)
    kim.press("Ask for it")
    page.locator("main [data-passkey-area]").first.wait_for()
    _sign(*signers)
    page = kim.go("/roster/")
    page.locator("[aria-labelledby=signers]", has_text=name).wait_for()


def _sign(*officers: Somebody) -> None:
    """Each officer signs what waits on the roster."""
    for officer in officers:
        page = officer.go("/roster/")
        button = page.locator("main [data-passkey-area]").get_by_role("button", name=re.compile("^Sign with"))
        with page.expect_navigation():  # the page is shown anew once it is signed
            button.first.click()
        page.wait_for_load_state("networkidle")


def _leo_drafts(leo: Somebody) -> None:
    page = leo.go("/posts/new/")
    page.get_by_label("Title").fill("Lentebier")
    page.locator("textarea[data-account]").fill("Ons lentebier is er weer.")
    page.get_by_role("button", name=re.compile("Keep|Save")).first.click()
    page.wait_for_url(re.compile(r"/posts/[0-9a-f-]{36}/"))


def _kim_plans(kim: Somebody) -> str:
    page, soon = kim.go("/departures/new/"), now() + timedelta(days=2)
    value = page.locator("select[name=person] option", has_text="Leo Peeters").get_attribute("value")
    page.locator("select[name=person]").select_option(value)
    page.get_by_label("Why, in a sentence").fill("Begins somewhere else.")
    page.get_by_label("From which day").fill(soon.date().isoformat())
    page.get_by_label("From which hour").fill("16:30")
    value = page.locator("select[name=heir] option", has_text="Ann Maes").get_attribute("value")
    page.locator("select[name=heir]").select_option(value)
    kim.press("Have them leave")
    page.wait_for_url(re.compile(r"/departures/[0-9a-f-]{36}/$"))
    return page.url.removeprefix(kim.at.origin)


def _it_begins(kim: Somebody) -> None:
    kim.page.locator("summary", has_text="Begin now").click()
    kim.page.locator("details[open]").get_by_role("button", name="Begin now").click()
    kim.page.locator("#left").wait_for()


def _work_off(kim: Somebody, tom: Somebody, departure: str) -> None:
    for who, answer in ((kim, "Looked: not there"), (tom, "Was there, removed"), (kim, "Given back")):
        page = who.go(departure)
        lines = page.locator("[aria-labelledby=left]").get_by_role("button", name=answer)
        before = page.locator("[aria-labelledby=left] li").count()
        with page.expect_navigation():
            lines.first.click()
        until(lambda page=page, before=before: 0 < page.locator("[aria-labelledby=left] li").count() < before)  # type: ignore[misc]
    kim.go(departure)
    kim.press("Ask for it to come off")
    kim.see("It was asked for")
    _sign(kim, tom)
    until(lambda: kim.go(departure).get_by_text("Close it; then there is a certificate.").count(), seconds=60)


def _a_file(kim: Somebody) -> None:
    text = "mail;last day;heir\nann@delinde.example;2026-12-31;tom@delinde.example\nnobody@delinde.example;;\nkim@delinde.example;;\n"
    page = kim.go("/departures/file/")
    look(page, "file")
    page.locator("input[type=file]").set_input_files({"name": "leavers.csv", "mimeType": "text/csv", "buffer": text.encode()})
    kim.press("See what it comes to")
    kim.see("Nobody here has this address.")
    look(page, "file-comes-to")
    kim.press("Have 1 person leave")
    page.wait_for_url(re.compile("/departures/$"))
    kim.see("Ann Maes")


def look(page: Page, name: str) -> None:
    """On a phone as at a desk, axe finds nothing serious and no page is wider than its window. Pictures of it where wanted."""
    for width, theme in ((1280, "light"), (390, "dark")):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(400)  # colours move for a moment
        assert faults(page) == [], (name, width)
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{width}-{theme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})

"""The product's main path on the real Bluesky network in a box: PDS, directory and AppView as Bluesky runs them."""
from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError

from tests.path import bluesky_pages
from tests.path.browsing import Installation, chromium, told
from tests.path.walking import WORDS, Walk
from tests.servers.bluesky import Box, Person, bluesky_full  # noqa: F401  # a fixture

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.xdist_group("bluesky")]


class BlueskyWalk(Walk):
    """The same walk, on Bluesky."""

    def kim_goes_to_bluesky(self, person: Person, path: str = "/accounts/connect/?network=bluesky") -> None:
        page = self.kim.go(path)
        page.get_by_label("Handle", exact=True).fill(person.handle)
        page.get_by_label("Its server").fill(person.box.pds)
        self.kim.press("Go to the network to allow it")
        page.wait_for_url(f"{person.box.pds}/**")
        bluesky_pages.sign_in(page, person)

    def kim_connects_bluesky(self, person: Person) -> None:
        self.kim_goes_to_bluesky(person)
        self.kim.press("Authorize")
        self.kim.page.wait_for_url(re.compile(rf"{self.at.origin}/accounts/[0-9a-f-]+/"))
        self.account = self.kim.page.url

    def kim_is_denied(self, person: Person) -> None:
        self.kim_goes_to_bluesky(person)
        self.kim.press("Deny access")
        self.kim.page.wait_for_url(re.compile(f"{self.at.origin}/connect/return/"))
        self.kim.see("The network did not let us in")

    def mia_answers(self, text: str, answer: str) -> None:
        """She decides to answer, writes it on the next page, and hands it in."""
        self.mia_decides(text, "answer", "K2")
        page = self.mia.page
        page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/edit/"))
        page.locator("textarea[data-account]").fill(answer)
        self.mia.press("Submit for signature")
        page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/$"))
        self.answer = page.url.rstrip("/").rsplit("/", 1)[-1]

    def ben_signs_the_answer(self, answer: str) -> None:
        page = self.ben.go(f"/posts/{self.answer}/review/")
        self.ben.see(answer)
        self.ben.press("Sign with passkey")
        page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/$"))

    def ann_deletes(self) -> None:
        page = self.ann.go(f"/posts/{self.post}/")
        page.locator("summary", has_text="Delete it from Bluesky").click()
        self.ann.press("Delete it from Bluesky")

    def kim_disconnects(self) -> None:
        page = self.kim.go(self.account)
        page.locator("summary", has_text="Disconnect").click()
        self.kim.press("Disconnect")
        page.get_by_text("Disconnected").first.wait_for()


def until_true(look: Callable[[], Any], else_say: Callable[[], str], *, seconds: float = 60) -> Any:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := look():
            return found
        time.sleep(0.5)
    raise AssertionError(else_say())


def test_the_whole_path_on_bluesky_in_the_real_pages(tmp_path: Path, bluesky_full: Box) -> None:  # noqa: F811
    box = bluesky_full
    installation = Installation(tmp_path, COUNTERSIGN_LOOPBACK_ORIGINS=f"{box.pds},{box.plc}", COUNTERSIGN_PLC_ORIGIN=box.plc)
    installation.start()
    try:
        with chromium() as browser:
            walk = BlueskyWalk(browser, installation)
            try:
                _all_of_it(walk, box)
            except PlaywrightError as error:
                pytest.fail(f"{str(error)[:1000]}\n{told(walk.people)}\n{installation.said()[-2000:]}")
    finally:
        installation.stop()


def _all_of_it(walk: BlueskyWalk, box: Box) -> None:
    brewery, greta, joke = box.account("brewery"), box.account("greta"), box.account("joke")
    walk.kim_begins()
    walk.kim_is_denied(brewery)
    walk.kim_connects_bluesky(brewery)
    walk.the_others_come()
    walk.kim_puts_ben_on_the_roster()
    walk.ann_writes()
    walk.ben_signs()
    (post,) = until_true(brewery.posts, walk.at.said)
    assert post["value"]["text"] == WORDS
    assert [image["alt"] for image in post["value"]["embed"]["images"]] == ["Bierflesjes op een rij"]
    ours = {"uri": post["uri"], "cid": post["cid"]}
    greta.says("Nur Idioten trinken so etwas.", to=ours)
    asked = joke.says("Wanneer gaan jullie open?", to=ours)
    walk.mia_decides("Nur Idioten", "hide", "R1")
    until_true(lambda: hidden(brewery), walk.at.said)
    walk.mia_answers("Wanneer gaan", "Zaterdag om tien uur.")
    assert len(brewery.posts()) == 1
    walk.ben_signs_the_answer("Zaterdag om tien uur.")
    until_true(lambda: len(brewery.posts()) == 2, walk.at.said)
    (answer,) = [post["value"] for post in brewery.posts() if post["uri"] != ours["uri"]]
    assert (answer["text"], answer["reply"]) == ("Zaterdag om tien uur.", {"root": ours, "parent": asked})
    walk.ann_deletes()
    until_true(lambda: ours["uri"] not in [post["uri"] for post in brewery.posts()], walk.at.said)
    walk.kim_disconnects()
    assert [problem for one in walk.people for problem in one.problems if "403" not in problem] == []


def hidden(person: Person) -> list[str]:
    listed = person.ask("com.atproto.repo.listRecords", repo=person.did, collection="app.bsky.feed.threadgate")
    return [uri for record in listed["records"] for uri in record["value"]["hiddenReplies"]]

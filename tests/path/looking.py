"""Every page of the demonstration, as the people see it who work there: for axe, and for pictures to look at.

    python -m tests.path.looking FOLDER      # pictures at two widths in two themes, and what axe finds
"""
from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.path.browsing import Installation, Somebody, chromium

WIDTHS, THEMES = (1280, 390), ("light", "dark")


@dataclass(frozen=True)
class Seen:
    """One page as one person sees it: a name for the picture, who looks, where."""

    name: str
    who: str
    path: str


class Tour:
    """The demonstration running, and its cast signed in."""

    def __init__(self, folder: Path) -> None:
        self.at = Installation(folder, COUNTERSIGN_RECALL_SECONDS="60")
        told = self.at.run("demo")
        assert told.returncode == 0, told.stdout + told.stderr
        self.links = dict(re.findall(r"^\s+(\w+)\s+(http\S+)$", told.stdout, re.M))
        self.at.start()
        self.people: dict[str, Somebody] = {}

    def sign_in(self, browser: Browser, *names: str) -> None:
        for name in names:
            person = Somebody(browser, self.at, {"Ben": "Ben Claes", "Mia": "Mia Lambert", "Kim": "Kim Desmet", "Ann": "Ann Maes", "Sam": "Sam Jacobs"}[name])
            person.enrol(self.links[name])
            self.people[name] = person

    def pages(self) -> Iterator[Seen]:
        """Every page, with the addresses found on the lists."""
        yield Seen("entrance", "", "/accounts/login/")
        yield Seen("charter-nl", "", "/charter/nl/")
        yield Seen("link-that-is-none", "", "/enrol/nothing/")
        yield Seen("enrol", "", self.links["Tom"].removeprefix(self.at.origin))
        for who in ("Kim", "Ann", "Ben", "Mia", "Sam"):
            yield Seen(f"home-{who.lower()}", who, "/")
        yield Seen("posts", "Ann", "/posts/")
        yield Seen("compose-new", "Ann", "/posts/new/")
        for state in ("draft", "submitted", "approved", "done", "rejected"):
            yield Seen(f"post-{state}", "Ann", self.first("Ann", f"/posts/?tab={state}", r"/posts/[0-9a-f-]{36}/"))
        yield Seen("compose", "Ann", self.first("Ann", "/posts/?tab=draft", r"/posts/[0-9a-f-]{36}/") + "edit/")
        yield Seen("review", "Ben", self.first("Ben", "/posts/?tab=submitted", r"/posts/[0-9a-f-]{36}/", last=True) + "review/")
        yield Seen("review-own", "Ann", self.first("Ann", "/posts/?tab=submitted", r"/posts/[0-9a-f-]{36}/", last=True) + "review/")
        yield Seen("comments", "Mia", "/comments/")
        yield Seen("comment", "Mia", self.first("Mia", "/comments/", r"/comments/[0-9a-f-]{36}/"))
        yield Seen("comment-decided", "Mia", self.first("Mia", "/comments/?tab=decided", r"/comments/[0-9a-f-]{36}/"))
        yield Seen("accounts", "Kim", "/accounts/")
        yield Seen("account", "Kim", self.first("Kim", "/accounts/", r"/accounts/[0-9a-f-]{36}/"))
        yield Seen("connect", "Kim", "/accounts/connect/")
        yield Seen("connect-bluesky", "Kim", "/accounts/connect/?network=bluesky")
        yield Seen("people", "Kim", "/people/")
        yield Seen("person", "Kim", self.first("Kim", "/people/", r"/people/[0-9a-f-]{36}/"))
        yield Seen("invite", "Kim", "/people/invite/")
        yield Seen("roster", "Kim", "/roster/")
        yield Seen("sessions", "Kim", "/me/sessions/")
        yield Seen("security", "Kim", "/me/security/")
        yield Seen("recovery-codes", "Kim", "/me/security/codes/")
        yield Seen("log", "Sam", "/log/")
        yield Seen("settings", "Kim", "/settings/")
        yield Seen("refused", "Mia", "/people/")
        yield Seen("not-found", "Mia", "/nothing/")

    def first(self, who: str, path: str, pattern: str, *, last: bool = False) -> str:
        self.people[who].go(path)
        found = re.findall(rf'href="({pattern})', self.people[who].page.content())
        assert found, f"{who} finds no {pattern} on {path}"
        return found[-1] if last else found[0]


def open_page(tour: Tour, browser: Browser, seen: Seen, *, width: int, theme: str) -> Page:
    """A page of one's own for one look: the person's session, this width, this theme."""
    state = tour.people[seen.who].context.storage_state() if seen.who else None
    context = browser.new_context(
        viewport={"width": width, "height": 900 if width > 500 else 844}, base_url=tour.at.origin, storage_state=state,
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(seen.path)
    page.wait_for_load_state("networkidle")
    return page


def faults(page: Page) -> list[str]:
    """What axe finds serious or worse, and a page wider than its window."""
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in {"serious", "critical"}]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        serious.append("the page is wider than its window")
    return serious


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    count = bad = 0
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        tour = Tour(Path(place))
        try:
            tour.sign_in(browser, "Kim", "Ann", "Ben", "Mia", "Sam")
            time.sleep(3)
            for seen in list(tour.pages()):
                for width in WIDTHS:
                    for theme in THEMES:
                        page = open_page(tour, browser, seen, width=width, theme=theme)
                        page.screenshot(path=folder / f"{seen.name}-{theme}-{width}.png", full_page=True)
                        for fault in faults(page):
                            print(f"{seen.name} {theme} {width}: {fault}")
                            bad += 1
                        count += 1
                        page.context.close()
        finally:
            tour.at.stop()
    print(f"{count} pictures in {folder}, {bad} faults.")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))

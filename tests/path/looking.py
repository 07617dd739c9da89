"""Every page of the demonstration, as the people see it who work there: for axe, and for pictures to look at.

    python -m tests.path.looking FOLDER [NAMES]      # pictures at two widths in two themes, and what axe finds
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
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.chromium import chromium
from tests.path.browsing import Installation, Somebody
from tests.path.walking import photo

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
        for name in (one for one in names if one not in self.people):
            person = Somebody(browser, self.at, {"Ben": "Ben Claes", "Mia": "Mia Lambert", "Kim": "Kim Desmet", "Ann": "Ann Maes", "Sam": "Sam Jacobs"}[name])
            person.enrol(self.links[name])
            self.people[name] = person

    def work(self, browser: Browser) -> Iterator[Seen]:
        """What the demonstration does not hold: what is said after an act, what is still open, what is refused."""
        yield Seen("post-told", "Ben", self.ben_signs("Answer to @noor"))
        yield Seen("comment-told", "Mia", self.mia_hides("Nur Idioten"))
        yield Seen("comment-mistake", "Mia", self.first("Mia", "/comments/", r"/comments/[0-9a-f-]{36}/"))
        check = self.ann_submits_what_needs_a_look()
        yield Seen("post-check", "Ann", check)
        yield Seen("review-check", "Ben", f"{check}review/")
        yield Seen("compose-picture", "Ann", self.ann_takes_a_picture_in())
        yield Seen("compose-refused", "Sam", "/posts/new/")
        self.leo_comes(browser)
        yield Seen("home-leo", "Leo", "/")

    def ben_signs(self, title: str) -> str:
        ben = self.people["Ben"]
        ben.go("/").get_by_role("link", name=title).first.click()
        for _try in range(10):  # until the demonstration's officers have put his own passkey on the roster
            ben.press("Sign with passkey")
            try:
                ben.page.wait_for_url(re.compile(r"\?told="), timeout=3000)
                break
            except PlaywrightTimeout:
                ben.page.reload()
        return ben.page.url.removeprefix(self.at.origin)

    def mia_hides(self, words: str) -> str:
        mia = self.people["Mia"]
        page = mia.go("/comments/")
        page.locator("li.line", has_text=words).locator("a.cover").first.click()
        page.locator("input[name=deed][value=hide]").check(force=True)
        page.locator("input[name=clause][value=R1]").check(force=True)
        mia.press("Decide, and show the next one")
        page.wait_for_url(re.compile(r"\?told="))
        return page.url.removeprefix(self.at.origin)

    def ann_takes_a_picture_in(self) -> str:
        """A draft with a picture that is not described yet."""
        page = self.people["Ann"].go("/posts/new/")
        page.get_by_label("Title").fill("Kelder")
        page.locator("input[name=accounts]").first.check()
        page.locator("textarea[data-account]").first.fill("In de kelder rijpt het winterbier.")
        page.locator("input[type=file]").set_input_files({"name": "IMG_0412.jpg", "mimeType": "image/jpeg", "buffer": photo()})
        page.get_by_text("It said where it was taken").wait_for()
        return page.url.removeprefix(self.at.origin)

    def ann_submits_what_needs_a_look(self) -> str:
        self.ann_takes_a_picture_in()
        self.people["Ann"].press("Submit for signature")
        page = self.people["Ann"].page
        page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/(\?told=\w+)?$"))
        return page.url.removeprefix(self.at.origin)

    def leo_comes(self, browser: Browser) -> None:
        """An auditor of one account only."""
        kim = self.people["Kim"]
        page = kim.go("/people/invite/")
        page.get_by_label("Name", exact=True).fill("Leo Peeters")
        page.get_by_label("Mail address").fill("leo.peeters@delinde.example")
        page.get_by_role("checkbox", name=re.compile("^Auditor")).check()
        page.get_by_role("checkbox", name="Every account").uncheck()
        page.get_by_role("checkbox", name=re.compile("^@delinde_fr")).check()
        kim.press("Make the invitation")
        leo = self.people["Leo"] = Somebody(browser, self.at, "Leo Peeters")
        leo.enrol(page.locator("code", has_text="/enrol/").inner_text())

    def pages(self, browser: Browser) -> Iterator[Seen]:
        """Every page, with the addresses found on the lists."""
        yield from self.work(browser)
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
        vault = self.vault()
        yield Seen("secrets", "Kim", vault)
        yield Seen("secrets-reviewer", "Ben", vault)
        yield Seen("secret-enter", "Kim", f"{vault}enter/")
        yield Seen("secret", "Kim", self.first("Kim", vault, r"/secrets/[0-9a-f-]{36}/", last=True))
        yield Seen("secret-check-out", "Ben", self.first("Ben", vault, r"/secrets/[0-9a-f-]{36}/") + "check-out/")
        yield Seen("secret-code", "Ben", self.first("Ben", vault, r"/secrets/[0-9a-f-]{36}/", last=True) + "code/")
        yield Seen("glass-new", "Ben", self.first("Ben", vault, r"/secrets/[0-9a-f-]{36}/") + "glass/")
        yield Seen("rotation", "Kim", self.first("Kim", self.first("Kim", vault, r"/secrets/[0-9a-f-]{36}/"), r"/rotations/[0-9a-f-]{36}/"))
        yield Seen("exposures", "Kim", self.first("Kim", "/people/", r"/people/[0-9a-f-]{36}/") + "seen/")
        yield Seen("second-factors", "Kim", "/evidence/")
        yield Seen("second-factor", "Kim", self.first("Kim", "/evidence/", r"/accounts/[0-9a-f-]{36}/evidence/"))
        yield Seen("second-factor-reader", "Ann", self.first("Ann", "/evidence/", r"/accounts/[0-9a-f-]{36}/evidence/"))
        yield Seen("second-factor-guide", "Kim", "/evidence/guides/bluesky/")
        yield Seen("recovery", "Kim", "/recovery/")
        yield Seen("recovery-account", "Kim", self.first("Kim", "/recovery/", r"/recovery/accounts/[0-9a-f-]{36}/"))
        yield Seen("recovery-auditor", "Sam", self.first("Sam", "/recovery/", r"/recovery/accounts/[0-9a-f-]{36}/"))
        yield Seen("recovery-mailboxes", "Kim", "/recovery/mailboxes/")
        yield Seen("recovery-domains", "Kim", "/recovery/domains/")
        yield Seen("recovery-events", "Kim", "/recovery/events/")
        yield Seen("connect", "Kim", "/accounts/connect/")
        yield Seen("connect-bluesky", "Kim", "/accounts/connect/?network=bluesky")
        yield Seen("people", "Kim", "/people/")
        yield Seen("person", "Kim", self.first("Kim", "/people/", r"/people/[0-9a-f-]{36}/"))
        yield Seen("invite", "Kim", "/people/invite/")
        yield Seen("devices", "Kim", "/devices/")
        yield Seen("device-asked", "Kim", self.first("Kim", "/devices/", r"/devices/[0-9a-f-]{36}/"))
        yield Seen("device", "Kim", self.first("Kim", "/devices/", r"/devices/[0-9a-f-]{36}/", last=True))
        yield Seen("device-management", "Kim", "/devices/posture/")
        yield Seen("device-apps", "Kim", self.first("Kim", self.first("Kim", "/devices/", r"/devices/[0-9a-f-]{36}/"), r"/locks/apps/[0-9a-f-]{36}/"))
        yield Seen("locks", "Kim", "/locks/")
        yield Seen("lock-case", "Kim", self.first("Kim", "/locks/", r"/locks/[0-9a-f-]{36}/"))
        yield Seen("lock-new", "Kim", "/locks/new/")
        yield Seen("lock-drills", "Kim", "/locks/drills/")
        yield Seen("keys-of-programs", "Kim", "/locks/keys/")
        yield Seen("card", "Kim", "/me/card/")
        yield Seen("lost", "", "/lost/")
        yield Seen("lost-nl", "", "/lost/?language=nl")
        yield Seen("lost-signed-in", "Ann", "/lost/")
        yield Seen("what-takes-two", "Kim", "/two/")
        yield Seen("to-review", "Ben", "/review/")
        yield Seen("departures", "Kim", "/departures/")
        yield Seen("departure", "Kim", self.first("Kim", "/departures/", r"/departures/[0-9a-f-]{36}/"))
        yield Seen("departure-planned", "Kim", self.first("Kim", "/departures/", r"/departures/[0-9a-f-]{36}/", last=True))
        yield Seen("departure-new", "Kim", "/departures/new/")
        yield Seen("departure-file", "Kim", "/departures/file/")
        yield Seen("roster", "Kim", "/roster/")
        yield Seen("sessions", "Kim", "/me/sessions/")
        yield Seen("security", "Kim", "/me/security/")
        yield Seen("code-generator", "Kim", "/me/security/totp/")
        yield Seen("password", "Kim", "/me/security/password/")
        yield Seen("recovery-codes", "Kim", "/me/security/codes/")
        yield Seen("log", "Sam", "/log/")
        yield Seen("settings", "Kim", "/settings/")
        yield Seen("sign-on-settings", "Kim", "/settings/sign-on/")
        yield Seen("refused", "Mia", "/people/")
        yield Seen("not-found", "Mia", "/nothing/")

    def vault(self) -> str:
        """The list of secrets of the account that has some."""
        page = self.people["Kim"].go("/accounts/")
        accounts = sorted(set(re.findall(r'href="(/accounts/[0-9a-f-]{36}/)"', page.content())))
        return next(f"{one}secrets/" for one in accounts if "taproom" in self.people["Kim"].go(f"{one}secrets/").content())

    def first(self, who: str, path: str, pattern: str, *, last: bool = False) -> str:
        self.people[who].go(path)
        found = re.findall(rf'href="({pattern})', self.people[who].page.content())
        assert found, f"{who} finds no {pattern} on {path}"
        return found[-1] if last else found[0]


def open_page(tour: Tour, browser: Browser, seen: Seen, *, width: int, theme: str) -> Page:
    """A page of one's own for one look: the person's session, this width, this theme."""
    state = tour.people[seen.who].context.storage_state() if seen.who else None
    height = 900 if width > 500 else 844
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=tour.at.origin, storage_state=state,
        color_scheme="dark" if theme == "dark" else "light", timezone_id="Europe/Brussels", locale="en-GB",
    )
    page = context.new_page()
    page.goto(seen.path)
    page.wait_for_load_state("networkidle")
    if seen.name == "comment-mistake":
        _decide_without_a_clause(page)
    # As tall as the page: what sticks to the foot of the window then stands at the foot of the picture.
    page.set_viewport_size({"width": width, "height": max(height, page.evaluate("document.documentElement.scrollHeight"))})
    return page


def _decide_without_a_clause(page: Page) -> None:
    page.locator("form.decision-form").evaluate("form => { form.noValidate = true }")
    page.locator("input[name=deed][value=hide]").check(force=True)
    page.get_by_role("button", name="Decide, and show the next one").click()
    page.wait_for_load_state("networkidle")


# A card clips what is wider than itself, so that the page does not grow: each button is held against its nearest card.
_CUT_OFF = """() => [...document.querySelectorAll(".card .btn")].filter(one => {
  const card = one.closest(".card").getBoundingClientRect(), box = one.getBoundingClientRect();
  return box.width > 0 && (box.right > card.right + 1 || box.left < card.left - 1 || one.scrollWidth > one.clientWidth + 1);
}).map(one => one.innerText.trim())"""


def faults(page: Page) -> list[str]:
    """What axe finds serious or worse, a page wider than its window, and a button that its card cuts off."""
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in {"serious", "critical"}]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        serious.append("the page is wider than its window")
    serious += [f"cut off by its card: {words}" for words in page.evaluate(_CUT_OFF)]
    return serious


def main(folder: Path, only: str = "") -> int:
    folder.mkdir(parents=True, exist_ok=True)
    count = bad = 0
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        tour = Tour(Path(place))
        try:
            tour.sign_in(browser, "Kim", "Ann", "Ben", "Mia", "Sam")
            time.sleep(3)
            for seen in (one for one in tour.pages(browser) if re.match(only, one.name)):
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
    raise SystemExit(main(Path(sys.argv[1]), *sys.argv[2:3]))

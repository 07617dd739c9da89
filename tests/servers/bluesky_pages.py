"""The PDS's own pages, walked as the person does who signs in there."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page

from tests.chromium import chromium
from tests.servers.bluesky import Person

BACK = "/connect/return/"


def sign_in(page: Page, person: Person) -> None:
    """From the first page of the sign-in to the question whether Countersign may."""
    password, name = page.locator("input[type=password]"), page.locator("input[name=username]")
    start = page.get_by_role("button", name="Sign in", exact=True)
    password.or_(start).first.wait_for()
    if not password.count():
        start.click()
    password.wait_for()
    if not name.input_value():
        name.fill(person.handle)
    password.fill(person.password)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Authorize", exact=True).wait_for()


def answer(url: str, person: Person, *, button: str = "Authorize") -> dict[str, str]:
    """What the browser brings back from there. In a thread of its own: Django's tables are not for a browser's thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_answer, url, person, button).result()


def _answer(url: str, person: Person, button: str) -> dict[str, str]:
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.goto(url)
        sign_in(page, person)
        with page.expect_request(lambda request: urlsplit(request.url).path == BACK) as back:
            page.get_by_role("button", name=button, exact=True).click()
        return dict(parse_qsl(urlsplit(back.value.url).query))


def programs(person: Person) -> int:
    """How many programs have access, by the account's own page."""
    return _elsewhere(_programs, person)


def end_access(person: Person) -> None:
    """End every program's access there, as the person would."""
    _elsewhere(_end_access, person)


def _programs(page: Page) -> int:
    details, none = page.get_by_role("button", name="Details"), page.get_by_text("haven’t used this account")
    details.or_(none).first.wait_for()
    return details.count()


def _end_access(page: Page) -> None:
    while _programs(page):
        page.get_by_role("button", name="Details").first.click()
        page.get_by_role("button", name="Revoke access").click()
        page.get_by_text("Successfully revoked access").first.wait_for()


def _apps[T](do: Callable[[Page], T], person: Person) -> T:
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{person.box.pds}/account")
        page.get_by_role("button", name="Sign in", exact=True).first.click()
        page.locator("input[name=username]").fill(person.handle)
        page.locator("input[type=password]").fill(person.password)
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Apps").first.click()
        return do(page)


def _elsewhere[T](do: Callable[[Page], T], person: Person) -> T:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_apps, do, person).result()

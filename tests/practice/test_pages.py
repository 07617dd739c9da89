"""The practice network's pages in a real browser, without JavaScript."""
from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from countersign.networks.practice.connector import Practice
from tests.practice.conftest import Connected
from tests.practice.words import picture, publication
from tests.servers.practice import PracticeServer

pytestmark = pytest.mark.browser
WIDTHS, THEMES = (390, 1280), ("light", "dark")


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_allowing_brings_the_browser_back_with_a_code_that_works(network: PracticeServer, plain: Page) -> None:
    back = network.origin.replace("127.0.0.1", "localhost") + "/back"
    begun = network.begin(redirect_uri=back, handle="@delinde_cafe")
    plain.goto(begun.authorize_url)
    plain.get_by_role("button", name="Allow").click()
    plain.wait_for_url(f"{back}?*")
    query = dict(parse_qsl(urlsplit(plain.url).query))
    credentials = Practice().finish(network.http, pending=begun.pending, query=query)
    assert credentials.identity.handle == "@delinde_cafe"


def test_a_reader_replies_edits_and_deletes(linde: Connected, plain: Page) -> None:
    post = linde.publish(publication("Wat drink jij?"))
    plain.goto(f"{linde.network.origin}/posts/{post}")
    plain.get_by_label("or invent a reader").fill("Olu's neighbour")
    plain.get_by_label("Words").fill("Een tripel")
    plain.get_by_role("button", name="Reply").click()
    plain.get_by_role("link", name="Edit or delete").click()
    plain.get_by_label("Words").fill("Een dubbel")
    plain.get_by_role("button", name="Save").click()
    assert plain.get_by_text("Een dubbel").is_visible()
    plain.get_by_role("link", name="Edit or delete").click()
    plain.get_by_role("button", name="Delete this reply").click()
    assert plain.get_by_text("0 replies").is_visible()


def test_ending_a_programs_access_on_the_profile_page(linde: Connected, plain: Page) -> None:
    plain.goto(f"{linde.network.origin}/@{linde.handle}")
    plain.get_by_role("button", name="End its access").click()
    assert plain.get_by_text("None.").is_visible()


def test_the_control_page_sets_and_resets(network: PracticeServer, plain: Page) -> None:
    plain.goto(f"{network.origin}/control")
    plain.get_by_label("Silent after accepting, the next").fill("3")
    plain.get_by_label("Heeds idempotency keys").uncheck()
    plain.get_by_role("button", name="Set", exact=True).click()
    now = network.control()
    assert (now["silent_next"], now["idempotency"], now["tells_key"]) == (3, False, True)
    plain.get_by_role("button", name="Behave well again").click()
    assert network.control()["silent_next"] == 0


@pytest.mark.parametrize(
    ("width", "theme"), [(w, t) if (w, t) == (390, "dark") else pytest.param(w, t, marks=pytest.mark.attack) for w in WIDTHS for t in THEMES]
)
def test_every_page_is_accessible_and_fits(linde: Connected, browser: Browser, theme: str, width: int) -> None:
    post = linde.publish(publication("Kijk 👀 " + "lang" * 60, pictures=(picture("Een glas"), picture("Een vat"))))
    reply = linde.network.reply_as("Joke Peeters", post, "Mooi")
    shown = ("/", f"/posts/{post}", f"/@{linde.handle}", "/control", f"/replies/{reply}/edit", "/nothing")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "practice_reader", "value": "joke", "url": linde.network.origin}])
    page = context.new_page()
    for address in (*(linde.network.origin + path for path in shown), linde.network.begin().authorize_url):
        page.goto(address)
        faults = [fault["id"] for fault in Axe().run(page).response["violations"]]
        assert (address, faults) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()

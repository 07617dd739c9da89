"""Sign-on in real browsers: the provider is oidc-provider, the directory speaks SCIM over HTTP, the whole product runs."""
from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.path.browsing import Installation, Somebody
from tests.servers.oidc import CompanyProvider
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.xdist_group("oidc")]
PEOPLE: dict[str, dict[str, object]] = {
    "ann": {"email": "ann@delinde.example", "email_verified": True, "name": "Ann", "groups": ["social-authors"]}
}
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Company:
    """The product and, beside it, the company's provider."""

    def __init__(self, folder: Path) -> None:
        self.at = Installation(folder)
        self.provider = CompanyProvider(self.at.origin, PEOPLE)
        self.at.environment["COUNTERSIGN_LOOPBACK_ORIGINS"] = self.provider.issuer

    def ask(self, method: str, path: str, content: Any = None) -> Any:
        answer = httpx.request(
            method, f"{self.at.origin}/scim/v2{path}", json=content, headers={"Authorization": f"Bearer {self.key}"}, trust_env=False
        )
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else {}

    key = ""


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(tmp_path)
    with company.provider:
        company.at.start()
        try:
            yield company
        finally:
            company.at.stop()


def look(somebody: Somebody, name: str) -> None:
    """Have axe look at the page on a desk and on a phone. Keep a picture of the page at two widths and in two themes, where a folder for them is named."""
    for width in (390, 1280):
        somebody.page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(somebody.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    if folder := os.environ.get("COUNTERSIGN_PICTURES"):
        for width in (1280, 390):
            somebody.page.set_viewport_size({"width": width, "height": 900})
            for theme in ("light", "dark"):
                somebody.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of Playwright's own words
                somebody.page.screenshot(path=f"{folder}/{name}-{theme}-{width}.png", full_page=True)
        somebody.page.set_viewport_size({"width": 1280, "height": 900})


def turn_on(kim: Somebody, provider: CompanyProvider) -> None:
    page = kim.go("/settings/sign-on/")
    look(kim, "settings-empty")
    page.get_by_label("Name on the button").fill("De Linde")
    page.get_by_label("Issuer").fill(provider.issuer)
    page.get_by_label("Client id").fill(provider.client_id)
    page.get_by_label("Client secret").fill(provider.secret)
    kim.press("Keep this description")
    kim.see("Described. Nobody comes in by it before it is turned on.")
    assert provider.secret not in page.content()
    kim.press("Ask the provider now")
    kim.see(f"{provider.issuer} answers")
    look(kim, "settings-described")
    page.get_by_label("Why, in a sentence").fill("Everybody has it already.")
    kim.press("Turn it on")
    kim.see("In use")
    page.get_by_label("Group", exact=True).fill("social-authors")
    page.get_by_label("Role", exact=True).select_option("author")
    kim.press("Give the group this role")
    page.locator("b", has_text="social-authors").wait_for()


def make_key(kim: Somebody) -> str:
    page = kim.go("/locks/keys/")
    page.get_by_label("Name", exact=True).fill("Directory")
    page.get_by_label("For what").select_option("scim")
    kim.press("Make a key")
    return page.locator(".secret code").inner_text()


def test_the_directory_makes_ann_she_signs_on_works_signs_out_there_and_leaves(company: Company, browser: Browser) -> None:
    kim = Somebody(browser, company.at, "Kim")
    kim.enrol(company.at.link, email="kim@delinde.example")
    turn_on(kim, company.provider)
    company.key = make_key(kim)
    mail = "ann@delinde.example"
    user = company.ask("POST", "/Users", {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": mail, "displayName": "Ann", "active": True,
        "emails": [{"value": mail, "primary": True}],
    })  # fmt: skip

    ann = Somebody(browser, company.at, "Ann")
    page = ann.go("/accounts/login/")
    look(ann, "sign-in")
    page.get_by_role("link", name="Sign in with De Linde").click()
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Methods").fill("pwd otp mfa")
    ann.press("Sign in")
    page.wait_for_url(f"{company.at.origin}/device/")
    ann.press("Ask")
    page = kim.go("/devices/")
    page.get_by_role("link", name=re.compile("Chrom")).first.click()
    kim.press("Approve")
    ann.go("/posts/new/")
    ann.page.get_by_label("Title").wait_for()  # she is an author by her group
    kim.go("/settings/sign-on/")
    look(kim, "settings-used")

    ann.page.goto(f"{company.provider.issuer}/session/end")
    ann.page.get_by_role("button", name=re.compile("Yes, sign me out")).click()
    until(lambda: "backchannel.success" in company.provider.said(), else_say=company.provider.said, seconds=20)
    ann.go("/posts/new/")
    assert ann.page.url.startswith(f"{company.at.origin}/accounts/login/")
    ann.see("You signed out at your company's sign-on")

    company.ask("PATCH", f"/Users/{user['id']}", {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]})
    ann.page.get_by_role("link", name="Sign in with De Linde").click()
    ann.page.get_by_label("Name").fill("ann")
    ann.page.get_by_label("Methods").fill("mfa")
    ann.press("Sign in")
    ann.see("Your sign-in is not active.")
    kim.go("/departures/")
    kim.see("Ann")
    assert kim.problems == []

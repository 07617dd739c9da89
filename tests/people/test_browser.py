"""Enrolling and signing in with a passkey in real Chromium, with the virtual authenticator of its developer tools."""
from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from countersign.base.actor import DutyActor
from countersign.config.reading import Origin
from countersign.people import enrolling
from countersign.people.models import Credential, Device, Person, Session
from countersign.people.states import PersonState
from tests.chromium import AUTHENTICATOR, chromium
from tests.signing_in import PASSWORD, made
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop in the thread that reads the database
    with chromium() as browser:
        yield browser
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session", autouse=True)
def _static_folder() -> None:
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # before the live server looks for it


@pytest.fixture
def address(live_server: LiveServer, settings: Any) -> str:
    settings.ORIGIN = Origin("http", "localhost", int(live_server.url.rpartition(":")[2]))
    return str(settings.ORIGIN)


@pytest.fixture
def problems() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, address: str, problems: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            problems.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def link(address: str) -> str:
    kim = made("Kim", state=PersonState.INVITED)
    return f"/enrol/{enrolling.issue(DutyActor('start'), kim, purpose='invitation', at=timezone.now())[1]}/"


def with_authenticator(page: Page, **different: object) -> tuple[CDPSession, str]:
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made_one = tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | different})
    return tools, made_one["authenticatorId"]


def enrolled(page: Page, link: str) -> None:
    page.goto(link)
    page.click("button[data-passkey=create]")
    page.wait_for_url("**/me/security/codes/")


def signed_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.click("main form[action$='/accounts/logout/'] button")
    page.wait_for_url("**/accounts/login/**")


def test_a_passkey_enrols_signs_out_and_signs_in_again(page: Page, link: str, problems: list[str]) -> None:
    tools, authenticator = with_authenticator(page)
    enrolled(page, link)
    kept = tools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert [(one["rpId"], one["isResidentCredential"]) for one in kept] == [("localhost", True)]
    signed_out(page)
    page.click("button[data-passkey=get]")
    page.get_by_text("PersonActor").wait_for()
    assert '"Kim"' in page.inner_text("body")
    assert Credential.objects.get().last_used_at is not None
    assert problems == []


def test_a_cookie_that_was_taken_elsewhere_changes_nothing_there_and_the_pages_here_go_on(page: Page, link: str, address: str) -> None:
    with_authenticator(page)
    enrolled(page, link)
    until(lambda: Session.objects.exclude(proof_key="").exists())
    taken = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    agent = str(page.evaluate("navigator.userAgent"))
    token = str(page.evaluate("document.querySelector('meta[name=csrf-token]').content"))
    with httpx.Client(base_url=address, cookies=taken, headers={"User-Agent": agent, "Referer": f"{address}/"}, trust_env=False) as elsewhere:
        assert elsewhere.get("/").json()["name"] == "Kim"
        assert elsewhere.post("/me/sessions/end-others/", data={"csrfmiddlewaretoken": token}).status_code == 403
    page.fill("input[name=password]", "three horses drew the beer")
    page.click("main button.primary")
    page.wait_for_selector("li code")
    key = "() => new Promise(done => { const a = indexedDB.open('countersign'); a.onsuccess = () => { const g = a.result.transaction('keys').objectStore('keys').getAll(); g.onsuccess = () => done(g.result.map(k => k.extractable)); }; })"
    assert page.evaluate(key) == [False]


def test_recovery_codes_are_shown_once_after_enrolling(page: Page, link: str) -> None:
    with_authenticator(page)
    enrolled(page, link)
    page.fill("input[name=password]", "three horses drew the beer")
    page.click("main button.primary")
    page.wait_for_selector("li code")
    shown = page.locator("li code").all_inner_texts()
    assert len(set(shown)) == 10
    page.goto("/me/security/codes/")
    assert shown[0] not in page.content()


def test_an_authenticator_that_does_not_verify_its_user_enrols_nobody(page: Page, link: str) -> None:
    with_authenticator(page, isUserVerified=False)
    page.goto(link)
    page.click("button[data-passkey=create]")
    page.wait_for_selector("[role=status][data-ok=false]")
    assert Credential.objects.count() == 0
    assert Person.objects.get().state == PersonState.INVITED


def test_a_passkey_is_the_second_step_after_a_password(page: Page, link: str) -> None:
    with_authenticator(page)
    enrolled(page, link)
    kim = Person.objects.get()
    kim.set_password(PASSWORD)
    Person.objects.filter(pk=kim.pk).update(password=kim.password)
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", kim.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button")
    page.wait_for_url("**/accounts/second-factor/")
    page.click("button[data-passkey=get]")
    page.get_by_text("PersonActor").wait_for()


def test_another_passkey_is_added_on_one_s_own_page(page: Page, link: str, problems: list[str]) -> None:
    tools, first = with_authenticator(page)
    enrolled(page, link)
    tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": first})
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto("/me/security/")
    page.get_by_text("Ask for a device").click()
    page.fill("input[name=device]", "Key in the safe")
    page.select_option("select[name=kind]", "key")
    page.click("button[data-passkey=create]")
    page.get_by_text("Key in the safe", exact=True).first.wait_for()
    assert Credential.objects.count() == 2
    asked = Device.objects.latest("pk")
    assert (asked.kind, asked.state) == ("key", "asked")
    assert asked.credential is not None
    assert not asked.credential.is_backup_eligible
    assert problems == []


def test_the_same_authenticator_is_told_that_it_is_known(page: Page, link: str) -> None:
    with_authenticator(page)
    enrolled(page, link)
    page.goto("/me/security/")
    page.get_by_text("Ask for a device").click()
    page.fill("input[name=device]", "The same")
    page.click("button[data-passkey=create]")
    page.wait_for_selector("[role=status][data-ok=false]")
    assert "already holds a passkey" in page.inner_text("form[data-passkey-area] [role=status]")


def test_a_page_under_another_name_of_this_machine_makes_no_passkey(
    page: Page, link: str, address: str, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]  # even where the name is one the server answers to
    with_authenticator(page)
    page.goto(address.replace("localhost", "127.0.0.1") + link)
    page.click("button[data-passkey=create]")
    page.wait_for_selector("[role=status][data-ok=false]")
    assert (Credential.objects.count(), Person.objects.get().state) == (0, PersonState.INVITED)

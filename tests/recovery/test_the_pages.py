"""The pages of recovery in Chromium: axe finds no serious fault, none is wider than a phone, and each says what stands."""
from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from countersign.access.grants.models import Account
from countersign.access.recovery import answering, describing, drilling, jobs, listing
from countersign.access.recovery.models import Domain, Mailbox
from countersign.config.reading import Origin
from countersign.people.models import Person
from tests.chromium import chromium
from tests.path.looking import faults
from tests.recovery.conftest import Post, as_actor, now
from tests.signing_in import sign_in

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
def paths(account: Account, mailbox: Mailbox, kim: Person, tom: Person, ann: Person, leo: Person, post: Post) -> dict[str, str]:
    """One of everything; the name of each page and its address."""
    officer, at = as_actor(kim), now()
    domain = listing.add(officer, "delinde.example", registered_until=date(2026, 12, 24), at=at)
    Domain.objects.filter(pk=domain.pk).update(looked_at=at, mx=["mx1.delinde.example"], spf="v=spf1 mx -all", dmarc="v=DMARC1; p=none")
    describing.add(officer, account, "mail", "social@delinde.example", receivers=[kim, tom], at=at)
    describing.add(officer, account, "mail", "ann@delinde.example", receivers=[ann, leo], at=at)
    describing.add(officer, account, "phone", "… 47", receivers=[leo], at=at)
    passed = drilling.announce(officer, account, at=at)
    post.mail("reset", account, at=at + timedelta(seconds=38))
    waiting = drilling.announce(officer, account, at=at)
    event = post.event("address_changed", account, subject="The e-mail address of your account was changed")
    answered = post.event("new_login", account, subject="A new sign-in from Ghent")
    answering.not_us(officer, answered, "Nobody was in Ghent.", at=at)
    post.event("invitation", account, verdict="unsure", reasons=["signature_missing", "phone_number"], subject="URGENT: you were invited")
    post.mail("reset", account, verdict="forged", reasons=["signed_by_others"], subject="Reset now", signed_by="")
    quiet = Mailbox.objects.create(
        address="pers@delinde.example", host="imap.delinde.example", port=993, security="tls", user="pers", way="password", sealed="{}",
        version=1, uid_validity=1, after=0, opened_by=kim, opened_at=at, read_at=at - timedelta(minutes=40), state="watched", state_since=at,
    )  # fmt: skip
    Mailbox.objects.filter(pk=quiet.pk).update(trouble="The server does not answer.")
    jobs.notice_silence(at)
    return {
        "list": reverse("recovery:list"), "account": reverse("recovery:account", args=[account.uid]), "domains": reverse("recovery:domains"),
        "mailboxes": reverse("recovery:mailboxes"), "mailbox": reverse("recovery:mailbox", args=[mailbox.uid]),
        "mailbox-silent": reverse("recovery:mailbox", args=[quiet.uid]), "events": reverse("recovery:events"),
        "event": reverse("recovery:event", args=[event.uid]), "event-answered": reverse("recovery:event", args=[answered.uid]),
        "drill-waiting": reverse("recovery:drill", args=[waiting.uid]), "drill-passed": reverse("recovery:drill", args=[passed.uid]), "home": "/",
    }  # fmt: skip


SAYS = {
    "list": "social@delinde.example", "account": "does not work here any more", "drill-passed": "The mail arrived after 38 seconds",
    "event": "The account is locked meanwhile", "event-answered": "Nobody was in Ghent.", "mailbox-silent": "not been read for a quarter",
    "home": "Not explained: the recovery address was changed", "drill-waiting": "Do it now",
}  # fmt: skip


@pytest.mark.parametrize(("width", "theme"), [pytest.param(1280, "light", marks=pytest.mark.attack), (390, "dark")], ids=["desk", "phone"])
def test_axe_finds_no_serious_fault_on_any_page(
    browser: Browser, live_server: LiveServer, settings: Any, paths: dict[str, str], kim: Person, width: int, theme: str, tmp_path: Path
) -> None:
    settings.ORIGIN = Origin("http", "localhost", int(live_server.url.rpartition(":")[2]))
    client = Client()
    sign_in(client, kim)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(base_url=str(settings.ORIGIN), viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": str(settings.ORIGIN)}])
    folder, found = Path(os.environ.get("PICTURES", tmp_path)), {}
    for name, path in paths.items():
        page = context.new_page()
        page.goto(path)
        if bad := faults(page):
            found[name] = bad
        if (words := SAYS.get(name)) and words not in page.inner_text("main"):
            found[name] = [*found.get(name, []), f"does not say {words!r}"]
        page.screenshot(path=folder / f"{name}-{theme}-{width}.png", full_page=True)
        page.close()
    context.close()
    assert found == {}

"""How the practice network tells its owner how an account is protected."""
from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser

from countersign.base.errors import KeyRefused
from countersign.networks.contract import Security
from countersign.networks.practice.connector import Practice
from tests.practice.conftest import Connected


def test_an_account_is_well_protected_unless_somebody_changed_it(linde: Connected) -> None:
    assert Practice().security(linde.client) == Security("social@delinde.example", email_confirmed=True, second_factor="on")


def test_what_was_changed_is_told_and_the_rest_stays(linde: Connected) -> None:
    linde.network.protect(linde.handle, second_factor=False)
    linde.network.protect(linde.handle, email="leo@home.example", email_confirmed=False)
    assert Practice().security(linde.client) == Security("leo@home.example", email_confirmed=False, second_factor="off")


@pytest.mark.parametrize("given", [{"email": "nobody"}, {"second_factor": "perhaps"}, {"phone": "1"}])
def test_nonsense_changes_nothing(linde: Connected, given: dict[str, object]) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        linde.network.protect(linde.handle, **given)
    assert Practice().security(linde.client).second_factor == "on"


def test_an_ended_key_is_told_nothing(linde: Connected) -> None:
    linde.network.disconnect(linde.handle)
    with pytest.raises(KeyRefused):
        Practice().security(linde.client)


@pytest.mark.browser
def test_the_control_page_turns_it_off(linde: Connected, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{linde.network.origin}/control")
    card = page.get_by_role("group", name=f"@{linde.handle}", exact=True)
    card.get_by_label("The second factor is on").uncheck()
    page.get_by_role("button", name=f"Set for @{linde.handle}", exact=True).click()
    assert Practice().security(linde.client).second_factor == "off"
    page.context.close()

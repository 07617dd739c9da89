"""What is shown once stands in its answer and nowhere else: no table, file, mail, log, session, cache or error page."""
from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail, signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from countersign.access.vault import checking_out
from countersign.access.vault.models import Exposure, Secret
from countersign.people.models import Session
from tests.canaries.scanning import Canary, found
from tests.house import now
from tests.signing_in import sign_in
from tests.vault.conftest import Vault

pytestmark = pytest.mark.django_db
FORGETTING = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@pytest.fixture
def _django_db_helper() -> None:
    """No test here is rolled back: the broker must see the rows, and one house serves all."""


@pytest.fixture
def ben(vault: Vault) -> Client:
    browser = Client(raise_request_exception=False)
    sign_in(browser, vault.house.people["Ben"])
    return browser


@pytest.fixture
def kim(vault: Vault) -> Client:
    browser = Client(raise_request_exception=False)
    sign_in(browser, vault.house.people["Kim"])
    return browser


def places(vault: Vault, said: str) -> Iterator[tuple[str, bytes]]:
    """Everything the product has written by now, unpacked where it was packed."""
    database = Path(str(connection.settings_dict["NAME"]))
    for path in [*database.parent.glob(f"{database.name}*"), *vault.house.folder.rglob("*"), *Path(settings.DATA).rglob("*")]:
        if path.is_file():
            yield str(path), path.read_bytes()
    for session in Session.objects.exclude(data=""):
        yield "a session", json.dumps(signing.loads(session.data, salt="django.contrib.sessions.SessionStore")).encode()
    yield "mails", "".join(one.subject + one.body for one in mail.outbox).encode()
    yield "the log of the process", said.encode()


def hits(vault: Vault, secret: str, said: str) -> list[tuple[str, list[str]]]:
    canary = Canary("shown once", secret.encode())
    looked = list(places(vault, said))
    assert len(looked) > 4
    assert found(canary, base64.b64encode(b"x" + secret.encode()))  # the scan would find it
    return [(place, forms) for place, data in looked if (forms := found(canary, data))]


def is_forgetting(response: HttpResponse) -> bool:
    return all(value in response[name] for name, value in FORGETTING.items())


def test_an_entered_and_a_checked_out_password_stand_nowhere_afterwards(
    vault: Vault, kim: Client, ben: Client, caplog: pytest.LogCaptureFixture
) -> None:
    text = f"kanarie-{secrets.token_urlsafe(18)}"
    entered = kim.post(reverse("grants:secret-enter", args=[vault.account.uid]), {"kind": "password", "value": text})
    assert (entered.status_code, is_forgetting(entered)) == (302, True)
    secret = Secret.objects.get(account=vault.account)
    proposal = vault.granted(secret)
    url = reverse("grants:secret-show", args=[secret.uid, proposal.uid])
    before = ben.get(url)
    assert text not in before.content.decode()
    shown = ben.post(url)
    assert (shown.content.decode().count(text), is_forgetting(shown)) == (1, True)
    again = ben.post(url)
    assert (again.status_code, text in again.content.decode()) == (409, False)
    for page in (reverse("grants:secret", args=[secret.uid]), reverse("grants:secrets", args=[vault.account.uid]), reverse("proposal", args=[proposal.uid]), url, "/"):
        assert text not in ben.get(page).content.decode()
    assert hits(vault, text, caplog.text) == []


def test_a_code_is_shown_with_its_end_and_kept_nowhere(vault: Vault, ben: Client) -> None:
    secret = vault.enter("totp_seed", base64.b32encode(secrets.token_bytes(20)).decode())
    url = reverse("grants:secret-code", args=[secret.uid])
    refused = ben.post(url, {"purpose": ""})
    assert (refused.status_code, "data-once" in refused.content.decode()) == (422, False)
    shown = ben.post(url, {"purpose": "Signing in"})
    assert is_forgetting(shown)
    assert shown.content.decode().count("data-gone-at=") == 1
    assert Exposure.objects.get(version__secret=secret, way="code").purpose == "Signing in"
    again = ben.post(url, {"purpose": "Signing in"})
    assert (again.status_code, "data-once" in again.content.decode()) == (409, False)


@contextmanager
def without(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA legacy_alter_table=ON")
        cursor.execute(f"ALTER TABLE {table} RENAME TO mislaid")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE mislaid RENAME TO {table}")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="another database names its tables otherwise")
def test_a_fault_while_it_is_entered_or_shown_shows_and_keeps_nothing(
    vault: Vault, kim: Client, ben: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The ledger's table is gone for a moment: the broker has answered, and nothing of it may come through."""
    text, typed = f"kanarie-{secrets.token_urlsafe(18)}", f"getikt-{secrets.token_urlsafe(18)}"
    secret = vault.enter(value=text)
    proposal = vault.granted(secret)
    with without("vault_exposure"):
        shown = ben.post(reverse("grants:secret-show", args=[secret.uid, proposal.uid]))
        entered = kim.post(reverse("grants:secret-enter", args=[vault.account.uid]), {"kind": "api_key", "label": "x", "value": typed})
    for response in (shown, entered):
        assert response.status_code == 500
        assert text not in response.content.decode()
        assert typed not in response.content.decode()
    assert "Internal Server Error" in caplog.text
    assert hits(vault, text, caplog.text) == []
    assert hits(vault, typed, caplog.text) == []
    proposal.refresh_from_db()
    assert proposal.state == "granted"  # nothing was noted here; and the broker shows it to nobody a second time
    with pytest.raises(Exception, match="shown once"):
        checking_out.take(vault.actor("Ben"), proposal, at=now())

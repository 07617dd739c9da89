"""What every answer of the product says to the browser, with the settings of an installation behind TLS and of one on loopback."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.house import SOURCE
from tests.prepared import migrated
from tests.signing_in import given_passkey, made, sign_in

ASK = """
import json, sys, django
from django.conf import settings
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from django.test import Client
told = {}
for path in ("/accounts/login/", "/charter/en/", "/nothing/", "/me/sessions/", "/static/web/js/page.js"):
    answer = Client(headers={"host": settings.ORIGIN.host}).get(path, secure=settings.IS_HTTPS)
    cookies = {name: {k: v for k, v in one.items() if v} for name, one in answer.cookies.items()}
    told[path] = {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}
plain = Client(headers={"host": settings.ORIGIN.host}).get("/accounts/login/")
told["plain"] = {"status": plain.status_code, "headers": dict(plain.headers), "cookies": {}}
print(json.dumps(told))
"""


def answers(folder: Path, origin: str) -> dict[str, Any]:
    """What an installation of its own says at a few addresses."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    environment |= {f"COUNTERSIGN_{name}": str(folder / name.lower()) for name in ("DATA", "KEYS", "RUN", "BROKER")}
    environment |= {"COUNTERSIGN_ORIGIN": origin, "PYTHONPATH": str(SOURCE), "DJANGO_SETTINGS_MODULE": "countersign.config.settings"}
    migrated(folder / "data" / "countersign.sqlite3")
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return answers(tmp_path_factory.mktemp("https"), "https://countersign.example")


PAGES = ("/accounts/login/", "/charter/en/", "/nothing/", "/me/sessions/")


def test_every_page_forbids_what_it_does_not_need(told: dict[str, Any]) -> None:
    for path in PAGES:
        policy = told[path]["headers"]["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_every_answer_keeps_the_browser_from_guessing_framing_and_telling(told: dict[str, Any]) -> None:
    for path in PAGES:
        headers = told[path]["headers"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers


def test_every_answer_keeps_the_browser_at_tls_for_a_year(told: dict[str, Any]) -> None:
    for path in (*PAGES, "/static/web/js/page.js"):
        assert "max-age=31536000; includeSubDomains" in told[path]["headers"]["Strict-Transport-Security"], path


def test_a_request_without_tls_is_sent_to_tls(told: dict[str, Any]) -> None:
    assert told["plain"]["status"] == 301
    assert told["plain"]["headers"]["Location"].startswith("https://countersign.example/")


def test_every_cookie_is_of_this_host_alone_and_out_of_reach_of_scripts(told: dict[str, Any]) -> None:
    cookies = {name: one for path in PAGES for name, one in told[path]["cookies"].items()}
    assert cookies
    for name, cookie in cookies.items():
        assert name.startswith("__Host-"), name
        assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
        assert cookie["samesite"] in {"Lax", "Strict"}
        assert "domain" not in cookie


def test_on_loopback_nothing_claims_to_be_behind_tls(tmp_path: Path) -> None:
    headers = answers(tmp_path, "http://localhost:8765")["/accounts/login/"]["headers"]
    assert "Strict-Transport-Security" not in headers
    assert "Content-Security-Policy" in headers


def test_what_a_signed_in_person_saw_is_not_kept_by_the_browser(db: None) -> None:
    ann = made("Ann")
    given_passkey(ann)
    client = Client(headers={"host": "localhost"})
    sign_in(client, ann)
    for path in ("/settings/", "/me/sessions/"):
        assert "no-store" in client.get(path)["Cache-Control"], path

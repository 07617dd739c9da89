"""People at their browsers: each has a Chromium context of their own, with a virtual authenticator."""
from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from tests.chromium import AUTHENTICATOR, PATIENCE
from tests.prepared import migrated
from tests.servers.loopback import free_ports
from tests.waiting import until

SOURCE = Path(__file__).resolve().parents[2] / "src"


class Installation:
    """The whole product as `countersign start` runs it, in folders of its own on free ports."""

    def __init__(self, folder: Path, **own: str) -> None:
        self.folder, (self.port, practice) = folder, free_ports(2)
        self.origin, self.practice = f"http://localhost:{self.port}", f"http://127.0.0.1:{practice}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")},
            "COUNTERSIGN_BROKER": str(folder / "broker"), "COUNTERSIGN_DATA": str(folder / "data"),
            "COUNTERSIGN_KEYS": str(folder / "keys"), "COUNTERSIGN_RUN": str(folder / "run"),
            "COUNTERSIGN_ORIGIN": self.origin, "COUNTERSIGN_PRACTICE_ORIGIN": self.practice,
            "COUNTERSIGN_ORGANISATION": "Brouwerij De Linde", "COUNTERSIGN_RECALL_SECONDS": "1",
            "DJANGO_SETTINGS_MODULE": "countersign.config.settings", "PYTHONPATH": str(SOURCE), **own,
        }
        self.link = ""

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "countersign.config.command", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), env=self.environment, capture_output=True, text=True, check=False)

    def start(self, *, from_nothing: bool = False) -> None:
        """Start it, on a database that has its tables already, unless it is to make them itself."""
        database = self.folder / "data" / "countersign.sqlite3"
        if not (from_nothing or database.exists() or "COUNTERSIGN_DATABASE" in self.environment):
            migrated(database)
        self.log = (self.folder / "log").open("w+")
        self.process = subprocess.Popen(
            self.command("start"), env=self.environment, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True
        )
        until(self._answers, else_say=lambda: f"It did not start:\n{self.said()}", seconds=120)
        found = re.search(r"First officer:\s+(\S+)", self.said())
        self.link = found.group(1) if found else ""

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.origin}/accounts/login/", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def said(self) -> str:
        return (self.folder / "log").read_text()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)
        self.log.close()


class Somebody:
    """One of the cast at a browser of their own."""

    def __init__(self, browser: Browser, installation: Installation, name: str, *, width: int = 1280) -> None:
        self.name, self.at = name, installation
        self.context = browser.new_context(viewport={"width": width, "height": 900}, base_url=installation.origin)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.problems: list[str] = []
        self.page.on("console", lambda m: self.problems.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.problems.append(str(e)))
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def go(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def press(self, name: str, **more: Any) -> None:
        self.page.get_by_role("button", name=name, **more).first.click()

    def enrol(self, link: str, *, email: str = "") -> None:
        """Open a single-use link and make a passkey."""
        page = self.go(link)
        page.get_by_label("Your name").fill(self.name)
        if email:
            page.get_by_label("Your mail address").fill(email)
        self.press("Make a passkey and come in")
        page.wait_for_url(lambda url: "/enrol/" not in url)

    def see(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()


def told(people: list[Somebody]) -> str:
    """Where everybody is and what they see, for a failure."""
    return "\n".join(f"{one.name} at {one.page.url}: {one.page.inner_text('body')[:700]}\n{one.problems}" for one in people)

"""A real OAuth server (npm oidc-provider) on loopback, behind a thin front with the Mastodon addresses sign-in asks for.

The front and what is whose are described in `oidc/front.mjs`. Modules are installed once into a cache outside the clone.
"""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from tests.servers.loopback import free_port, wait_for
from tests.servers.node import NODE, installed

HERE = Path(__file__).resolve().parent / "oidc"
INSTALL_SECONDS, START_SECONDS = 300, 60


@contextmanager
def oidc_server() -> Iterator[str]:
    """The origin of a running server; it is stopped with the block."""
    place = installed(HERE, last="node_modules/.package-lock.json", seconds=INSTALL_SECONDS, scripts=False)
    port = free_port()
    shutil.copyfile(HERE / "front.mjs", place / f"front-{port}.mjs")
    with tempfile.TemporaryFile() as log:
        command = [str(NODE), str(place / f"front-{port}.mjs"), str(port)]
        server = subprocess.Popen(command, cwd=place, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            origin = f"http://127.0.0.1:{port}"
            wait_for(server, f"{origin}/api/v2/instance", seconds=START_SECONDS, said=lambda: os.pread(log.fileno(), 3000, 0).decode())
            yield origin
        finally:
            server.kill()
            server.wait(10)
            (place / f"front-{port}.mjs").unlink()


class CompanyProvider:
    """A real OpenID provider (npm oidc-provider) as a company has one, with our client in it; see `oidc/provider.mjs`."""

    client_id, secret = "countersign", "canary-client-secret-of-the-company"

    def __init__(self, origin: str, people: dict[str, dict[str, object]], *, conform: bool = False, tells: str = "") -> None:
        self.port, self.origin, self.people, self.conform = free_port(), origin, people, conform
        self.tells = tells or f"{origin}/sign-on/logout/"  # to which address it tells that somebody signed out
        self.issuer = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> CompanyProvider:
        place = installed(HERE, last="node_modules/.package-lock.json", seconds=INSTALL_SECONDS, scripts=False)
        self.script = place / f"provider-{self.port}.mjs"
        shutil.copyfile(HERE / "provider.mjs", self.script)
        self.log = tempfile.TemporaryFile()  # as long as the server
        words = [
            str(self.port), self.client_id, self.secret, f"{self.origin}/sign-on/return/", self.tells,
            json.dumps(self.people),
        ]  # fmt: skip
        self.server = subprocess.Popen(
            [str(NODE), str(self.script), *words], cwd=place, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
            env={**os.environ, "CONFORM": "1" if self.conform else "0"},
        )  # fmt: skip
        wait_for(self.server, f"{self.issuer}/.well-known/openid-configuration", seconds=START_SECONDS, said=self.said)
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.kill()
        self.server.wait(10)
        self.log.close()
        self.script.unlink()

    def said(self) -> str:
        """What it has written to its log."""
        return os.pread(self.log.fileno(), 20_000, 0).decode()

    def browser(self) -> httpx.Client:
        """A browser at the provider, with cookies of its own."""
        return httpx.Client(trust_env=False, follow_redirects=False, limits=httpx.Limits(max_keepalive_connections=0))

    def sign_in(self, browser: httpx.Client, url: str, name: str, *, amr: str = "pwd otp", acr: str = "") -> dict[str, str]:
        """Follow the address we sent somebody to, sign in where the provider asks, and return what comes back in the query."""
        for _step in range(12):
            if url.startswith(f"{self.origin}/sign-on/return/"):
                return dict(parse_qsl(urlsplit(url).query))
            answer = browser.get(url)
            if answer.status_code == 200 and "/login/" in url:
                answer = browser.post(url, data={"login": name, "amr": amr, "acr": acr})
            if "location" not in answer.headers:
                raise AssertionError(f"{answer.status_code} at {url}: {answer.text[:600]}\n{self.said()}")
            url = urljoin(url, answer.headers["location"])
        raise AssertionError(f"The provider did not send the browser back:\n{self.said()}")

"""Brewery Delinde's account on the real Bluesky network in a box, connected by OAuth in a real browser."""
from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from playwright.sync_api import Page

from countersign.networks.bluesky.asking import Asking
from countersign.networks.bluesky.connector import Bluesky
from countersign.networks.contract import Beginning, Credentials, Publication
from tests.servers import bluesky_pages
from tests.servers.bluesky import Box, Person, bluesky_full, bluesky_light  # noqa: F401  # fixtures
from tests.servers.loopback import serving


@pytest.fixture(scope="session")
def box(bluesky_full: Box) -> Box:  # noqa: F811
    return bluesky_full


@pytest.fixture(scope="session")
def bluesky(box: Box) -> Bluesky:
    return Bluesky(plc=box.plc)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30, trust_env=False) as client:
        yield client


class Callback:
    """The page the browser comes back to, and beside it the document that tells servers who we are."""

    def __init__(self) -> None:
        self.metadata: dict[str, object] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                told = json.dumps(outer.metadata).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/callback"
        self.public_origin = f"https://client-{self.server.server_port}.countersign.social"  # see tests/servers/bluesky/start.mjs


@pytest.fixture
def callback() -> Iterator[Callback]:
    page = Callback()
    with serving(page.server):
        yield page


@dataclass
class SignIn:
    """One walk through the server's own pages."""

    bluesky: Bluesky
    http: httpx.Client
    page: Page
    callback: Callback

    def begin(self, person: Person, *, handle: str | None = None, state: str = "a state of our own") -> Beginning:
        return self.bluesky.begin(
            self.http, server=person.box.pds, handle=person.handle if handle is None else handle,
            redirect_uri=self.callback.address, client_id="https://countersign.example/unused", state=state,
        )  # fmt: skip

    def walk(self, beginning: Beginning, person: Person, *, button: str = "Authorize") -> dict[str, str]:
        self.page.goto(beginning.authorize_url)
        bluesky_pages.sign_in(self.page, person)
        with self.page.expect_request(lambda request: urlsplit(request.url).path == "/callback") as back:
            self.page.get_by_role("button", name=button, exact=True).click()
        return dict(parse_qsl(urlsplit(back.value.url).query))

    def through(self, person: Person) -> Credentials:
        beginning = self.begin(person)
        return self.bluesky.finish(self.http, pending=beginning.pending, query=self.walk(beginning, person))


@pytest.fixture
def signing_in(bluesky: Bluesky, http: httpx.Client, page: Page, callback: Callback) -> SignIn:
    return SignIn(bluesky, http, page, callback)


@pytest.fixture(scope="module")
def brewery(box: Box) -> Person:
    return box.account("brewery")


@pytest.fixture(scope="module")
def kept() -> dict[str, Credentials]:
    return {}


@pytest.fixture
def credentials(request: pytest.FixtureRequest, brewery: Person, kept: dict[str, Credentials]) -> Credentials:
    """The brewery's key, got by OAuth once a module: one browser walk serves many tests."""
    if "brewery" not in kept:
        signing_in: SignIn = request.getfixturevalue("signing_in")
        kept["brewery"] = signing_in.through(brewery)
    return kept["brewery"]


@pytest.fixture
def client(bluesky: Bluesky, http: httpx.Client, credentials: Credentials) -> Asking:
    return bluesky.client(http, credentials)


@pytest.fixture
def draft(bluesky: Bluesky) -> Callable[..., Publication]:
    """A publication with a fresh handle."""

    def made(text: str = "Our spring beer is here", **more: object) -> Publication:
        now = datetime.now(UTC)
        handle = bluesky.new_handle(now, secrets.randbits(32))
        return replace(Publication(handle, text, "en", now), **more)  # type: ignore[arg-type]

    return made

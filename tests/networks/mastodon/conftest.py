"""The brewery's account at a stand-in for a Mastodon server, and a real OAuth server to sign in at."""
from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page

from countersign.base.values import RemoteId, Secret
from countersign.networks.contract import Client, Credentials, Identity, Picture, Publication
from countersign.networks.mastodon.connector import Mastodon
from countersign.outbound import guard
from tests.servers.loopback import serving
from tests.servers.mastodon import Person, StandIn, silent_relay
from tests.servers.oidc import oidc_server


@pytest.fixture
def brewery(stand_in: StandIn) -> Person:
    return stand_in.person("delinde")


@pytest.fixture
def olu(stand_in: StandIn) -> Person:
    """A stranger who comments."""
    return stand_in.person("olu")


@pytest.fixture
def mastodon() -> Mastodon:
    return Mastodon()


@pytest.fixture
def http(stand_in: StandIn) -> Iterator[httpx.Client]:
    """The guarded client, as the broker has it, with the stand-in's origin allowed."""
    with guard.client(allowed=frozenset({stand_in.origin})) as client:
        yield client


@pytest.fixture
def silent(mastodon: Mastodon, stand_in: StandIn, brewery: Person) -> Iterator[Client]:
    """The brewery's client, waiting a second, at a server that takes everything and says nothing."""
    with silent_relay(stand_in) as origin, guard.client(allowed=frozenset({origin}), timeout=1.0) as http:
        credentials = credentials_of(brewery)
        yield mastodon.client(http, replace(credentials, identity=replace(credentials.identity, origin=origin)))


def credentials_of(person: Person) -> Credentials:
    """Credentials with a key that the stand-in handed out."""
    account, origin = person.account, person.server.origin
    host = urlsplit(origin).netloc
    identity = Identity("mastodon", origin, RemoteId(account["id"]), f"@{person.username}@{host}", name=account["display_name"])
    kept = {
        "access_token": person.key, "refresh_token": "", "client_id": "ours", "client_secret": "ours too", "host": host,
        "token_url": f"{origin}/oauth/token", "revoke_url": f"{origin}/oauth/revoke",
    }  # fmt: skip
    return Credentials(identity, Secret(json.dumps(kept)))


@pytest.fixture
def client(mastodon: Mastodon, http: httpx.Client, brewery: Person) -> Client:
    return mastodon.client(http, credentials_of(brewery))


@pytest.fixture
def losing(mastodon: Mastodon, lossy_http: httpx.Client, brewery: Person) -> Client:
    return mastodon.client(lossy_http, credentials_of(brewery))


@pytest.fixture
def draft() -> Callable[..., Publication]:
    """A publication with a fresh handle."""

    def made(text: str = "Our spring beer is here", **more: object) -> Publication:
        publication = Publication(secrets.token_hex(16), text, "en", datetime.now(UTC))
        return replace(publication, **more)  # type: ignore[arg-type]

    return made


@pytest.fixture
def picture() -> Picture:
    content = BytesIO()
    Image.new("RGB", (64, 48), (200, 120, 20)).save(content, "PNG")
    data = content.getvalue()
    return Picture(hashlib.sha256(data).hexdigest(), "image/png", data, "A glass of amber beer", 64, 48)


class Callback:
    """The page the browser comes back to; it keeps the query it was given."""

    def __init__(self) -> None:
        self.query: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if urlsplit(self.path).path == "/callback":
                    outer.query = dict(parse_qsl(urlsplit(self.path).query))
                self.send_response(200)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/callback"


@pytest.fixture
def callback() -> Iterator[Callback]:
    page = Callback()
    with serving(page.server):
        yield page


@pytest.fixture(scope="session")
def oauth() -> Iterator[str]:
    """The origin of a real OAuth server."""
    with oidc_server() as origin:
        yield origin


@pytest.fixture
def oauth_http(oauth: str) -> Iterator[httpx.Client]:
    with guard.client(allowed=frozenset({oauth})) as client:
        yield client


@dataclass
class SignIn:
    """One walk through the OAuth server's own pages."""

    mastodon: Mastodon
    http: httpx.Client
    page: Page
    callback: Callback
    origin: str
    pending: Secret = field(default_factory=lambda: Secret(""))

    def begin(self, state: str = "a state of our own") -> str:
        """Begin, and keep what is to be kept; the address for the browser."""
        beginning = self.mastodon.begin(
            self.http, server=self.origin, handle="", redirect_uri=self.callback.address, client_id="", state=state
        )
        self.pending = beginning.pending
        return beginning.authorize_url

    def walk(self, authorize_url: str, *, name: str = "delinde", denies: bool = False) -> dict[str, str]:
        """Sign in and consent (or decline) in the browser; the query it comes back with."""
        self.page.goto(authorize_url)
        self.page.fill("input[name=login]", name)
        self.page.fill("input[name=password]", "anything")
        self.page.click("button[type=submit]")
        self.page.wait_for_selector("button:has-text('Continue')")
        self.page.click("a:has-text('Cancel')" if denies else "button:has-text('Continue')")
        self.page.wait_for_url(f"{self.callback.address}**")
        return self.callback.query

    def finish(self, query: dict[str, str]) -> Credentials:
        return self.mastodon.finish(self.http, pending=self.pending, query=query)

    def through(self) -> Credentials:
        return self.finish(self.walk(self.begin()))

    def changed(self, **more: object) -> Secret:
        """What was kept, with something altered."""
        return Secret(json.dumps(json.loads(self.pending.reveal()) | more))


@pytest.fixture
def signing_in(mastodon: Mastodon, oauth_http: httpx.Client, page: Page, callback: Callback, oauth: str) -> SignIn:
    return SignIn(mastodon, oauth_http, page, callback, oauth)

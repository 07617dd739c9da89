"""A house with the company's own provider (oidc-provider, real) and Kim, Tom as officers."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.base.actor import PersonActor
from countersign.base.values import Secret
from countersign.calls import client
from countersign.desk.signon import configuring
from countersign.desk.signon.models import Provider
from countersign.people.models import Person
from tests.house import Broker, now
from tests.servers.oidc import CompanyProvider
from tests.signing_in import EARLIER, given_passkey, made
from tests.soft_authenticator import SoftAuthenticator

PEOPLE: dict[str, dict[str, object]] = {
    "ann": {"email": "ann@delinde.example", "email_verified": True, "name": "Ann", "groups": ["social-authors"]},
    "mia": {"email": "mia@delinde.example", "email_verified": False, "name": "Mia", "groups": []},
    "leo": {"email": "leo@delinde.example", "email_verified": True, "name": "Leo"},
    "olu": {"email": "olu@elsewhere.example", "email_verified": True, "name": "Olu", "groups": ["social-authors"]},
    "ann-again": {"email": "ann@delinde.example", "email_verified": True, "name": "Ann", "groups": []},
}


@pytest.fixture(scope="module")
def company() -> Iterator[CompanyProvider]:
    with post_box() as box, CompanyProvider(str(settings.ORIGIN), PEOPLE, tells=box.address) as running:
        running.box = box  # type: ignore[attr-defined]
        yield running


class PostBox(ThreadingHTTPServer):
    """Where the provider's calls arrive, so that a test hands them to the product, in its own database."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.address = f"http://127.0.0.1:{self.server_address[1]}/"
        self.arrived: Queue[str] = Queue()


class _Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.arrived.put(parse_qs(body.decode())["logout_token"][0])  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def post_box() -> Iterator[PostBox]:
    box = PostBox()
    thread = Thread(target=box.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield box
    finally:
        box.shutdown()
        thread.join()
        box.server_close()


@pytest.fixture(scope="module")
def broker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, company: CompanyProvider) -> Iterator[Broker]:
    """The real broker, which may speak to the company's provider on loopback."""
    broker = Broker(tmp_path_factory.mktemp("house") / "broker", allow=[company.issuer])
    client.use_socket(settings.BROKER_SOCKET)
    try:
        broker.start()
        yield broker
    finally:
        broker.end()


@pytest.fixture
def kim(transactional_db: None, broker: Broker) -> PersonActor:
    """Kim, the only officer."""
    person = made("Kim")
    given_passkey(person)
    Grant.objects.create(person=person, role=Role.OFFICER, given_at=EARLIER)
    return person.as_actor(verified_at=now())


@pytest.fixture
def provider(kim: PersonActor, company: CompanyProvider) -> Provider:
    return turned_on(kim, company)


def turned_on(kim: PersonActor, company: CompanyProvider, **more: Any) -> Provider:
    """Kim describes the provider and turns it on."""
    described = configuring.describe(
        kim, name="De Linde", issuer=company.issuer, client_id=company.client_id, secret=Secret(company.secret), at=now(), **more
    )
    assert configuring.ask_to_turn_on(kim, described, reason="", at=now()) is None
    described.refresh_from_db()
    return described


class Visitor:
    """Somebody at two browsers in one: with us, and at the provider."""

    def __init__(self, company: CompanyProvider) -> None:
        self.company, self.client, self.there = company, Client(), company.browser()

    def begin(self, query: str = "") -> str:
        answer = self.client.get(f"/sign-on/{query}")
        assert answer.status_code == 302, answer.content
        return answer["Location"]

    def come_back(self, query: dict[str, str]) -> HttpResponse:
        return self.client.get("/sign-on/return/", query)  # type: ignore[return-value]

    def sign_on(self, name: str, **how: str) -> HttpResponse:
        return self.come_back(self.company.sign_in(self.there, self.begin(), name, **how))

    def sign_out_there(self) -> HttpResponse:
        """Sign out at the provider, whose own page asks once more; what it then tells us, handed on. The answer to it."""
        return Client().post("/sign-on/logout/", {"logout_token": self.logout_token()})  # type: ignore[return-value]

    def logout_token(self) -> str:
        page = self.there.get(f"{self.company.issuer}/session/end")
        found = page.text.split('name="xsrf" value="')[1].split('"')[0]
        self.there.post(f"{self.company.issuer}/session/end/confirm", data={"xsrf": found, "logout": "yes"})
        return str(self.company.box.arrived.get(timeout=10))  # type: ignore[attr-defined]


@pytest.fixture
def visitor(company: CompanyProvider, provider: Provider) -> Visitor:
    return Visitor(company)


@pytest.fixture
def ann(kim: PersonActor) -> Person:
    """Ann works here."""
    return made("Ann")


@pytest.fixture
def key(ann: Person) -> SoftAuthenticator:
    """Her passkey with us."""
    return given_passkey(ann)


@pytest.fixture
def invited(kim: PersonActor) -> Person:
    """Ann was invited and has not come yet."""
    return made("Ann", state="invited")

"""The key by which a front door with a public address proves itself to Bluesky's servers."""
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as product
from django.test import Client
from pytest_django import Settings

from countersign.calls import client, messages
from countersign.config.reading import Origin
from tests.house import Broker

ORIGIN = Origin("https", "front.delinde.example", 443)


@pytest.fixture
def broker(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    monkeypatch.setenv("COUNTERSIGN_ORIGIN", str(ORIGIN))
    client.use_socket(product.BROKER_SOCKET)
    broker = Broker(tmp_path / "broker")
    broker.start()
    yield broker
    broker.end()


def shown() -> dict[str, str]:
    return dict(client.ask(messages.ClientKeys()).by_network["bluesky"])


def test_the_key_is_made_once_and_outlives_the_process(broker: Broker) -> None:
    before = shown()
    broker.kill()
    broker.start()
    assert shown() == before


def test_its_private_half_stands_nowhere_in_the_clear(broker: Broker) -> None:
    assert set(shown()) == {"kty", "crv", "x", "y", "kid"}
    (line,) = [line for line in broker.journal.read_text().splitlines() if '"kind":"client_key"' in line]
    assert set(json.loads(line)["body"]) == {"public", "sealed"}


def test_our_client_metadata_shows_its_public_half(broker: Broker, settings: Settings) -> None:
    settings.ORIGIN, settings.IS_HTTPS = ORIGIN, True
    told = Client().get("/oauth/bluesky/client-metadata.json").json()
    assert told["token_endpoint_auth_method"] == "private_key_jwt"
    assert told["jwks"]["keys"] == [{**shown(), "alg": "ES256", "use": "sig"}]
    assert told["client_id"] == "https://front.delinde.example/oauth/bluesky/client-metadata.json"


def test_on_loopback_there_is_no_such_key(transactional_db: None, tmp_path: Path) -> None:
    client.use_socket(product.BROKER_SOCKET)
    broker = Broker(tmp_path / "broker")
    broker.start()
    try:
        assert client.ask(messages.ClientKeys()).by_network == {}
        assert Client().get("/oauth/bluesky/client-metadata.json").json()["token_endpoint_auth_method"] == "none"
    finally:
        broker.end()

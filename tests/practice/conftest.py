"""A practice network for each module's tests, well-behaved and with a fresh account for each test."""
from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from countersign.networks.contract import Client, Credentials, Publication
from countersign.networks.practice.connector import Practice
from tests.servers.practice import PracticeServer

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Connected:
    """One company account on the practice network, connected, and what a test does with it."""

    network: PracticeServer
    credentials: Credentials
    client: Client

    @property
    def handle(self) -> str:
        """The account's handle, without the @."""
        return self.credentials.identity.handle.removeprefix("@")

    def publish(self, publication: Publication) -> str:
        """Publish and return the id."""
        return Practice().publish(self.client, publication).remote_id


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """One process for the module."""
    with PracticeServer(tmp_path_factory.mktemp("practice")) as running:
        yield running


@pytest.fixture
def network(server: PracticeServer) -> PracticeServer:
    """The module's process, behaving well."""
    server.behave()
    return server


@pytest.fixture
def linde(network: PracticeServer) -> Connected:
    """A new company account, connected by walking the OAuth pages."""
    credentials = network.connect(f"linde{next(_numbers)}", name="Brouwerij De Linde")
    return Connected(network, credentials, network.client(credentials))

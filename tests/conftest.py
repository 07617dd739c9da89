"""What every test may ask for."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import TransactionTestCase
from playwright.sync_api import Browser, Page

from countersign.calls import client
from tests.chromium import chromium, page_in
from tests.prepared import migrated
from tests.servers.mastodon import StandIn, mastodon_stand_in


def _empty_the_tables(_case: TransactionTestCase) -> None:
    """After a test that commits. Permissions, which nothing here asks for, are not made again each time: that is most of it."""
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=True)


TransactionTestCase._fixture_teardown = _empty_the_tables  # type: ignore[assignment,method-assign]


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """The SQLite database is there already, migrated; what is left to do is what post_migrate does."""
    return _is_sqlite() or bool(request.config.getoption("reuse_db"))


def _is_sqlite() -> bool:
    return "sqlite" in settings.DATABASES["default"]["ENGINE"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Once each worker's database has its name: a migrated one lies there."""
    if _is_sqlite():
        migrated(Path(settings.DATABASES["default"]["TEST"]["NAME"]))


@pytest.fixture(autouse=True)
def _nothing_is_signed_yet() -> None:
    """The log of every test is another; the one before may have been signed, and be longer."""
    (Path(settings.DATA) / "log.head").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def broker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The real broker, as its own process, one for a module: for tests that only have it seal and open."""
    from tests.house import Broker

    broker = Broker(tmp_path_factory.mktemp("house") / "broker")
    client.use_socket(settings.BROKER_SOCKET)
    try:
        broker.start()
        yield broker
    finally:
        broker.end()


@pytest.fixture
def house(transactional_db: None, tmp_path: Path) -> Iterator[object]:
    """The broker and the practice network as processes, and nobody in it yet."""
    from tests.house import open_house

    with open_house(tmp_path) as house:
        yield house


@pytest.fixture
def brewery(house: object) -> object:
    """The cast at work: Kim is the officer, Ann writes, Ben countersigns, Mia decides; @delinde is connected."""
    from tests.house import House

    assert isinstance(house, House)
    house.account = house.connect(house.cast())  # type: ignore[attr-defined]
    return house


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, ended with the module."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of it in a context of its own."""
    with page_in(browser) as page:
        yield page


@pytest.fixture(scope="session")
def running_stand_in() -> Iterator[StandIn]:
    """One stand-in for a Mastodon server for all tests of a process."""
    with mastodon_stand_in() as server:
        yield server


@pytest.fixture
def stand_in(running_stand_in: StandIn) -> Iterator[StandIn]:
    """The stand-in, behaving well again after each test."""
    yield running_stand_in
    running_stand_in.behave()

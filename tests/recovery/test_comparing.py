"""What a network's API tells is compared with what is recorded; on the practice network, which tells it."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.access.recovery import announcing, answering, comparing, describing, jobs
from countersign.access.recovery.freezing import WATCH
from countersign.access.recovery.models import Contact, Event, Recovery
from countersign.audit.models import Entry
from countersign.people import queries as people
from tests.house import House, now

pytestmark = pytest.mark.django_db
OURS, THEIRS = "social@delinde.example", "mallory@elsewhere.example"


@pytest.fixture
def _django_db_helper() -> None:
    """No test here is rolled back: the broker must see the rows."""


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with django_db_blocker.unblock():
        house = House(tmp_path_factory.mktemp("comparing"))
        try:
            house.open()
            house.begin_roster(house.person("Kim", Role.OFFICER))
            house.person("Tom", Role.OFFICER)
            yield house
        finally:
            house.close()
            call_command("flush", verbosity=0, interactive=False)
            connection.close()


@pytest.fixture
def account(house: House) -> Account:
    """An account that nobody has touched before; the network says that its mails go to the role mailbox."""
    return house.connect(house.actor("Kim"), f"linde_{now():%H%M%S%f}")


def compared(account: Account, **later: float) -> Event | None:
    return comparing.compare(WATCH, account, at=now() + timedelta(**later))


def addresses(account: Account) -> list[tuple[str, str]]:
    return list(Contact.objects.standing().filter(account=account).order_by("pk").values_list("value", "source"))


def moved(house: House, account: Account, **protection: object) -> None:
    """Somebody changes it at the network."""
    house.network.protect(account.handle.lstrip("@"), **protection)


def test_an_account_of_which_nothing_is_recorded_takes_what_the_network_tells(account: Account) -> None:
    assert compared(account) is None
    assert addresses(account) == [(OURS, "api")]


def test_an_address_that_changed_at_the_network_is_an_event_once_and_locks_the_account(house: House, account: Account) -> None:
    compared(account)
    moved(house, account, email=THEIRS)
    event = compared(account)
    assert event is not None
    assert (event.kind, event.case is not None, people.is_locked(account=str(account.uid))) == ("address_differs", True, True)
    assert compared(account) is None


def test_a_record_that_merely_differs_locks_nothing(house: House, account: Account) -> None:
    describing.add(house.actor("Kim"), account, "mail", "pers@delinde.example", at=now())
    event = compared(account)
    assert event is not None
    assert (event.kind, event.case) == ("address_differs", None)


def test_what_was_announced_is_recorded_and_no_event(house: House, account: Account) -> None:
    compared(account)
    announcing.announce(house.actor("Kim"), account, "address_changed", "To the new mailbox", at=now())
    moved(house, account, email="pers@delinde.example")
    assert compared(account) is None
    assert addresses(account) == [(OURS, "api"), ("pers@delinde.example", "api")]


def test_an_address_that_is_no_longer_confirmed_is_an_event_without_a_lock(house: House, account: Account) -> None:
    compared(account)
    moved(house, account, email_confirmed=False)
    event = compared(account)
    assert event is not None
    assert (event.kind, event.case) == ("address_unconfirmed", None)
    assert compared(account) is None


def test_that_was_us_records_the_new_address(house: House, account: Account) -> None:
    compared(account)
    moved(house, account, email="pers@delinde.example")
    event = compared(account)
    assert event is not None
    answering.that_was_us(house.actor("Kim"), event, "I moved it", at=now())
    assert addresses(account) == [(OURS, "api"), ("pers@delinde.example", "api")]
    assert compared(account) is None


def test_it_is_asked_every_hour_and_what_did_not_change_is_not_in_the_log(house: House, account: Account) -> None:
    assert jobs.compare_addresses(now()) >= 1
    first = Recovery.objects.get(account=account).told_at
    since = Entry.objects.filter(account=str(account.uid)).count()
    assert jobs.compare_addresses(now() + timedelta(minutes=30)) == 0
    assert jobs.compare_addresses(now() + timedelta(minutes=61)) >= 1
    assert Recovery.objects.get(account=account).told_at != first
    assert Entry.objects.filter(account=str(account.uid)).count() == since

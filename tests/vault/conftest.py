"""The vault's cast: Kim and Tom are officers on the roster, Ben and Leo reviewers; @delinde stands on the practice network."""
from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.access.vault import checking_out, entering, queries
from countersign.access.vault.models import Exposure, Secret
from countersign.base.actor import PersonActor
from countersign.base.values import Secret as Text
from countersign.people.models import Lock, Person
from countersign.review import proposing, roster
from countersign.review.models import Proposal
from tests.house import House, now

PASSWORD = "de-oude-ketel-van-1894"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DP"


class Vault:
    """The house, and what people do with its vault."""

    def __init__(self, house: House, account: Account) -> None:
        self.house, self.account = house, account

    def ways(self, name: str) -> list[str]:
        """How this person came to know secrets of the account, in order."""
        mine = Exposure.objects.filter(person__name=name, version__secret__account=self.account)
        return list(mine.order_by("pk").values_list("way", flat=True))

    def known_to(self, name: str) -> list[Secret]:
        """The secrets of the account that this person knows now."""
        seen = queries.exposed_to(self.house.people[name])
        return [one.secret for one in seen if one.secret.account == self.account]

    def actor(self, name: str) -> PersonActor:
        return self.house.actor(name)

    def enter(self, kind: str = "password", value: str = PASSWORD, *, by: str = "Kim", label: str = "") -> Secret:
        return entering.enter(self.actor(by), self.account, kind, Text(value), label=label, at=now())

    def proposed(self, secret: Secret, *, by: str = "Ben", minutes: int = 60, at: datetime | None = None) -> Proposal:
        return checking_out.propose(self.actor(by), secret, "The network asks for it", minutes=minutes, at=at or now())

    def sign(self, proposal: Proposal, name: str) -> bool:
        actor = self.actor(name)
        statement = proposing.statement_for(actor, proposal, at=now())
        return proposing.sign(actor, proposal, statement, self.house.assertion(actor, statement), at=now())

    def granted(self, secret: Secret, *, by: str = "Ben", and_by: str = "Kim", minutes: int = 60) -> Proposal:
        proposal = self.proposed(secret, by=by, minutes=minutes)
        self.sign(proposal, by)
        assert self.sign(proposal, and_by)
        proposal.refresh_from_db()
        return proposal

    def check_out(self, secret: Secret, *, by: str = "Ben", and_by: str = "Kim", minutes: int = 60) -> list[str]:
        proposal = self.granted(secret, by=by, and_by=and_by, minutes=minutes)
        return [text.reveal() for _number, text in checking_out.take(self.actor(by), proposal, at=now())]


def furnished(house: House) -> House:
    """Kim and Tom are officers on the roster, Ben and Leo reviewers; Ann writes, Olu may nothing."""
    kim = house.person("Kim", Role.OFFICER, Role.REVIEWER)
    house.begin_roster(kim)
    house.person("Ann", Role.AUTHOR)
    ben, leo = house.person("Ben", Role.REVIEWER), house.person("Leo", Role.REVIEWER)
    tom = house.person("Tom", Role.OFFICER, Role.REVIEWER)
    house.put_on_roster(ben, kim)
    house.put_on_roster(leo, kim)
    house.put_on_roster(tom, kim, roles=[roster.OFFICER, roster.REVIEWER])
    house.person("Olu")
    return house


@pytest.fixture(scope="module")
def vault_house(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One house for a file of tests; each test has an account of its own in it."""
    with django_db_blocker.unblock():
        house = House(tmp_path_factory.mktemp("vault"), timings="deadline=3,lease=5,late=0.5,patience=20,again=0.5,skew=5")
        try:
            house.open()
            yield furnished(house)
        finally:
            house.close()
            call_command("flush", verbosity=0, interactive=False)
            connection.close()


@pytest.fixture
def vault(vault_house: House, django_db_blocker: Any) -> Iterator[Vault]:
    """The vault of an account that nobody has touched before."""
    with django_db_blocker.unblock():
        account = vault_house.connect(vault_house.actor("Kim"), f"linde_{secrets.token_hex(4)}")
        yield Vault(vault_house, account)
        Lock.objects.all().delete()
        Person.objects.exclude(state="active").update(state="active")

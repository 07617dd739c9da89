"""A house whose roster is a month old: its first day is over, so what takes a day of waiting can be seen to have waited.

The chain is written as a broker would have written it then, each line signed; the broker verifies it all when it starts.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings

from countersign.access.grants import following
from countersign.access.grants.rights import Role
from countersign.access.vault import wrapping
from countersign.base.actor import DutyActor, PersonActor
from countersign.calls import client, messages
from countersign.people.models import Credential
from countersign.processes.broker import chain
from countersign.processes.broker.journal import Journal
from countersign.review import alone, plain, roster
from countersign.review import statement as statements
from countersign.review.countersigning import party
from countersign.review.models import RosterProposal
from countersign.review.roster import OFFICER, REVIEWER, Roster
from countersign.review.statement import ROSTER_ALONE, ROSTER_ENTRY, challenge, iso
from countersign.review.verifying import Assertion, b64
from tests.house import Broker, House, now
from tests.signing_in import enrolled
from tests.soft_authenticator import SoftAuthenticator

CAST = {"Kim": (Role.OFFICER, Role.REVIEWER), "Tom": (Role.OFFICER, Role.REVIEWER), "Ben": (Role.REVIEWER,), "Leo": (), "Ann": (Role.AUTHOR,)}
MONTH = timedelta(days=30)


class OldHouse(House):
    """The cast, and a chain of a month ago by which Kim and Tom are officers and Ben signs."""

    def __init__(self, folder: Path, *, wait: int = 24) -> None:
        super().__init__(folder)
        for name, roles in CAST.items():
            self.person(name, *roles)
        if not settings.WRAPPING_KEY.exists():
            wrapping.make(settings.WRAPPING_KEY)
        (folder / "broker").mkdir(mode=0o700)
        self.past = Roster()
        begin = self.entry("begin", "Kim", [OFFICER, REVIEWER], at=now() - MONTH, wait=wait)
        self.write(chain.ENTRY, {"entry": begin, "assertions": [self.signed("Kim", begin)]}, at=now() - MONTH)
        self.add("Tom", [OFFICER, REVIEWER], "Kim", ago=MONTH)
        self.add("Ben", [REVIEWER], "Kim", "Tom", ago=MONTH)

    # --- the past --------------------------------------------------------------------------------------------------

    def write(self, kind: str, body: dict[str, Any], *, at: datetime) -> None:
        """A line of the broker's file, of some time ago."""
        whole = {**body, "at": iso(at)}
        self.past = chain.after(self.past, kind, whole, party=party())
        with Journal(self.folder / "broker" / "journal") as journal:
            journal.append(kind, whole)

    def add(self, name: str, roles: Iterable[str], *by: str, ago: timedelta, key: SoftAuthenticator | None = None) -> None:
        entry = self.entry("add", name, list(roles), at=now() - ago, key=key)
        self.write(chain.ENTRY, {"entry": entry, "assertions": [self.signed(one, entry) for one in by]}, at=now() - ago)

    def entry(self, act: str, name: str, roles: list[str], *, at: datetime, key: SoftAuthenticator | None = None, **more: Any) -> dict[str, Any]:
        held = key or self.key(name)
        return roster.entry(
            before=self.past.head, number=self.past.length + 1, act=act, at=iso(at), person=self.actor(name).uid,
            credential=held.credential_id_text, public_key=b64(held.public_key_cose), roles=roles, **more,
        )

    def asked_alone(self, by: str, name: str, *, ago: timedelta) -> str:
        """What one officer asked for alone that long ago; its head."""
        entry, at = self.entry("add", name, [OFFICER, REVIEWER], at=now() - ago), now() - ago
        head = roster.head_of(entry)
        statement = statements.alone(act=alone.ASK, head=head, at=iso(at))
        body = {"entry": entry, "signed_at": iso(at), "assertion": self.key(by).sign(challenge(statement, domain=ROSTER_ALONE))}
        self.write(chain.ALONE, body, at=at)
        return head

    # --- the present -----------------------------------------------------------------------------------------------

    def open(self) -> None:
        """The broker alone: nothing here goes out."""
        self.broker = Broker(self.folder / "broker", token=self.token)
        client.use_socket(settings.BROKER_SOCKET)
        self.broker.start()
        self.follow()

    def close(self) -> None:
        if hasattr(self, "broker"):
            self.broker.end()

    def again(self) -> None:
        """The broker is killed and started again."""
        self.broker.kill()
        self.broker.start()

    def follow(self) -> bool:
        """What the worker does: our tables say what the broker's file says."""
        return following.agree(DutyActor("keep"), at=now())

    def told(self) -> messages.Roster:
        told: messages.Roster = client.ask(messages.ReadRoster())
        return told

    def known(self) -> Roster:
        return plain.of(self.told().standing)

    def key(self, name: str) -> SoftAuthenticator:
        return self.keys[self.actor(name).uid]

    def spare(self, name: str) -> tuple[SoftAuthenticator, Credential]:
        """A second passkey of somebody."""
        key = SoftAuthenticator(settings.RP_ID, str(settings.ORIGIN), is_synced=False)
        made = Credential.objects.create(
            person=self.people[name], credential_id=key.credential_id_text, public_key=key.public_key_cose, aaguid=uuid4(),
            name="Spare key", created_at=now(),
        )
        enrolled(made)
        return key, made

    def signed(self, name: str, entry: dict[str, Any], key: SoftAuthenticator | None = None) -> dict[str, str]:
        return (key or self.key(name)).sign(challenge(entry, domain=ROSTER_ENTRY))

    def answer(self, name: str, proposal: RosterProposal, key: SoftAuthenticator | None = None) -> Assertion:
        return Assertion.of(self.signed(name, proposal.content, key))

    def said(self, actor: PersonActor, act: str, head: str, *, at: datetime | None = None) -> tuple[dict[str, Any], Assertion]:
        """A statement about what is asked alone, and the person's passkey's answer to it."""
        statement = statements.alone(act=act, head=head, at=iso(at or now()))
        return statement, Assertion.of(self.keys[actor.uid].sign(challenge(statement, domain=ROSTER_ALONE)))


@contextmanager
def opened(house: OldHouse) -> Iterator[OldHouse]:
    try:
        house.open()
        yield house
    finally:
        house.close()

"""A house with people in it: real processes on loopback, the cast with software passkeys, one account on the practice network.

Tests that need the broker take the fixture `house`. Nothing of ours is replaced: the broker is its own process with its
own file, the practice network another, and what tests do goes through the product's actions.
"""
from __future__ import annotations

import os
import secrets
import signal
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection

from countersign.access.grants import rostering
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Role
from countersign.access.vault import connecting
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor, PersonActor
from countersign.base.errors import CountersignError
from countersign.calls import client, messages
from countersign.content.posts import approving, drafting, releasing, submitting
from countersign.content.posts.drafting import Content
from countersign.content.posts.jobs import RELEASE, release_due, settle_unknown
from countersign.content.posts.models import Delivery, Post
from countersign.people.models import Credential, Person
from countersign.people.states import PersonState
from countersign.policy.charter.adopting import adopt_default
from countersign.review import roster
from countersign.review.statement import ROSTER_ENTRY, challenge, iso
from countersign.review.verifying import Assertion
from tests.servers.forking import Forked, forked, run
from tests.servers.practice import PracticeServer
from tests.signing_in import enrolled
from tests.soft_authenticator import SoftAuthenticator
from tests.waiting import until

SOURCE = Path(__file__).resolve().parents[1] / "src"
START = DutyActor("start")
TIMINGS = "deadline=3,lease=5,late=0.5,patience=20,again=0.5,skew=5"  # seconds of the release protocol


def now() -> datetime:
    return datetime.now(UTC)


class Broker:
    """The broker as its own process over one folder; it may be killed and started again."""

    def __init__(self, folder: Path, *, allow: Iterable[str] = (), token: str = "", plc: str = "", timings: str = "") -> None:
        self.folder, self.allow, self.token, self.plc, self.timings = folder, list(allow), token, plc, timings
        self.process: Forked | None = None

    def start(self) -> None:
        words = [word for origin in self.allow for word in ("--allow", origin)]
        words += ["--plc", self.plc] if self.plc else []
        words += ["--timings", self.timings] if self.timings else []
        settings.BROKER_SOCKET.unlink(missing_ok=True)
        self.process = forked("countersign", ["broker", *words], self.environment)
        self.token = ""
        until(self._answers, else_say=lambda: "The broker did not answer.", seconds=120)

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise AssertionError(f"The broker ended with {self.process and self.process.returncode}.")
        try:
            return bool(client.ask(messages.Ping(), timeout=5))
        except CountersignError:
            return False

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this installation is told."""
        return {
            **os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE.parent}", "COUNTERSIGN_BROKER": str(self.folder),
            "COUNTERSIGN_MARK": str(self.mark), "COUNTERSIGN_GENESIS_TOKEN": self.token,
            "COUNTERSIGN_SQLITE": str(connection.settings_dict["NAME"]),
            "COUNTERSIGN_PG_NAME": str(connection.settings_dict["NAME"]),
        }  # fmt: skip

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of this installation, to its end."""
        return run("countersign", words, self.environment)

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def end(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(10)

    @property
    def journal(self) -> Path:
        return self.folder / "journal"

    @property
    def mark(self) -> Path:
        return self.folder.with_name("journal.mark")


class House:
    """The cast, the broker, the practice network."""

    def __init__(self, folder: Path, *, timings: str = "", allow: Iterable[str] = (), plc: str = "") -> None:
        self.folder, self.allow, self.plc = folder, list(allow), plc
        self.network = PracticeServer(folder)
        self.token = secrets.token_urlsafe(32)
        self.timings = timings
        self.keys: dict[str, SoftAuthenticator] = {}
        self.people: dict[str, Person] = {}

    def open(self) -> None:
        self.network.start()
        self.broker = Broker(
            self.folder / "broker", allow=[self.network.origin, *self.allow], token=self.token, plc=self.plc,
            timings=self.timings,
        )
        client.use_socket(settings.BROKER_SOCKET)
        self.broker.start()
        adopt_default(START, at=now())

    def close(self) -> None:
        self.broker.end()
        self.network.__exit__(None, None, None)

    def cast(self) -> PersonActor:
        """The usual people at work: Kim is the officer, Ann writes, Ben countersigns, Mia decides. Kim."""
        kim = self.person("Kim", Role.OFFICER, Role.REVIEWER)
        self.begin_roster(kim)
        self.person("Ann", Role.AUTHOR)
        ben = self.person("Ben", Role.REVIEWER)
        self.person("Mia", Role.MODERATOR)
        self.put_on_roster(ben, kim)
        return kim

    # --- people ----------------------------------------------------------------------------------------------------

    def person(self, name: str, *roles: Role, state: PersonState = PersonState.ACTIVE) -> PersonActor:
        """Somebody of the cast with these roles on every account, and a software passkey."""
        with recorded(START, at=now()) as record:
            person = Person.objects.create(
                email=f"{name.lower()}@delinde.example", name=name, state=state, state_since=now(), password="!"
            )
            record("person.invited", f"person:{person.uid}")
        for role in roles:
            Grant.objects.create(person=person, account=None, role=role, given_at=now())
        key = SoftAuthenticator(settings.RP_ID, str(settings.ORIGIN), is_synced=False)
        credential = Credential.objects.create(
            person=person, credential_id=key.credential_id_text, public_key=key.public_key_cose, aaguid=uuid4(),
            name=f"{name}'s key", created_at=now(),
        )
        enrolled(credential)
        self.keys[str(person.uid)], self.people[name] = key, person
        return self.actor(name)

    def actor(self, name: str) -> PersonActor:
        return self.people[name].as_actor(verified_at=now())

    def assertion(self, actor: PersonActor, statement: dict[str, object], domain: str = "") -> Assertion:
        """What this person's passkey answers to a statement."""
        asked = challenge(statement, domain=domain) if domain else challenge(statement)
        return Assertion.of(self.keys[actor.uid].sign(asked))

    def begin_roster(self, officer: PersonActor) -> None:
        entry = rostering.first_entry(officer, at=now())
        rostering.begin(officer, entry, self.assertion(officer, entry, ROSTER_ENTRY), token=self.token, at=now())

    def put_on_roster(self, who: PersonActor, *officers: PersonActor, roles: Iterable[str] = (roster.REVIEWER,)) -> bool:
        credential = Credential.objects.get(person__uid=who.uid)
        proposal = rostering.propose_adding(officers[0], credential, list(roles), at=now())
        done = False
        for officer in officers:
            done = rostering.sign(officer, proposal, self.assertion(officer, proposal.content, ROSTER_ENTRY), at=now())
        return done

    # --- accounts and posts ----------------------------------------------------------------------------------------

    def connect(self, officer: PersonActor, handle: str = "delinde") -> Account:
        """Connect an account on the practice network by walking its OAuth pages."""
        url = connecting.begin(officer, connecting.Place("practice", self.network.origin, handle), at=now())
        return connecting.finish(officer, self.network.answer(url, handle, name="Brouwerij De Linde"), at=now())

    def write(self, author: PersonActor, text: str, *accounts: Account, **more: object) -> Post:
        texts = {str(account.uid): text for account in accounts}
        return drafting.draft(author, Content(texts=texts, **more), at=now())  # type: ignore[arg-type]

    def sign(self, signer: PersonActor, post: Post) -> bool:
        statement = approving.statement_for(signer, post, at=now())
        return approving.approve(signer, post, statement, self.assertion(signer, statement), at=now())

    def approved(self, author: PersonActor, signer: PersonActor, text: str, *accounts: Account) -> Delivery:
        """A post written, submitted and signed: its delivery, due now."""
        post = self.write(author, text, *accounts)
        submitting.submit(author, post, at=now())
        self.sign(signer, post)
        return Delivery.objects.get(post=post)

    def claim(self, delivery: Delivery) -> int:
        """What the worker does before it asks the broker: the fence under which the delivery is claimed."""
        [claimed] = releasing.release_many(RELEASE, [], [delivery], at=now())
        return claimed.fence

    def release(self) -> None:
        """What the worker does, until nothing is due."""
        while release_due(now()):
            pass

    def settle(self) -> None:
        settle_unknown(now())


@contextmanager
def open_house(folder: Path, *, timings: str = TIMINGS, allow: Iterable[str] = (), plc: str = "") -> Iterator[House]:
    """A house for as long as the block lasts."""
    house = House(folder, timings=timings, allow=allow, plc=plc)
    try:
        house.open()
        yield house
    finally:
        house.close()


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


__all__ = ["Broker", "House", "b64", "iso", "now", "open_house"]

"""One brewery for the whole matrix: the cast with exactly one role each, and things for them to act on.

Nothing is replaced: the broker and the practice network are processes, sessions are rows, requests go through the whole
middleware. The database is committed, so that the broker sees what the tests arrange; the module flushes it at its end.
"""
from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from PIL import Image

from countersign.access.grants import asking_alone, inviting, rostering
from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Role
from countersign.audit.models import Entry
from countersign.base.actor import DutyActor, PersonActor
from countersign.content.comments import collecting
from countersign.content.comments.jobs import COLLECT
from countersign.content.comments.models import Comment
from countersign.content.media import taking_in
from countersign.content.media.models import File
from countersign.content.posts import drafting, releasing, submitting
from countersign.content.posts.drafting import Content, Described
from countersign.content.posts.jobs import RELEASE
from countersign.content.posts.models import Delivery, Post
from countersign.people.models import Credential, Device, Enrolment, Lock, Person, Session
from countersign.people.states import PersonState
from countersign.policy.charter.queries import clauses
from countersign.review import alone, roster
from countersign.review import statement as statements
from countersign.review.models import RosterProposal
from countersign.review.statement import ROSTER_ALONE, ROSTER_ENTRY, iso
from countersign.review.verifying import Assertion
from tests.house import House, now
from tests.signing_in import enrolled, sign_in
from tests.soft_authenticator import SoftAuthenticator

HOLDERS = {"author": "Ann", "reviewer": "Ben", "moderator": "Mia", "officer": "Tom", "auditor": "Sam"}
EVERY_ROLE = tuple(Role)
WORDS = "Zaterdag gaat de nieuwe ketel aan, het vat is al geschroefd."  # must reach nobody without a role here

# How a session of Leo, who has every role, may stand. In none of these states may he do anything.
STATES = (
    "invited", "suspended", "left", "person locked", "session locked", "everything locked", "no second factor shown",
    "ended", "idle", "aged", "unknown device", "device asked", "device refused", "device retired", "device locked",
)
_APART = ("people_session", "people_attempt", "lockout_guesses", "django_session", "django_migrations", "audit_")

_SEEN = {  # whoever asks for a page, or shows a key, is seen, whatever becomes of it
    "people_apikey": {"last_used_at"}, "people_device": {"first_seen_at", "last_seen_at"},
}


def photo() -> bytes:
    """A small picture that nobody has seen yet."""
    out = io.BytesIO()
    Image.frombytes("RGB", (32, 24), secrets.token_bytes(32 * 24 * 3)).save(out, "PNG")
    return out.getvalue()


class World:
    """The brewery, its people and their browsers."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder, timings="deadline=2,lease=4,late=0.3,patience=20,again=0.3,skew=3")
        self.clients: dict[str, Client] = {}
        self.asks: list[Any] = []  # one good request for each door, kept by the tests
        self.counter = 0

    def open(self) -> None:
        """The people, and a broker that knows no officer yet. Nothing here must survive a power cut."""
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF" if connection.vendor == "sqlite" else "SET synchronous_commit=off")
        os.environ.setdefault("COUNTERSIGN_RESOLVERS", "127.0.0.1:9")  # where no name server is: none outside is asked
        self.house.open()
        self.house.person("Kim", Role.OFFICER, Role.REVIEWER)
        for role, name in HOLDERS.items():
            self.house.person(name, Role(role))
        self.house.person("Leo", *EVERY_ROLE)
        self.house.person("Olu")
        self.house.person("Olu-next-door")

    def furnish(self) -> None:
        """More of the roster, which Tom has begun, two accounts, and what stands about on the first of them."""
        house, kim, ben, tom = self.house, self.actor("Kim"), self.actor("Ben"), self.actor("Tom")
        house.put_on_roster(ben, tom)
        house.put_on_roster(kim, tom, roles=[roster.OFFICER, roster.REVIEWER])
        self.account = house.connect(kim, "delinde")
        self.other = house.connect(kim, "delinde_fr")
        for role in EVERY_ROLE:
            Grant.objects.create(person=house.people["Olu-next-door"], account=self.other, role=role, given_at=now())
        self.picture = taking_in.take_in(self.actor("Ann"), photo(), at=now())
        self.out = self.published()

    def close(self) -> None:
        """The processes end and the database is empty again."""
        self.house.close()
        call_command("flush", verbosity=0, interactive=False)
        connection.close()

    # --- people and their browsers ---------------------------------------------------------------------------------

    def actor(self, name: str) -> PersonActor:
        return self.house.actor(name)

    def person(self, name: str) -> Person:
        """Their row as it is now: who signs in with the password of yesterday is not signed in."""
        person = self.house.people[name]
        person.refresh_from_db()
        return person

    def client(self, name: str) -> Client:
        """The browser in which this person is signed in, with a second factor shown just now; "" for nobody."""
        if not name:
            return Client()
        if name not in self.clients or not self._stands(self.clients[name]):
            self.clients[name] = Client()
            sign_in(self.clients[name], self.person(name))
        return self.clients[name]

    @staticmethod
    def _stands(client: Client) -> bool:
        cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
        key = hashlib.sha256(cookie.value.encode()).hexdigest() if cookie else ""
        young = now() - timedelta(minutes=3)
        return Session.objects.filter(key_hash=key, ended_at=None, verified_at__gt=young).exists()

    @contextmanager
    def leo(self, state: str) -> Iterator[tuple[Client, Callable[[], object]]]:
        """Leo's browser in one of the states, and how to put it there anew: a session that ended stays so."""
        client, leo = Client(), self.person("Leo")
        session = sign_in(client, leo)
        columns = _of_session(state) or {}
        whole = {f.name: getattr(session, f.name) for f in Session._meta.concrete_fields if f.name != "id"} | columns

        def stand() -> object:
            client.cookies[settings.SESSION_COOKIE_NAME] = cookie
            return Session.objects.filter(pk=session.pk).update(**whole)

        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        match state:
            case "invited" | "suspended" | "left":
                Person.objects.filter(pk=leo.pk).update(state=state)
            case "person locked":
                _lock("person", leo.uid)
            case "session locked":
                _lock("session", session.uid)
            case "device locked":
                _lock("device", session.device)
            case "device asked" | "device refused" | "device retired":
                Device.objects.filter(uid=session.device).update(state=state.removeprefix("device "))
            case "everything locked":
                _lock("everything")
            case "account locked":
                for account in Account.objects.all():
                    _lock("account", account.uid)
        stand()
        try:
            yield client, stand
        finally:
            Person.objects.filter(pk=leo.pk).update(state=PersonState.ACTIVE)
            Device.objects.filter(uid=session.device).update(state="enrolled")
            Lock.objects.filter(hold=None).delete()  # those that acts made belong to their cases

    # --- things to act on ------------------------------------------------------------------------------------------

    def draft(self, by: str = "Ann", *, picture: bool = False) -> Post:
        content = Content(
            texts={str(self.account.uid): WORDS}, title="Ketelgeheim",
            pictures=[Described(str(self.picture.uid), "Een ketel")] if picture else (),
        )
        return drafting.draft(self.actor(by), content, at=now())

    def submitted(self) -> Post:
        post = self.draft()
        submitting.submit(self.actor("Ann"), post, at=now())
        post.refresh_from_db()
        return post

    def approved(self) -> Delivery:
        post = self.submitted()
        self.house.sign(self.actor("Ben"), post)
        return Delivery.objects.get(post=post)

    def published(self) -> Delivery:
        delivery = self.approved()
        releasing.release(RELEASE, delivery, at=now())
        delivery.refresh_from_db()
        assert delivery.state == "published", (delivery.state, delivery.why)
        return delivery

    def unconfirmed(self) -> Delivery:
        """Accepted by a network that then said nothing."""
        self.house.network.control(silent_next=1)
        delivery = self.approved()
        releasing.release(RELEASE, delivery, at=now())
        delivery.refresh_from_db()
        assert delivery.state == "unconfirmed", (delivery.state, delivery.why)
        return delivery

    def comment(self, text: str = "Hoe laat begint het?") -> Comment:
        self.house.network.reply_as("Greta Vogel", self.out.remote_id, text)
        collecting.collect(COLLECT, self.account, [self.out], at=now())
        return Comment.objects.filter(is_ours=False).latest("pk")

    def newcomer(self) -> tuple[Person, str]:
        """Somebody invited, and the token of their link."""
        self.counter += 1
        return inviting.invite(
            self.actor("Tom"), email=f"newcomer-{self.counter}@delinde.example", name="Noor", grants=[(Role.AUTHOR, None)],
            at=now(),
        )

    def colleague(self, state: str = "active") -> Person:
        """Somebody active (or suspended) whom an officer may act on."""
        person, _token = self.newcomer()
        Enrolment.objects.filter(person=person).update(used_at=now())
        Person.objects.filter(pk=person.pk).update(state=state)
        person.refresh_from_db()
        return person

    def proposal(self) -> RosterProposal:
        """An entry that Kim has signed and that waits for a second officer."""
        kim = self.actor("Kim")
        found = rostering.propose_requiring(kim, self.other, 1, at=now())
        rostering.sign(kim, found, self.house.assertion(kim, found.content, ROSTER_ENTRY), at=now())
        return found

    def overtaken(self) -> RosterProposal:
        """An entry that Kim proposed and that another one overtook."""
        found, whole, tom = rostering.propose_requiring(self.actor("Kim"), self.other, 1, at=now()), self.proposal(), self.actor("Tom")
        rostering.sign(tom, whole, self.house.assertion(tom, whole.content, ROSTER_ENTRY), at=now())
        found.refresh_from_db()
        return found

    def wanted(self) -> RosterProposal:
        """An entry that makes Mia an officer, and that one officer may ask for alone: nothing else waits."""
        for waiting in RosterProposal.objects.alone():
            asking_alone.say_no(self.actor("Tom"), waiting, *self.said("Tom", alone.VETO, waiting), at=now())
        mia = Credential.objects.filter(person__name="Mia", retired_at=None).earliest("pk")
        return rostering.propose_adding(self.actor("Kim"), mia, [roster.OFFICER], at=now())

    def asked_alone(self) -> RosterProposal:
        """An entry that Kim asked for alone."""
        found = self.wanted()
        asking_alone.ask(self.actor("Kim"), found, *self.said("Kim", alone.ASK, found), at=now())
        return found

    def said(self, name: str, act: str, about: RosterProposal) -> tuple[dict[str, object], Assertion]:
        """A statement about what one officer asks for alone, and this person's passkey under it."""
        statement = statements.alone(act=act, head=about.head, at=iso(now()))
        return statement, self.house.assertion(self.actor(name), statement, ROSTER_ALONE)

    def passkey_of(self, person: Person) -> Credential:
        """One passkey more for somebody; nobody holds its private half."""
        credential = Credential.objects.create(
            person=person, credential_id=secrets.token_urlsafe(32), public_key=SoftAuthenticator("localhost", "").public_key_cose,
            aaguid=uuid4(), name="Old key", created_at=now(),
        )
        enrolled(credential)
        return credential

    def clause(self, code: str = "K2") -> object:
        return next(clause for clause in clauses() if clause.code == code)

    def fresh_account(self, handle: str = "") -> Account:
        """An account of its own, to be disconnected."""
        self.counter += 1
        return self.house.connect(self.actor("Kim"), handle or f"linde_{self.counter}")

    def file_of(self, name: str) -> File:
        return taking_in.take_in(self.actor(name), photo(), at=now())


def _of_session(state: str) -> dict[str, Any] | None:
    """What the row of a session says in this state."""
    match state:
        case "no second factor shown":
            return {"verified_at": None}
        case "ended":
            return {"ended_at": now(), "ended_by": "elsewhere"}
        case "idle":
            return {"last_seen_at": now() - timedelta(minutes=31)}
        case "aged":
            return {"ends_at": now() - timedelta(seconds=1)}
        case "unknown device":
            return {"device": None}
        case "stale step-up":
            return {"verified_at": now() - timedelta(minutes=6)}
    return None


def _lock(kind: str, target: object = None) -> None:
    Lock.objects.create(kind=kind, target=target, reason="a suspicion", since=now())


# --- looking ---------------------------------------------------------------------------------------------------------


_known: dict[str, tuple[int, tuple[int, str]]] = {}  # by table: how often it had changed when it was last read, and what it held


def snapshot() -> dict[str, tuple[int, str]]:
    """Every table (but sessions, attempts and the log) with its count and a digest of all its rows; and every file.

    Triggers count each row that is added, changed or taken away, by whatever process; what has not changed is not read again.
    """
    found: dict[str, tuple[int, str]] = {}
    with connection.cursor() as cursor:
        tables = [one for one in sorted(connection.introspection.table_names(cursor)) if not one.startswith(_APART)]
        changed = _count_changes(cursor, tables) if connection.vendor == "sqlite" else {}
        for table in tables:
            times, kept = _known.get(table, (-1, (0, "")))
            if table not in changed or changed[table] != times:
                kept = _read(cursor, table)
                _known[table] = (changed.get(table, -1), kept)
            found[table] = kept
    files = sorted(str(path) for path in Path(settings.DATA).rglob("*") if path.is_file() and path.name != "log.head")
    found["files"] = (len(files), hashlib.sha256("\n".join(files).encode()).hexdigest()[:16])
    return found


def _read(cursor: Any, table: str) -> tuple[int, str]:
    cursor.execute(f'SELECT * FROM "{table}"')
    kept = [n for n, column in enumerate(cursor.description) if column[0] not in _SEEN.get(table, ())]
    rows = sorted(repr([row[n] for n in kept]) for row in cursor.fetchall())
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def _count_changes(cursor: Any, tables: list[str]) -> dict[str, int]:
    """How often a row of each table has changed since the triggers were made: they are made the first time."""
    cursor.execute("CREATE TABLE IF NOT EXISTS audit_changes (name text PRIMARY KEY, n integer NOT NULL) WITHOUT ROWID")
    counted = dict(cursor.execute("SELECT name, n FROM audit_changes").fetchall())
    for table in set(tables) - set(counted):
        cursor.execute("INSERT INTO audit_changes VALUES (%s, 0)", [table])
        for act in ("INSERT", "UPDATE", "DELETE"):
            count = f"UPDATE audit_changes SET n = n + 1 WHERE name = '{table}'"
            cursor.execute(f'CREATE TRIGGER "audit_{act}_{table}" AFTER {act} ON "{table}" BEGIN {count}; END')
        counted[table] = 0
    return counted


def log_size() -> int:
    newest = Entry.objects.order_by("-number").first()
    return newest.number if newest else 0


def entries_after(number: int) -> list[Entry]:
    return list(Entry.objects.filter(number__gt=number).order_by("number"))


DUTY = DutyActor("start")

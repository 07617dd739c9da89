"""The house that forgers try: a roster begun long ago, three accounts, and hands that write any row and send any message.

The forger owns the web process and the database. What they do here is what that gives them: rows are changed with the ORM
or SQL, the broker is asked over its own socket. What they do not have is the broker's memory and its file. Where a case
needs an honest person's passkey to have signed something odd, it says so: that person was careless, deceived or in league.
"""
from __future__ import annotations

import io
import itertools
import json
import socket
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from PIL import Image

from countersign.access.grants import following
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.access.vault import wrapping
from countersign.base.actor import PersonActor
from countersign.calls import client, messages, wire
from countersign.content.media.models import File
from countersign.content.media.taking_in import take_in
from countersign.content.posts import approving, drafting, submitting
from countersign.content.posts.drafting import Content, Described
from countersign.content.posts.models import Delivery, Post, Revision
from countersign.content.posts.states import DeliveryState
from countersign.people.models import Credential, Person
from countersign.processes.broker import restoring
from countersign.processes.broker.journal import Journal
from countersign.processes.broker.mark import Mark
from countersign.review import roster
from countersign.review.models import Countersignature
from countersign.review.statement import ROSTER_ENTRY, STATEMENT, challenge, iso
from countersign.review.verifying import Assertion, b64
from tests.forging.passkeys import Passkey
from tests.house import House, now
from tests.review.officers import v1
from tests.signing_in import enrolled
from tests.soft_authenticator import SoftAuthenticator

BEGUN = timedelta(days=90)  # how long ago this roster began: its first day, without a cool-off, is over
TIMINGS = "deadline=2,lease=4,late=0.2,patience=20,again=0.2,skew=5"
LANDED = 4.5  # seconds after a claim, by which nothing of it can still land
FAULT = "The broker failed at this."
_texts = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the broker said: a named error, or an outcome, or that it hung up; and the words for people."""

    kind: str
    words: str = ""
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One forgery. `attempt` forges and asks the broker; `words` must stand in the answer.

    `twin` is the honest like of it: `itself`, the forged delivery with its rows put back as they were; or a new post of a
    kind (`plain`, `rich`, `double` …); or `within`, when the attempt sends it honestly as its last act.
    """

    name: str
    attempt: Callable[[World], Answer]
    words: str
    kind: str = "Refused"
    twin: str = "itself"
    honest: int = 0  # posts that the attempt itself sends honestly before it forges, or after


@dataclass(frozen=True, slots=True)
class _Rows:
    """Everything the database says of one delivery, as it was when it was approved."""

    delivery: Delivery
    revision: Revision
    post: Post
    signatures: list[Countersignature]

    @classmethod
    def of(cls, delivery: Delivery) -> _Rows:
        signatures = list(Countersignature.objects.filter(matter=matter_of(delivery)))
        return cls(delivery, Revision.objects.get(pk=delivery.revision_id), Post.objects.get(pk=delivery.post_id), signatures)

    def put_back(self) -> None:
        """Write it all as it was, and take away what was put beside it."""
        Countersignature.objects.filter(matter__startswith=f"post:{self.post.uid}:").delete()
        Countersignature.objects.bulk_create(self.signatures)
        for row in (self.delivery, self.revision, self.post):
            row.save()


class World:
    """The house, its people and passkeys, and what somebody can do who owns the web process and the database."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder, timings=TIMINGS)
        self.keys: dict[str, SoftAuthenticator | Passkey] = {}
        self.seen = 0

    # --- the honest house ------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Put the cast in, write a roster of ninety days ago into the broker's folder, and start the processes."""
        for name, roles in _CAST.items():
            self.house.person(name, *roles)
            self.keys[name] = self.house.keys[self.uid(name)]
        for name in _SPARE:
            self.keys[name] = SoftAuthenticator(settings.RP_ID, str(settings.ORIGIN), is_synced=False)
        self.keys |= {f"Ben's {kind} key": Passkey(kind) for kind in Passkey.KINDS}
        self._write_old_roster(self.house.folder / "broker")
        self._keep_other_keys()
        self.house.open()
        following.copy_roster(self.roster())
        kim = self.actor("Kim")
        self.account = self.house.connect(kim, "delinde")
        self.other = self.house.connect(kim, "delindebar")
        self.doubled = self.house.connect(kim, "delindedubbel")
        require = self.entry(act="require", account=str(self.doubled.uid), signatures=2)
        assert self.append(require).kind == "answered"
        lost = self.entry(act="remove", credential=self.keys["Ben's lost key"].credential_id_text)
        assert self.append(lost).kind == "answered"
        following.copy_roster(self.roster())
        self.removed_at = int(lost["number"])
        Account.objects.filter(pk=self.doubled.pk).update(signatures=2)
        self.doubled.refresh_from_db()
        self.pictures = [take_in(self.actor("Ann"), _painted(colour), at=now()) for colour in ("gold", "brown")]
        first = self.approved()
        assert self.publish(first).kind == "published"
        self.root = Delivery.objects.get(pk=first.pk)
        self.root_id = self.arrivals()[-1]["post"]

    def _keep_other_keys(self) -> None:
        """Ben's other passkeys, as the product knows them."""
        for name, key in self.keys.items():
            if name.startswith("Ben's"):
                credential = Credential.objects.create(
                    person=self.person("Ben"), credential_id=key.credential_id_text, public_key=key.public_key_cose,
                    aaguid=uuid4(), name=name, created_at=now(),
                )
                enrolled(credential)

    def close(self) -> None:
        """End the processes."""
        if hasattr(self.house, "broker"):
            self.house.close()

    def actor(self, name: str) -> PersonActor:
        return self.house.actor(name)

    def uid(self, name: str) -> str:
        return str(self.house.people[name].uid)

    def person(self, name: str) -> Person:
        return self.house.people[name]

    def approved(self, kind: str = "plain", account: Account | None = None, *, text: str = "") -> Delivery:
        """A post that went through the product's own actions and has all its signatures; due, and not sent yet."""
        account = account or (self.doubled if kind == "double" else self.account)
        text = text or f"Zaterdag tapt De Linde vat nummer {next(_texts)}."
        more: dict[str, Any] = {}
        if kind == "rich":
            reply = {"parent": str(self.root_id), "root": str(self.root_id), "parent_cid": "", "root_cid": ""}
            more = {
                "pictures": [Described(str(self.pictures[0].uid), "Een glas bier in de zon.")],
                "languages": {str(account.uid): "nl"}, "answers": {"reply_to": reply},
            }
        if kind in {"tomorrow", "soon"}:
            more = {"release_at": now() + (timedelta(days=1) if kind == "tomorrow" else timedelta(seconds=0.4))}
        ann = self.actor("Ann")
        post = drafting.draft(ann, Content(texts={str(account.uid): text}, **more), at=now())
        submitting.submit(ann, post, at=now())
        for key in _SIGNING.get(kind, ("Ben",)):
            signer = self.actor(key.partition("'")[0])
            statement = approving.statement_for(signer, post, at=now())
            approving.approve(signer, post, statement, self.assertion(key, statement), at=now())
        self.newest = _Rows.of(Delivery.objects.select_related("post", "revision", "account").get(post=post))
        return self.again(self.newest.delivery)

    def restored(self) -> Delivery:
        """The newest approved delivery, with its rows put back as the product wrote them."""
        self.newest.put_back()
        return self.again(self.newest.delivery)

    def assertion(self, key: str, content: dict[str, Any], domain: str = STATEMENT) -> Assertion:
        """What this passkey answers when it is asked about this content."""
        return Assertion.of(self.keys[key].sign(challenge(content, domain=domain)))

    # --- the roster ------------------------------------------------------------------------------------------------

    def roster(self) -> messages.Roster:
        known: messages.Roster = client.ask(messages.ReadRoster())
        return known

    def entry(self, *, at: datetime | None = None, **parts: Any) -> dict[str, Any]:
        """An entry that would come next."""
        known = self.roster()
        base = {"before": known.head, "number": len(known.entries) + 1, "at": iso(at or now())}
        return roster.entry(**{**base, **parts})  # type: ignore[arg-type]

    def adding(self, key: str, person: str, roles: Iterable[str], **parts: Any) -> dict[str, Any]:
        """An entry that would put a passkey in."""
        held = self.keys[key]
        return self.entry(
            act="add", person=person, credential=held.credential_id_text, public_key=b64(held.public_key_cose),
            roles=list(roles), **parts,
        )

    def append(self, entry: dict[str, Any], *signers: str, domain: str = ROSTER_ENTRY) -> Answer:
        """Ask the broker to append an entry; signed by both officers unless others are named."""
        signed = [self.assertion(name, entry, domain).parts() for name in signers or ("Kim", "Tom")]
        return self.ask(messages.AppendRoster(entry, signed))

    def _write_old_roster(self, folder: Path) -> None:
        """The chain as a broker of then would have written it, entry by entry, each signed; the broker verifies it all anew."""
        if not settings.WRAPPING_KEY.exists():
            wrapping.make(settings.WRAPPING_KEY)
        folder.mkdir(parents=True, mode=0o700)
        both, officer, reviewer = ("Kim", "Tom"), [roster.OFFICER], [roster.REVIEWER]
        wanted = [
            ("begin", "Kim", "Kim", [*officer, *reviewer], ("Kim",), BEGUN),
            ("add", "Tom", "Tom", officer, ("Kim",), BEGUN),
            *[("add", key, "Ben", reviewer, both, BEGUN) for key in self.keys if key.startswith("Ben")],
            ("add", "Sam", "Sam", reviewer, both, BEGUN),
            ("add", "Mia", "Mia", reviewer, both, BEGUN),
            ("add", "Kim's second key", "Kim", officer, both, BEGUN),
            ("add", "Leo", "Leo", reviewer, both, timedelta(hours=1)),
        ]
        before = roster.START
        with Journal(folder / "journal") as journal, closing(Mark(folder.with_name("journal.mark"))) as mark:
            restoring.begin_life(journal, mark, at=now())  # so that the broker takes the file for its own, not for a backup
            for number, (act, key, person, roles, signers, ago) in enumerate(wanted, start=1):
                at = iso(now() - ago + timedelta(seconds=number))
                entry = v1(roster.entry(
                    before=before, number=number, act=act, at=at, person=self.uid(person),
                    credential=self.keys[key].credential_id_text, public_key=b64(self.keys[key].public_key_cose), roles=roles,
                ))
                assertions = [self.assertion(name, entry, ROSTER_ENTRY).parts() for name in signers]
                journal.append("roster", {"entry": entry, "assertions": assertions, "at": at})
                before = roster.head_of(entry)

    # --- what owning the database gives ----------------------------------------------------------------------------

    def alter(self, delivery: Delivery, change: Callable[[dict[str, Any]], Any]) -> Delivery:
        """Change the request a delivery asks for, wherever the database keeps it; a change may return a new one."""
        content = json.loads(json.dumps(delivery.request))
        made = change(content)
        content = content if made is None else made
        Revision.objects.filter(pk=delivery.revision_id).update(requests=[content])
        Delivery.objects.filter(pk=delivery.pk).update(request=content)
        return self.again(delivery)

    def signature(self, delivery: Delivery) -> Countersignature:
        """The newest signature row over a delivery's revision."""
        row = Countersignature.objects.filter(matter=matter_of(delivery)).order_by("-pk").first()
        assert row is not None
        return row

    def restate(
        self,
        delivery: Delivery,
        change: Callable[[dict[str, Any]], Any] = lambda statement: None,
        *,
        key: str = "",
        domain: str = STATEMENT,
        answer: Callable[[bytes], dict[str, str]] | None = None,
        touch: Callable[[dict[str, bytes]], Any] = lambda parts: None,
    ) -> Delivery:
        """Change the statement of a delivery's signature row.

        With `key`, that passkey then signs what it became; with `answer`, that is how it answers the challenge; `touch`
        changes the answer's bytes afterwards. With none of these the old answer stays beside the new statement.
        """
        row = self.signature(delivery)
        statement = json.loads(json.dumps(row.statement))
        made = change(statement)
        row.statement = statement if made is None else made
        if key or answer:
            asked = challenge(row.statement, domain=domain)
            self.put_answer(row, Assertion.of(answer(asked) if answer else self.keys[key].sign(asked)))
        parts = {name: bytes(getattr(row, name)) for name in _PARTS}
        touch(parts)
        for name, value in parts.items():
            setattr(row, name, value)
        row.save()
        return self.again(delivery)

    def put_answer(self, row: Countersignature, assertion: Assertion) -> None:
        """Write a passkey's answer into a signature row, unsaved."""
        row.credential_id = assertion.credential_id
        row.authenticator_data = assertion.authenticator_data
        row.client_data_json = assertion.client_data_json
        row.signature = assertion.signature

    def again(self, delivery: Delivery) -> Delivery:
        """The delivery as the database now has it."""
        return Delivery.objects.select_related("post", "revision", "account").get(pk=delivery.pk)

    # --- what owning the web process gives -------------------------------------------------------------------------

    def publish(self, delivery: Delivery, *, claim: bool = True, fence: int | None = None, spelled: str = "") -> Answer:
        """Claim the row as the worker would, and ask the broker to send it."""
        wanted = Delivery.objects.get(pk=delivery.pk).fence + 1 if fence is None else fence
        if claim:
            Delivery.objects.filter(pk=delivery.pk).update(
                state=DeliveryState.SENDING, fence=wanted, lease_until=now() + timedelta(minutes=2)
            )
        return self.ask(messages.Publish(spelled or str(delivery.uid), wanted))

    def ask(self, call: messages.Call) -> Answer:
        return self.say(wire.pack(call))

    def say(self, message: Any) -> Answer:
        """Send any JSON value to the broker's socket."""
        raw = json.dumps(message).encode()
        return self.shout(struct.pack(">I", len(raw)) + raw)

    def shout(self, raw: bytes) -> Answer:
        """Send any bytes to the broker's socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(30)
            connection.connect(str(settings.BROKER_SOCKET))
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            try:
                return _understood(wire.receive(connection))
            except (EOFError, ConnectionResetError):
                return Answer("hung up", "hung up")

    # --- what arrived at the network -------------------------------------------------------------------------------

    def arrivals(self, *, after: int = 0) -> list[dict[str, Any]]:
        """Requests to the network that could change something, from its own ledger."""
        entries = self.house.network.ledger(after=after)
        return [entry for entry in entries if entry["method"] != "GET" and entry["path"].startswith("/api/")]

    def posts(self, *, after: int) -> list[dict[str, Any]]:
        """Requests to create a post, whatever became of them."""
        return [entry for entry in self.arrivals(after=after) if entry["path"] == "/api/v1/posts"]

    def last_arrival(self) -> int:
        """Where its ledger ends now."""
        entries = self.house.network.ledger(after=self.seen)
        self.seen = int(entries[-1]["id"]) if entries else self.seen
        return self.seen


_CAST = {
    "Kim": (Role.OFFICER, Role.REVIEWER), "Tom": (Role.OFFICER,), "Ann": (Role.AUTHOR,), "Ben": (Role.REVIEWER,),
    "Sam": (Role.REVIEWER,), "Mia": (Role.MODERATOR, Role.AUTHOR), "Leo": (Role.REVIEWER,), "Olu": (),
}
_SIGNING = {"double": ("Ben", "Sam"), "ed25519": ("Ben's ed25519 key",), "rsa": ("Ben's rsa key",)}
_SPARE = ("Ben's second key", "Ben's lost key", "Kim's second key", "a new key")
_PARTS = ("authenticator_data", "client_data_json", "signature")


def matter_of(delivery: Delivery) -> str:
    """How the database says which revision a signature is over."""
    return f"post:{delivery.post.uid}:{delivery.revision.number}"


def wait_until(moment: datetime) -> None:
    """Sleep until then."""
    time.sleep(max(0.0, (moment - now()).total_seconds()))


def picture_of(world: World, number: int) -> dict[str, Any]:
    """One of the taken-in pictures as a request names it."""
    file: File = world.pictures[number]
    return {"sha256": file.sha256, "mime": file.mime, "size": file.size, "width": file.width, "height": file.height}


def _understood(content: dict[str, Any]) -> Answer:
    if "error" in content:
        error = content["error"]
        return Answer(error["kind"], error["what"].format(**error["facts"]) if error["facts"] else error["what"])
    answer = content["answer"]
    return Answer(answer.get("state", "answered"), answer.get("why", ""), answer.get("remote_id", ""))


def _painted(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "JPEG")
    return file.getvalue()



__all__ = ["FAULT", "Answer", "Case", "World", "matter_of", "now", "picture_of", "wait_until"]

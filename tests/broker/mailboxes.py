"""A broker that reads a mailbox of a real Dovecot, with name servers of ours."""
from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

from django.conf import settings

from countersign.calls import client, messages
from countersign.calls.messages import Call
from tests.house import Broker
from tests.inspection.letters import SENDERS, Post, from_network
from tests.servers.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.servers.names import Names, name_server


@dataclass
class Watch:
    """One mailbox as the product sees it: how it was opened, and up to where it was read."""

    broker: Broker
    server: Dovecot
    names: Names
    post: Post = field(default_factory=Post)
    uid: str = field(default_factory=lambda: str(uuid4()))
    opened: messages.SealedMailbox | None = None
    last: int = 0
    validity: int = 0
    where: dict[str, Any] = field(default_factory=dict)

    def open(self, *, text: str = PASSWORD, mailbox: str = "", **other: Any) -> messages.SealedMailbox:
        """Sign in and keep what that gives."""
        self.where = {"host": "localhost", "port": self.server.imaps, "security": "tls", "user": USER, "way": "password", **other}
        self.opened = client.ask(messages.OpenMailbox(mailbox=mailbox or self.uid, version=1, text=text, **self.where))
        self.last, self.validity = self.opened.uid_next - 1, self.opened.uid_validity
        return self.opened

    def call(self, *, wait: int = 0, **other: Any) -> messages.ReadMails:
        """The question that the worker would ask now."""
        assert self.opened
        return messages.ReadMails(
            **{
                "mailbox": self.uid, "sealed": self.opened.sealed, "version": 1, "uid_validity": self.validity, "after": self.last,
                "senders": SENDERS, "wait_seconds": wait, **self.where, **other,
            }
        )  # fmt: skip

    def read(self, *, wait: int = 0, **other: Any) -> messages.Mails:
        """Ask it, and go on from there next time."""
        found: messages.Mails = client.ask(self.call(wait=wait, **other))
        self.last, self.validity = found.last, found.uid_validity
        return found

    def send(self, network: str, subject: str, text: str, **more: Any) -> bytes:
        """Have a network write to us: signed, its key in the name servers, delivered over SMTP."""
        raw = from_network(self.post, network, subject, text, at=datetime.now(UTC), **more)
        self.publish()
        self.server.deliver(raw, to=self.where.get("user", USER))
        return raw

    def publish(self) -> None:
        """Put the keys into the name servers."""
        for name, records in self.post.table.items():
            self.names.say(name, "TXT", *records)


@contextmanager
def watching(folder: Path, *, without_idle: bool = False, allow: tuple[str, ...] = ()) -> Iterator[Watch]:
    """Dovecot, name servers and a broker, all on loopback and stopped with the block."""
    with name_server() as names, dovecot(without_idle=without_idle) as server:
        told = {"COUNTERSIGN_RESOLVERS": names.address, "COUNTERSIGN_MAILBOX_CA": str(server.ca)}
        broker = Broker(folder / "broker", allow=(*server.origins, *allow))
        client.use_socket(settings.BROKER_SOCKET)
        before = {name: os.environ.get(name) for name in told}
        os.environ.update(told)
        try:
            broker.start()
            yield Watch(broker, server, names)
        finally:
            broker.end()
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def asked(call: Call, *, timeout: float = 90.0) -> SimpleQueue[Any]:
    """Ask from another thread; its answer, or the error, comes out of the queue."""
    answers: SimpleQueue[Any] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(client.ask(call, timeout=timeout))
        except Exception as error:  # noqa: BLE001  # whatever it was is what the test looks at
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    return answers

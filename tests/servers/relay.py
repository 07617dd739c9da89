"""The company's mail relay: it takes mails in over SMTP, signs them in the name of its own domain, and hands them on.

A PDS of one's own signs no mail; whoever runs one sends through such a relay, whose key stands in the name servers.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.inspection.letters import Post
from tests.servers.dovecot import Dovecot
from tests.servers.loopback import free_ports
from tests.servers.names import Names


@dataclass
class Relay:
    """A running relay: where it listens, in whose name it signs, and whether it does."""

    port: int
    domain: str
    server: Dovecot
    names: Names
    is_signing: bool = True
    post: Post = field(default_factory=Post)
    passed: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  # the library's name
        """Sign a mail of our own domain, and deliver it."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        sender = str(message_from_bytes(content)["From"])
        if self.is_signing and self.domain in sender:
            content = self.post.sign(content, self.domain, at=datetime.now(UTC))
            for name, records in self.post.table.items():
                self.names.say(name, "TXT", *records)
        self.passed.append(content)
        for to in envelope.rcpt_tos:
            self.server.deliver(content, to=to)
        return "250 OK"


@contextmanager
def relay(domain: str, server: Dovecot, names: Names) -> Iterator[Relay]:
    """A running relay, stopped with the block."""
    (port,) = free_ports(1)
    made = Relay(port, domain, server, names)
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop(no_assert=True)

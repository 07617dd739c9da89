"""A connection to a mailbox: encrypted before anything is said, bounded in what it reads and how long, kept between two looks.

IMAPClient speaks the protocol; here stands what it leaves to us. It connects through the address guard, so that a server's name that
an officer typed leads to no private address, and the certificate is always checked against that name.
"""
from __future__ import annotations

import imaplib
import logging
import os
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import imapclient
from django.conf import settings

from countersign.base.values import Secret
from countersign.outbound import guard

logging.getLogger("imapclient").setLevel(logging.WARNING)  # at DEBUG it writes down what it reads

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0  # for reaching the server and for each of its answers
COMMAND_SECONDS = 30.0  # for one look as a whole, however slowly the bytes come
KEPT_SECONDS = 120.0  # how long an unused connection is kept
LARGEST_LITERAL = 1_048_576  # bytes a server may announce at once
MOST_BYTES = 8_388_608  # bytes a server may say in answer to one look
PORTS = frozenset({143, 993})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a mailbox is and who signs in: sealed with its password, which goes nowhere else."""

    host: str
    port: int
    security: str
    user: str
    way: str


class NotEncrypted(Exception):
    """The server does not offer encryption, so nothing was said to it."""


class _Imap(imaplib.IMAP4):
    """imaplib over a connection that the guard has made; a server may not announce more than is wanted."""

    def __init__(self, connection: socket.socket, host: str) -> None:
        self._made, self.spent = connection, 0
        super().__init__(host)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._made

    def read(self, size: int) -> bytes:
        """Read what was announced."""
        self._spend(size)
        if size > LARGEST_LITERAL:
            raise self.abort("The server announced more than is read.")
        return super().read(size)

    def readline(self) -> bytes:
        """Read a line."""
        line: bytes = super().readline()
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self.spent += size
        if self.spent > MOST_BYTES:
            raise self.abort("The server says more than is read.")


class Client(imapclient.IMAPClient):  # type: ignore[misc]  # the library is not annotated for others
    """IMAPClient over such a connection, which can be woken while it waits."""

    def __init__(self, connection: socket.socket, host: str, *, tls: ssl.SSLContext | None, wake: int) -> None:
        self._connection, self._wake, self._is_fresh = connection, wake, False
        super().__init__(host, ssl=tls is not None, ssl_context=tls, timeout=READ_SECONDS)
        self.normalise_times = False

    def _create_IMAP4(self) -> _Imap:  # noqa: N802  # the library's name
        if self.ssl:
            self._connection = self.ssl_context.wrap_socket(self._connection, server_hostname=self.host)
        return _Imap(self._connection, self.host)

    def begin(self) -> None:
        """Begin a look: the server may say so much anew."""
        self._imap.spent = 0

    def idle(self) -> None:
        """Begin to wait."""
        super().idle()
        self._is_fresh = True

    def _poll_socket(self, sock: socket.socket, timeout: float | None = None) -> list[tuple[int, int]]:
        """What came together with the answer to IDLE lies in a buffer already, and no poll would tell of it."""
        if self._is_fresh:
            self._is_fresh = False
            return [(sock.fileno(), select.POLLIN)]
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        found = poll.poll(None if timeout is None else timeout * 1000)
        return [event for event in found if event[0] != self._wake]


@dataclass
class Line:
    """An open connection to one mailbox and what it was opened with."""

    address: Address
    version: int
    client: Client
    closer: threading.Timer | None = None

    def close(self) -> None:
        """Say good-bye if that is quick; close it in any case."""
        if self.closer:
            self.closer.cancel()
        with suppress(Exception), self.bounded(2.0):
            self.client.logout()
        with suppress(Exception):
            self.client.shutdown()

    @contextmanager
    def bounded(self, seconds: float) -> Iterator[None]:
        """Cut the connection when the block takes longer: a server may trickle its bytes for ever."""
        self.client.begin()
        timer = threading.Timer(seconds, cut, (self.client.socket(),))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def cut(connection: socket.socket) -> None:
    """End a connection that another thread reads from; its encryption is left alone, which is not made for that."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class Place:
    """One mailbox: who may use its line now, and a way to wake whoever waits on it."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.line: Line | None = None
        self.read_end, self._write_end = os.pipe()
        os.set_blocking(self.read_end, False)
        os.set_blocking(self._write_end, False)

    def wake(self) -> None:
        """End the waiting of whoever waits."""
        with suppress(BlockingIOError):
            os.write(self._write_end, b"!")

    @property
    def is_woken(self) -> bool:
        """Whether somebody else wants the line."""
        return self.wait(0)

    def wait(self, seconds: float) -> bool:
        """Wait for so long, or until woken; whether woken."""
        poll = select.poll()
        poll.register(self.read_end, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def end(self) -> None:
        """Give back what it takes."""
        os.close(self.read_end)
        os.close(self._write_end)

    def settle(self) -> None:
        """Forget that somebody was woken."""
        with suppress(BlockingIOError):
            while os.read(self.read_end, 64):
                pass

    def drop(self) -> None:
        """Close the line, if one is open."""
        line, self.line = self.line, None
        if line:
            line.close()

    def keep(self) -> None:
        """Keep the line for a while."""
        if self.line:
            self.line.closer = threading.Timer(KEPT_SECONDS, self._close_unused, (self.line,))
            self.line.closer.daemon = True
            self.line.closer.start()

    def _close_unused(self, line: Line) -> None:
        if self.turn.acquire(blocking=False):
            try:
                if self.line is line:
                    self.drop()
            finally:
                self.turn.release()


@dataclass
class Lines:
    """Every mailbox that was read since the broker started."""

    places: dict[str, Place] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(8))  # calls that may wait at a time, of the crew of 32
    is_closing: bool = False

    def place(self, mailbox: str) -> Place:
        """The place of a mailbox."""
        with self.guard:
            return self.places.setdefault(mailbox, Place())

    def close(self) -> None:
        """Wake whoever waits, and end; the broker stops."""
        self.is_closing = True
        with self.guard:
            places = list(self.places.values())
        for place in places:
            place.wake()
        for place in places:
            if place.turn.acquire(timeout=1.0):
                place.drop()
                place.turn.release()
            elif place.line:
                cut(place.line.client.socket())


def connect(address: Address, text: Secret, *, allowed: frozenset[str], wake: int) -> Client:
    """Connect, encrypt, sign in.

    Raises Invalid for an address that is not opened, NotEncrypted, and what the libraries raise: OSError (`ssl.SSLError` for a wrong
    certificate), `imaplib.IMAP4.error`, `LoginError` when the server does not take the password.
    """
    tls = context()
    plain = guard.connect(address.host, address.port, allowed=allowed, usual_ports=PORTS, seconds=CONNECT_SECONDS)
    plain.settimeout(READ_SECONDS)
    handle = plain.dup()  # encrypting takes `plain` over, and a timer that held it would cut nothing
    timer = threading.Timer(COMMAND_SECONDS, cut, (handle,))
    timer.daemon = True
    timer.start()
    try:
        return _signed_in(plain, address, text, tls, wake)
    except BaseException:
        plain.close()
        raise
    finally:
        timer.cancel()
        handle.close()


def _signed_in(plain: socket.socket, address: Address, text: Secret, tls: ssl.SSLContext, wake: int) -> Client:
    client = Client(plain, address.host, tls=tls if address.security == "tls" else None, wake=wake)
    try:
        if address.security != "tls":
            if not client.has_capability("STARTTLS"):
                raise NotEncrypted
            client.starttls(tls)
        if not isinstance(client.socket(), ssl.SSLSocket):
            raise NotEncrypted
        _sign_in(client, address, text)
    except BaseException:
        with suppress(Exception):
            client.shutdown()
        raise
    return client


def _sign_in(client: Client, address: Address, text: Secret) -> None:
    """By the way that was agreed; a password outside ASCII only where the server takes it whole (PLAIN)."""
    if address.way == "oauth":
        if client.has_capability("AUTH=OAUTHBEARER"):
            client.oauthbearer_login(address.user, text.reveal())
        else:
            client.oauth2_login(address.user, text.reveal())
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(address.user, text.reveal())
    else:
        client.login(address.user, text.reveal())


def context() -> ssl.SSLContext:
    """TLS 1.2 or newer; the system's certificates, and those that COUNTERSIGN_MAILBOX_CA names."""
    tls = ssl.create_default_context()
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.MAILBOX_CA:
        tls.load_verify_locations(cafile=str(settings.MAILBOX_CA))
    return tls


def opened_folder(client: Client) -> dict[bytes, Any]:
    """Open the inbox for reading alone; nothing that is read there is marked."""
    found: dict[bytes, Any] = client.select_folder("INBOX", readonly=True)
    return found

"""A4: the role mailbox is read over a real IMAP server, and whatever that server does, the broker goes on."""
from __future__ import annotations

import hashlib
import imaplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from countersign.base.errors import Invalid, KeyRefused, Refused, Rejected, Unreachable
from countersign.calls import client, messages
from countersign.inspection.mails.letters import LARGEST
from tests.broker.mailboxes import Watch, asked, watching
from tests.canaries.scanning import Canary, found
from tests.inspection.letters import SENDERS
from tests.servers.dovecot import PASSWORD, USER, certificates, server_context
from tests.servers.loopback import free_ports

FREE = free_ports(3)
SUBJECT, TEXT = "Your password was changed", "The password of @delinde was changed just now. Not you? https://mastodon.example/auth/edit\n"


@pytest.fixture(scope="module")
def running(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """One Dovecot and one broker for the module."""
    allow = tuple(f"https://{host}:{port}" for port in FREE for host in ("localhost", "127.0.0.1"))
    with watching(tmp_path_factory.mktemp("mail"), allow=allow) as watch:
        yield watch


@pytest.fixture
def watch(running: Watch) -> Watch:
    """A mailbox of its own for each test."""
    fresh = Watch(running.broker, running.server, running.names, running.post)
    fresh.open(user=f"{uuid4()}@delinde.example")
    return fresh


# --- what is read ----------------------------------------------------------------------------------------------------


def test_a_mail_of_a_network_is_returned_with_what_it_is_and_why_it_is_believed(watch: Watch) -> None:
    raw = watch.send("mastodon", SUBJECT, TEXT, to=watch.where["user"])
    (mail,) = watch.read(wait=30).mails
    assert (mail["network"], mail["kind"], mail["verdict"], mail["reasons"]) == ("mastodon", "password_changed", "genuine", ["signed"])
    assert (mail["account"], mail["signed_by"], mail["subject"]) == (SENDERS[1]["account"], "mastodon.example", SUBJECT)
    assert mail["digest"] == hashlib.sha256(raw).hexdigest()
    assert datetime.fromisoformat(mail["received_at"]) >= datetime.fromisoformat(mail["sent_at"])


def test_whoever_waits_is_told_when_a_mail_is_delivered(watch: Watch) -> None:
    answers = asked(watch.call(wait=60))
    time.sleep(1)
    assert answers.empty()
    before = time.monotonic()
    watch.send("mastodon", SUBJECT, TEXT, to=watch.where["user"])
    mails = answers.get(timeout=60)
    print(f"\nfrom handing over the mail to the answer of the waiting call: {time.monotonic() - before:.2f} s")
    assert [mail["subject"] for mail in mails.mails] == [SUBJECT]


def test_a_mail_that_arrives_before_the_waiting_begins_is_not_overlooked(watch: Watch) -> None:
    for number in range(5):
        watch.send("mastodon", f"{SUBJECT} {number}", TEXT, to=watch.where["user"])
        assert [mail["subject"] for mail in watch.read(wait=30).mails] == [f"{SUBJECT} {number}"]


def test_reading_changes_nothing_there(watch: Watch) -> None:
    watch.send("mastodon", SUBJECT, TEXT, to=watch.where["user"])
    watch.read(wait=30)
    with imaplib.IMAP4_SSL("localhost", watch.server.imaps, ssl_context=ssl.create_default_context(cafile=watch.server.ca)) as other:
        other.authenticate("PLAIN", lambda _said: f"\0{watch.where['user']}\0{PASSWORD}".encode())
        other.select("INBOX", readonly=True)
        assert other.search(None, "UNSEEN")[1] == [b"1"]


def test_forty_mails_too_many_come_in_two_answers(watch: Watch) -> None:
    for number in range(90):
        watch.server.deliver(f"From: x@y.example\r\nSubject: {number}\r\n\r\nx\r\n".encode(), to=watch.where["user"])
    first, second = watch.read(), watch.read()
    assert ([len(first.mails), first.more], [len(second.mails), second.more]) == ([50, True], [40, False])
    assert [mail["subject"] for mail in first.mails + second.mails] == [str(number) for number in range(90)]


def test_a_mail_that_is_too_large_is_read_in_part_and_never_genuine(watch: Watch) -> None:
    raw = watch.send("mastodon", SUBJECT, TEXT + "x" * 70 + "\n" + ("y" * 70 + "\n") * (LARGEST // 60), to=watch.where["user"])
    (mail,) = watch.read(wait=30).mails
    assert len(raw) > LARGEST
    assert (mail["network"], mail["kind"], mail["verdict"], mail["reasons"]) == ("mastodon", "password_changed", "unsure", ["too_large"])


def test_a_key_that_cannot_be_looked_up_makes_nobody_wait_and_nothing_genuine(watch: Watch) -> None:
    watch.names.broken.add("s1._domainkey.bsky.social")
    watch.send("bluesky", SUBJECT, "The password of @delinde.example was changed. https://bsky.app/settings\n", to=watch.where["user"])
    (mail,) = watch.read(wait=30).mails
    watch.names.broken.clear()
    assert (mail["verdict"], mail["reasons"]) == ("unsure", ["key_unread"])


def test_only_keys_of_networks_are_looked_up(watch: Watch) -> None:
    watch.names.asked.clear()
    raw = watch.post.sign(b"From: X <verify@x.com>\r\nTo: a@b.example\r\nSubject: Your password was changed\r\nDate: x\r\n\r\nx\r\n", "evil.example")
    watch.publish()
    watch.server.deliver(raw, to=watch.where["user"])
    assert [mail["verdict"] for mail in watch.read(wait=30).mails] == ["forged"]
    assert watch.names.asked == []


# --- how it is opened ------------------------------------------------------------------------------------------------


def test_a_mailbox_opens_by_starttls_as_well(watch: Watch) -> None:
    watch.open(port=watch.server.imap, security="starttls", user=watch.where["user"])
    watch.send("mastodon", SUBJECT, TEXT, to=watch.where["user"])
    assert len(watch.read(wait=30).mails) == 1


def test_a_mailbox_opens_by_a_token_of_the_companys_provider(watch: Watch) -> None:
    user = watch.where["user"]
    watch.open(way="oauth", text=watch.server.token(user), user=user)
    watch.send("mastodon", SUBJECT, TEXT, to=user)
    assert len(watch.read(wait=30).mails) == 1


@pytest.mark.parametrize(("way", "text"), [("password", "wrong"), ("oauth", "eyJhbGciOiJub25lIn0.e30.")])
def test_a_wrong_password_or_token_is_named_as_such(watch: Watch, way: str, text: str) -> None:
    with pytest.raises(KeyRefused, match="does not take this user"):
        watch.open(way=way, text=text)


def test_an_expired_token_is_named_as_such(watch: Watch) -> None:
    with pytest.raises(KeyRefused):
        watch.open(way="oauth", text=watch.server.token(seconds=-60))


@pytest.mark.parametrize("part", [{"security": "none"}, {"way": "ntlm"}, {"port": 0}, {"user": "a\r\nb"}, {"host": ""}, {"host": "a b"}])
def test_what_cannot_be_a_mailbox_is_refused_by_name(watch: Watch, part: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        watch.open(**part)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 993), ("localhost", 143), ("10.0.0.7", 993), ("[::1]", 993), ("169.254.169.254", 143), ("1.1.1.1", 25)])
def test_the_broker_does_not_connect_into_a_private_network(watch: Watch, host: str, port: int) -> None:
    with pytest.raises(Invalid):
        watch.open(host=host, port=port)


def test_a_sealed_password_goes_to_no_other_server_user_or_mailbox(watch: Watch) -> None:
    for other in ({"port": FREE[0]}, {"host": "127.0.0.1"}, {"user": USER}, {"security": "starttls"}, {"mailbox": str(uuid4())}, {"version": 2}):
        with pytest.raises(Refused):
            watch.read(**other)
    assert watch.read().mails == []


# --- whatever the server does ----------------------------------------------------------------------------------------


@contextmanager
def standing(port: int, serve: Callable[[socket.socket], None], *, address: str = "127.0.0.1") -> Iterator[None]:
    """A server of our own that does one odd thing to everybody who connects."""
    with socket.create_server((address, port)) as listening:
        def accept() -> None:
            while True:
                try:
                    connection, _where = listening.accept()
                except OSError:
                    return
                threading.Thread(target=odd, args=(connection,), daemon=True).start()

        def odd(connection: socket.socket) -> None:
            with connection:
                try:
                    serve(connection)
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield
        finally:
            listening.shutdown(socket.SHUT_RDWR)


def test_a_server_that_is_down_is_named_as_such(watch: Watch) -> None:
    with pytest.raises(Unreachable):
        watch.open(port=FREE[0])


def test_a_server_with_anothers_certificate_is_told_nothing(watch: Watch) -> None:
    heard = list[bytes]()

    def serve(connection: socket.socket) -> None:
        with server_context(other).wrap_socket(connection, server_side=True) as line:
            line.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n")
            heard.append(line.recv(1000))

    other = watch.broker.folder.parent / "other"
    other.mkdir()
    certificates(other)
    with standing(FREE[0], serve), pytest.raises(Rejected, match="certificate"):
        watch.open(port=FREE[0])
    assert heard == []


def test_a_certificate_for_another_name_does_not_do(watch: Watch, tmp_path: Path) -> None:
    place = watch.server.folder

    def serve(connection: socket.socket) -> None:
        with server_context(place).wrap_socket(connection, server_side=True) as line:
            line.sendall(b"* OK hello\r\n")
            line.recv(1000)

    with standing(FREE[1], serve):  # the right authority; its certificate is for localhost and 127.0.0.1
        with pytest.raises(Unreachable):
            watch.open(port=FREE[1])
        for name in ("localhost.", "LOCALHOST"):
            with pytest.raises((Invalid, Unreachable)):
                watch.open(port=FREE[1], host=name)


def test_a_server_without_encryption_never_hears_the_password(watch: Watch) -> None:
    heard = list[bytes]()

    def serve(connection: socket.socket) -> None:
        connection.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n")
        while said := connection.recv(1000):
            heard.append(said)
            tag = said.split()[0].decode()
            connection.sendall(f"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK done\r\n".encode())

    with standing(FREE[0], serve), pytest.raises(Rejected, match="no encryption"):
        watch.open(port=FREE[0], security="starttls")
    assert all(b"LOGIN" not in said.upper() and b"AUTHENTICATE" not in said.upper() for said in heard)


def test_a_server_that_only_claims_to_begin_encryption_never_hears_the_password(watch: Watch) -> None:
    heard = list[bytes]()

    def serve(connection: socket.socket) -> None:
        connection.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hello\r\n")
        while said := connection.recv(1000):
            heard.append(said)
            connection.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n" + said.split()[0] + b" OK go on\r\n")

    with standing(FREE[0], serve), pytest.raises((Unreachable, Rejected)):
        watch.open(port=FREE[0], security="starttls")
    assert all(PASSWORD.encode() not in said and b"AUTHENTICATE" not in said.upper() for said in heard)


def test_a_server_that_says_nothing_is_left_after_a_while(watch: Watch) -> None:
    over = threading.Event()
    with standing(FREE[0], lambda _connection: over.wait(60)):
        before = time.monotonic()
        with pytest.raises(Unreachable):
            watch.open(port=FREE[0])
        print(f"\nleft after {time.monotonic() - before:.1f} s")
        over.set()


@pytest.mark.attack
def test_a_server_that_trickles_is_left_after_half_a_minute(watch: Watch) -> None:
    def serve(connection: socket.socket) -> None:
        with server_context(watch.server.folder).wrap_socket(connection, server_side=True) as line:
            for letter in b"* OK " + b"x" * 500:
                line.send(bytes([letter]))
                time.sleep(0.5)

    with standing(FREE[2], serve):
        before = time.monotonic()
        with pytest.raises(Unreachable):
            watch.open(port=FREE[2])
        print(f"\nleft after {time.monotonic() - before:.1f} s")


def test_a_server_that_announces_a_gigabyte_is_not_believed(watch: Watch) -> None:
    def serve(connection: socket.socket) -> None:
        with server_context(watch.server.folder).wrap_socket(connection, server_side=True) as line:
            line.sendall(b"* OK [CAPABILITY IMAP4rev1 SASL-IR] hello\r\n")
            while said := line.recv(1000):
                if b"CAPABILITY" in said:
                    line.sendall(b"* CAPABILITY IMAP4rev1 {1073741824}\r\n" + b"x" * 1000)

    with standing(FREE[0], serve), pytest.raises(Unreachable):
        watch.open(port=FREE[0])


def test_a_server_that_never_stops_talking_is_left(watch: Watch) -> None:
    def serve(connection: socket.socket) -> None:
        with server_context(watch.server.folder).wrap_socket(connection, server_side=True) as line:
            line.sendall(b"* OK [CAPABILITY IMAP4rev1 SASL-IR] hello\r\n")
            while True:
                line.sendall(b"* OK and another thing\r\n" * 1000)

    with standing(FREE[1], serve), pytest.raises(Unreachable):
        watch.open(port=FREE[1])


def test_a_server_that_numbers_its_mails_anew_is_begun_anew(watch: Watch) -> None:
    watch.send("mastodon", SUBJECT, TEXT, to=watch.where["user"])
    assert len(watch.read(wait=30).mails) == 1
    watch.validity += 1  # as if it had been another before
    again = watch.read()
    assert (again.mails, again.last, again.more) == ([], 1, False)
    watch.send("mastodon", "Your password was changed again", TEXT, to=watch.where["user"])
    assert [mail["subject"] for mail in watch.read(wait=30).mails] == ["Your password was changed again"]


def test_old_mails_are_never_read(watch: Watch) -> None:
    watch.server.fill(5_000, user="old@delinde.example")
    before = time.monotonic()
    watch.open(user="old@delinde.example")
    print(f"\nopened a mailbox with 5000 mails in {time.monotonic() - before:.2f} s")
    assert (watch.last, watch.read().mails) == (5_000, [])
    watch.send("mastodon", SUBJECT, TEXT, to="old@delinde.example")
    assert [mail["uid"] for mail in watch.read(wait=30).mails] == [5_001]


@pytest.mark.attack
def test_a_hundred_thousand_old_mails_are_never_read(watch: Watch) -> None:
    watch.server.fill(100_000, user="older@delinde.example")
    before = time.monotonic()
    watch.open(user="older@delinde.example")
    print(f"\nopened a mailbox with 100000 mails in {time.monotonic() - before:.2f} s")
    before = time.monotonic()
    assert (watch.last, watch.read().mails) == (100_000, [])
    print(f"looked in {time.monotonic() - before:.2f} s")


@pytest.mark.attack
def test_a_server_that_cannot_wait_is_asked_every_quarter_minute(watch: Watch, tmp_path: Path) -> None:
    watch.broker.end()
    try:
        with watching(tmp_path, without_idle=True) as plain:
            plain.open()
            answers = asked(plain.call(wait=60))
            time.sleep(2)
            before = time.monotonic()
            plain.send("mastodon", SUBJECT, TEXT)
            assert [mail["subject"] for mail in answers.get(timeout=60).mails] == [SUBJECT]
            print(f"\nfound after {time.monotonic() - before:.1f} s without IDLE")
    finally:
        watch.broker.start()


def test_a_line_that_died_meanwhile_is_opened_anew(watch: Watch) -> None:
    watch.read()
    watch.server.stop()
    with pytest.raises(Unreachable):
        watch.read()
    watch.server.start()
    watch.send("mastodon", SUBJECT, TEXT, to=watch.where["user"])
    assert len(watch.read(wait=30).mails) == 1


def test_a_server_that_goes_away_while_it_is_waited_on_is_named_as_such(watch: Watch) -> None:
    answers = asked(watch.call(wait=60))
    time.sleep(1)
    watch.server.stop()
    try:
        assert isinstance(answers.get(timeout=30), Unreachable)
    finally:
        watch.server.start()


# --- one broker for many ---------------------------------------------------------------------------------------------


def test_who_waits_keeps_nobody_else_from_being_answered(watch: Watch) -> None:
    answers = [asked(watch.call(wait=20, mailbox=watch.uid))]
    for _number in range(11):
        other = Watch(watch.broker, watch.server, watch.names)
        other.open(user=watch.where["user"])
        answers.append(asked(other.call(wait=20)))
    time.sleep(0.5)
    for _number in range(20):
        assert client.ask(messages.Ping(), timeout=5)
    watch.server.deliver(b"From: a@b.example\r\nSubject: done\r\n\r\nx\r\n", to=watch.where["user"])
    assert all(isinstance(answer.get(timeout=30), messages.Mails) for answer in answers)


def test_who_asks_last_about_a_mailbox_is_answered(watch: Watch) -> None:
    first = asked(watch.call(wait=60))
    time.sleep(1)
    assert watch.read().mails == []
    assert first.get(timeout=10).mails == []


def test_the_password_stands_nowhere_but_sealed(watch: Watch) -> None:
    secret = f"canary-{uuid4()}"
    with pytest.raises(KeyRefused):
        watch.open(text=secret)
    watch.open(user=watch.where["user"])
    watch.read()
    assert watch.broker.process is not None
    about = [Path(f"/proc/{watch.broker.process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    files = [path.read_bytes() for path in watch.broker.folder.parent.rglob("*") if path.is_file()]
    assert watch.opened is not None
    for data in (*about, *files, watch.opened.sealed.encode(), repr(watch.call()).encode(), repr(messages.OpenMailbox("", "", 1, "", "", "", 1, PASSWORD)).encode()):
        assert [found(Canary("mailbox", text.encode()), data) for text in (secret, PASSWORD)] == [[], []]


def test_the_broker_ends_at_once_although_somebody_waits(watch: Watch) -> None:
    answers = asked(watch.call(wait=60))
    time.sleep(1)
    before = time.monotonic()
    watch.broker.end()
    print(f"\nended after {time.monotonic() - before:.1f} s")
    answers.get(timeout=10)
    watch.broker.start()
    assert watch.read().mails == []

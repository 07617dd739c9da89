"""A4 on real servers: Dovecot, the broker, the worker. Mails of every kind in every language, and of those who pretend."""
from __future__ import annotations

import os
import re
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.management import call_command
from django.db import connection

from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.access.lockout.models import Case, Hold
from countersign.access.recovery import announcing, describing, drilling, jobs, opening, queries
from countersign.access.recovery.models import Announcement, Contact, Drill, Event, Mail, Mailbox, Recovery
from countersign.access.recovery.states import MAIL_KINDS
from countersign.access.vault import rewrapping
from countersign.base.errors import Invalid, KeyRefused
from countersign.base.values import Secret
from countersign.calls import client, messages
from countersign.people.models import Lock
from tests.canaries.scanning import Canary, found
from tests.house import House, now
from tests.inspection.corpus import CORPUS
from tests.inspection.letters import AT, FROM, SENDERS, Post, letter
from tests.inspection.test_forgeries import FORGERIES
from tests.inspection.test_kinds import as_of
from tests.servers.dovecot import PASSWORD, Dovecot, dovecot, made_inbox
from tests.servers.forking import forked
from tests.servers.names import Names, name_server
from tests.waiting import until

pytestmark = [pytest.mark.server, pytest.mark.django_db]
NETWORKS = list(FROM)


@pytest.fixture
def _django_db_helper() -> None:
    """No test here is rolled back: the broker and the worker must see the rows, and one house serves all."""


class RoleMailbox:
    """The role mailbox of one test: where it lies, and what is written to it."""

    def __init__(self, house: House, server: Dovecot, names: Names) -> None:
        self.house, self.server, self.names, self.post = house, server, names, Post()
        self.address = f"social-{secrets.token_hex(4)}@delinde.example"
        self.accounts = {one["network"]: account_of(house, one) for one in SENDERS}

    def place(self, **other: Any) -> opening.Place:
        return opening.Place(**{"address": self.address, "host": "localhost", "port": self.server.imaps, "security": "tls", "user": self.address, "way": "password", **other})

    def open(self, *, text: str = PASSWORD, **other: Any) -> Mailbox:
        return opening.open_mailbox(self.house.actor("Kim"), self.place(**other), Secret(text), at=now())

    def write(self, network: str, subject: str, text: str, *, at: datetime | None = None) -> str:
        """A network writes: signed, its key in the name servers, delivered over SMTP. The mail's own name."""
        sender, domain = FROM[network]
        name = f"<{secrets.token_hex(8)}@{domain}>"
        raw = letter(subject, text, sender=sender, to=self.address, at=at or now()).replace(b"<8f14e45f@network.example>", name.encode())
        raw = self.post.sign(raw, domain, at=at or now())
        self.publish(self.post)
        self.server.deliver(raw, to=self.address)
        return name

    def publish(self, post: Post) -> None:
        for name, records in post.table.items():
            self.names.say(name, "TXT", *records)

    def put(self, raw: bytes, at: datetime) -> None:
        """Lay a mail into the mailbox as if it had arrived at that moment: Dovecot takes the file's own time for it."""
        inbox, name = made_inbox(self.server, self.address), f"{int(at.timestamp())}.{secrets.token_hex(6)}.here"
        temporary = inbox / "tmp" / name
        temporary.write_bytes(raw)
        if os.getuid() == 0:
            os.chown(temporary, inbox.stat().st_uid, inbox.stat().st_gid)
        os.utime(temporary, (at.timestamp(), at.timestamp()))
        temporary.rename(inbox / "new" / name)


def account_of(house: House, sender: dict[str, Any]) -> Account:
    """The row of an account as it stands once it is connected; its key is never needed here."""
    facts = {
        "network": sender["network"], "origin": sender["origin"], "remote_id": sender["account"], "handle": sender["handle"],
        "connected_by": house.people["Kim"], "connected_at": now(), "state": "disconnected", "state_since": now(),
    }  # fmt: skip
    account, _is_new = Account.objects.get_or_create(uid=sender["account"], defaults=facts)
    if sender["domains"]:
        describing.decide(house.actor("Kim"), account, freezes=True, sender_domains=sender["domains"], at=now())
    return account


@pytest.fixture(scope="module")
def running(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, Dovecot, Names]]:
    """One house with its broker, one Dovecot and one name server for the module."""
    with django_db_blocker.unblock(), name_server() as names, dovecot() as server:
        told = {"COUNTERSIGN_RESOLVERS": names.address, "COUNTERSIGN_MAILBOX_CA": str(server.ca)}
        os.environ.update(told)
        house = House(tmp_path_factory.mktemp("recovery"), allow=server.origins)
        try:
            house.open()
            house.begin_roster(house.person("Kim", Role.OFFICER))
            house.person("Tom", Role.OFFICER)
            yield house, server, names
        finally:
            house.close()
            for name in told:
                del os.environ[name]
            call_command("flush", verbosity=0, interactive=False)
            connection.close()


@pytest.fixture
def role(running: tuple[House, Dovecot, Names], django_db_blocker: Any) -> Iterator[RoleMailbox]:
    with django_db_blocker.unblock():
        _empty()
        yield RoleMailbox(*running)


def _empty() -> None:
    Drill.objects.all().delete()
    for model in (Event, Mail, Announcement, Recovery, Contact, Mailbox, Hold, Lock, Case):
        model._base_manager.all().delete()  # type: ignore[attr-defined]


@contextmanager
def worker(house: House) -> Iterator[None]:
    """The worker as its own process, as an installation runs it."""
    process = forked("countersign", ["worker"], house.broker.environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        process.wait(20)
        assert time.monotonic() - begun < 8, "the worker must end within the supervisor's patience"


# --- all kinds, all languages ----------------------------------------------------------------------------------------


def test_mails_of_twelve_kinds_in_four_languages_are_explained_by_the_ledger_or_alarm_within_seconds(role: RoleMailbox) -> None:
    """Half of the kinds were announced, or a drill awaits them; the others nobody here did."""
    kim, box = role.house.actor("Kim"), role.open()
    expected = {"reset", "address_changed", "second_factor_off", "new_login", "invitation", "phone_changed"}
    sent: dict[str, tuple[str, str, float]] = {}
    with worker(role.house):
        until(lambda: Mailbox.objects.get(pk=box.pk).read_at > box.read_at)
        for number, (kind, language) in enumerate((kind, language) for language in CORPUS for kind in MAIL_KINDS):
            network = NETWORKS[number % len(NETWORKS)]
            account = role.accounts[network]
            if kind == "reset":
                drilling.announce(kim, account, at=now() - timedelta(seconds=30))
            elif kind in expected:
                announcing.announce(kim, account, kind, "We do it ourselves", at=now() - timedelta(seconds=30))
            subject, text = CORPUS[language][kind]
            begun = time.monotonic()
            name = role.write(network, as_of(network, subject), as_of(network, text))
            mail = until(lambda name=name: Mail.objects.filter(message_id=name).first(), else_say=lambda kind=kind: f"{kind} was not seen")  # type: ignore[misc]
            sent[name] = (kind, network, time.monotonic() - begun)
            assert (mail.kind, mail.network, mail.account, mail.verdict) == (kind, network, account, "genuine"), (language, mail.reasons)
            assert mail.outcome == ("explained" if kind in expected else "unexplained"), (language, kind)
            assert Event.objects.filter(mail=mail).exists() == (kind not in expected)
    times = sorted(seconds for _kind, _network, seconds in sent.values())
    print(f"\n{len(sent)} mails of {len(MAIL_KINDS)} kinds in {len(CORPUS)} languages: from handing over to our row {times[len(times) // 2]:.2f} s (median), {times[-1]:.2f} s at most")
    assert (len(sent), Mail.objects.count(), Event.objects.count()) == (48, 48, 24)
    assert not Drill.objects.exclude(state="passed").exists()
    assert all(event.noticed_at >= event.happened_at for event in Event.objects.all())


def test_a_change_nobody_announced_locks_its_account_before_an_officer_has_read_the_mail(role: RoleMailbox) -> None:
    role.open()
    subject, text = CORPUS["nl"]["address_changed"]
    role.write("mastodon", subject, as_of("mastodon", text))
    outbox.outbox = []
    jobs.read_mailboxes(now())
    event = Event.objects.get()
    assert event.case is not None
    assert (event.kind, event.account, event.case.answered_at is not None) == ("address_changed", role.accounts["mastodon"], True)
    assert Lock.objects.get(target=event.account.uid).state == "locked"
    assert {one.to[0] for one in outbox.outbox} == {"kim@delinde.example", "tom@delinde.example"}
    titles = [one.title for one in queries.alerts(role.house.actor("Tom"), at=now())]
    assert titles[0] == "Not explained: the recovery address was changed, delinde"


# --- those who pretend -----------------------------------------------------------------------------------------------


def test_no_forgery_is_explained_confirms_passes_a_drill_or_locks_anything(role: RoleMailbox) -> None:
    """Everything is expected of every account: a mail that were believed would be explained. None is."""
    role.open()
    count = 0
    for account in role.accounts.values():
        Drill.objects.create(
            account=account, announced_by=role.house.people["Kim"], announced_at=AT - timedelta(hours=1), until=AT + timedelta(hours=1),
            state="announced", state_since=AT,
        )  # fmt: skip
        for kind in set(MAIL_KINDS) - {"reset"}:
            Announcement.objects.create(
                account=account, kind=kind, why="a trap", announced_by=role.house.people["Kim"], announced_at=AT - timedelta(hours=1),
                ends_at=AT + timedelta(hours=1),
            )  # fmt: skip
    for forge in FORGERIES:
        post = Post()
        role.names.records.clear()
        raw = forge(post)
        role.publish(post)
        role.put(raw.replace(b"security@delinde.example", role.address.encode()) if not post.table else raw, AT)
        before = Mail.objects.count() + Mailbox.objects.get().others
        until(lambda before=before: jobs.read_mailboxes(now()) or Mail.objects.count() + Mailbox.objects.get().others > before)  # type: ignore[misc]
        count += 1
    fooled = list(Mail.objects.filter(outcome="explained").values_list("kind", "subject", "reasons"))
    print(f"\n{count} forgeries: {Mail.objects.filter(outcome='forged').count()} forged, {Event.objects.filter(is_sure=False).count()} to look at, {Mailbox.objects.get().others} of no network, {len(fooled)} believed")
    assert count >= 20
    assert fooled == []
    assert not Mail.objects.filter(verdict="genuine").exists()
    assert (Lock.objects.count(), Drill.objects.exclude(state="announced").count()) == (0, 0)
    assert not Announcement.objects.exclude(used_at=None).exists()


def test_the_same_trap_springs_for_a_genuine_mail(role: RoleMailbox) -> None:
    """The twin of the test above: it fails for a watcher that believes nothing."""
    role.open()
    announcing.announce(role.house.actor("Kim"), role.accounts["x"], "password_changed", "We do it", at=now() - timedelta(seconds=30))
    subject, text = CORPUS["en"]["password_changed"]
    role.write("x", subject, as_of("x", text))
    jobs.read_mailboxes(now())
    assert Mail.objects.get().outcome == "explained"


# --- opening, trouble ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"text": "nooit-goed"}, KeyRefused), ({"port": 9}, Invalid), ({"host": "127.0.0.2"}, Invalid), ({"host": "a b"}, Invalid),
        ({"port": 0}, Invalid), ({"user": " "}, Invalid), ({"address": "social"}, Invalid), ({"security": "none"}, Invalid),
    ],
)  # fmt: skip
def test_what_does_not_open_is_not_kept(role: RoleMailbox, change: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        role.open(**change)
    assert not Mailbox.objects.exists()


def test_old_mails_are_never_read(role: RoleMailbox) -> None:
    role.server.fill(300, user=role.address)
    role.open()
    assert jobs.read_mailboxes(now()) == 0
    assert not Mail.objects.exists()


def test_a_row_that_was_pointed_at_another_server_opens_nothing_and_officers_are_told(role: RoleMailbox) -> None:
    box = role.open()
    Mailbox.objects.filter(pk=box.pk).update(host="imap.evil.example")
    outbox.outbox = []
    jobs.read_mailboxes(now())
    box.refresh_from_db()
    assert (box.state, "another mail server" in box.trouble, len(outbox.outbox)) == ("shut", True, 2)


def test_a_server_that_goes_away_is_trouble_and_what_arrived_meanwhile_is_read_when_it_is_back(role: RoleMailbox) -> None:
    box = role.open()
    role.server.stop()
    try:
        jobs.read_mailboxes(now())
        box.refresh_from_db()
        assert (box.state, bool(box.trouble)) == ("watched", True)
    finally:
        role.server.start()
    subject, text = CORPUS["fr"]["reset"]
    role.write("mastodon", subject, as_of("mastodon", text))
    jobs.read_mailboxes(now() + timedelta(minutes=1))
    box.refresh_from_db()
    assert (box.trouble, Mail.objects.get().kind) == ("", "reset")


def test_another_password_opens_it_again_and_the_older_sealed_one_is_gone(role: RoleMailbox) -> None:
    box = role.open()
    sealed = box.sealed
    with pytest.raises(KeyRefused):
        opening.open_again(role.house.actor("Kim"), box, Secret("nooit-goed"), at=now())
    again = opening.open_again(role.house.actor("Kim"), box, Secret(PASSWORD), at=now())
    assert (again.version, again.sealed != sealed, jobs.read_mailboxes(now())) == (2, True, 0)
    again.refresh_from_db()
    assert again.state == "watched"


def test_what_opens_it_is_wrapped_anew_with_everything_else_and_opens_it_still(role: RoleMailbox) -> None:
    role.open()
    place = next(one for one in rewrapping.places() if one.name == "mailbox.sealed")
    (value,) = place.found()
    part = {"owner": value.owner, "field": value.field, "version": value.version, "sealed": value.sealed}
    (fresh,) = client.ask(messages.Rewrap([part])).sealed
    assert fresh
    assert place.replace(value.key, value.sealed, fresh)
    subject, text = CORPUS["en"]["reset"]
    role.write("x", subject, as_of("x", text))
    assert jobs.read_mailboxes(now()) == 1


def test_its_password_stands_nowhere_but_sealed(role: RoleMailbox, capfd: pytest.CaptureFixture[str]) -> None:
    role.open()
    subject, text = CORPUS["de"]["code"]
    role.write("mastodon", subject, as_of("mastodon", text))
    jobs.read_mailboxes(now())
    canary, said = Canary("mailbox password", PASSWORD.encode()), capfd.readouterr()
    database = Path(str(connection.settings_dict["NAME"]))
    files = [path for path in (database, database.with_name(f"{database.name}-wal"), role.house.broker.journal) if path.exists()]
    looked = {path.name: found(canary, path.read_bytes()) for path in files}
    looked["output"] = found(canary, (said.out + said.err).encode())
    assert len(looked) >= 3
    assert not any(looked.values()), looked
    code = re.search(r"\b\d{6}\b", text)
    assert code
    assert not any(code[0].encode() in path.read_bytes() for path in files)  # what a mail says beside its subject is kept nowhere

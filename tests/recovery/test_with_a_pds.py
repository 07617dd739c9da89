"""A4 with Bluesky's own PDS: its mails reach Dovecot through the company's relay, and our watcher.

The reference PDS writes one kind of mail about safety: a reset mail with a code. It says nothing when a password was changed.
So what its mail proves is where the code goes; that the password was changed is proven by signing in. The PDS signs
no mail itself: a relay does, in the name of the domain it writes from, as whoever runs a PDS in earnest has it.
"""
from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import pytest

from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.access.recovery import comparing, describing, drilling, jobs, opening
from countersign.access.recovery.freezing import WATCH
from countersign.access.recovery.models import Contact, Event, Mail
from countersign.access.vault import connecting, entering, rotating
from countersign.access.vault import jobs as vault
from countersign.access.vault.models import Rotation, Secret
from countersign.base.values import Secret as Text
from countersign.people.models import Lock
from tests.house import House, now
from tests.servers.bluesky import Person
from tests.servers.bluesky_clock import Clocked, with_a_clock
from tests.servers.dovecot import PASSWORD, Dovecot, dovecot
from tests.servers.names import Names, name_server
from tests.servers.relay import Relay, relay
from tests.waiting import until

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("bluesky")]
DOMAIN, ADDRESS = "pds.delinde.example", "social@delinde.example"


@dataclass
class Brewery:
    """Everything that stands for these tests."""

    house: House
    clocked: Clocked
    relay: Relay
    server: Dovecot
    person: Person
    account: Account

    def read(self, kind: str) -> Mail:
        """Read the mailbox until a mail of this kind is there."""

        def look() -> Mail | None:
            jobs.read_mailboxes(now())
            return Mail.objects.filter(kind=kind).order_by("-pk").first()

        return until(look, else_say=lambda: f"Only {list(Mail.objects.values_list('kind', 'verdict', 'reasons', 'subject'))}")

    def code(self) -> str:
        """The code in the last mail, as a person reads it in the role mailbox."""
        body = message_from_bytes(self.relay.passed[-1], policy=policy.default).get_body(("plain", "html"))
        assert body is not None
        found = re.search(r"\b[A-Z2-7]{5}-[A-Z2-7]{5}\b", body.get_content())
        assert found, body.get_content()
        return found[0]


@pytest.fixture
def brewery(transactional_db: None, tmp_path: Path) -> Iterator[Brewery]:
    with name_server() as names, dovecot() as server, relay(DOMAIN, server, names) as through:
        told = {
            "COUNTERSIGN_RESOLVERS": names.address, "COUNTERSIGN_MAILBOX_CA": str(server.ca),
            "PDS_SMTP": f"smtp://127.0.0.1:{through.port}?ignoreTLS=true", "PDS_FROM": f"Bluesky <noreply@{DOMAIN}>",
        }  # fmt: skip
        os.environ.update(told)
        try:
            with with_a_clock() as clocked:
                yield from _opened(tmp_path, clocked, through, server, names)
        finally:
            for name in told:
                del os.environ[name]


def _opened(folder: Path, clocked: Clocked, through: Relay, server: Dovecot, _names: Names) -> Iterator[Brewery]:
    box = clocked.box
    house = House(folder, timings="deadline=5,lease=8,late=0.5,patience=20,again=0.5,skew=5", allow=[box.pds, box.plc, *server.origins], plc=box.plc)
    try:
        house.open()
        house.begin_roster(house.person("Kim", Role.OFFICER))
        kim, person = house.actor("Kim"), account_at(clocked)
        given = Text(str(person.do("com.atproto.server.createAppPassword", name="countersign")["password"]))
        account = connecting.connect_by_app_password(kim, connecting.Place("bluesky", box.pds, person.handle), given, at=now())
        entering.enter(kim, account, "api_key", given, label="countersign", at=now())
        entering.enter(kim, account, "password", Text(person.password), at=now())
        describing.add(kim, account, "mail", ADDRESS, at=now())
        describing.decide(kim, account, freezes=True, sender_domains=[DOMAIN], at=now())
        place = opening.Place(ADDRESS, "localhost", server.imaps, "tls", ADDRESS, "password")
        opening.open_mailbox(kim, place, Text(PASSWORD), at=now())
        yield Brewery(house, clocked, through, server, person, account)
    finally:
        house.close()


def account_at(clocked: Clocked) -> Person:
    """An account at the PDS whose recovery address is the role mailbox."""
    given = {"handle": "brewery.test", "email": ADDRESS, "password": "de-oude-ketel-van-1894"}
    answer = httpx.post(f"{clocked.box.pds}/xrpc/com.atproto.server.createAccount", json=given, timeout=30)
    answer.raise_for_status()
    return Person(clocked.box, given["handle"], given["password"], answer.json()["did"], answer.json()["accessJwt"])


def forgot(brewery: Brewery) -> None:
    """Somebody presses *forgot password* at the PDS."""
    given = {"email": ADDRESS}
    httpx.post(f"{brewery.clocked.box.pds}/xrpc/com.atproto.server.requestPasswordReset", json=given, timeout=30).raise_for_status()


def test_the_pds_s_own_mails_pass_a_drill_alarm_and_carry_a_rotation_to_its_proof(brewery: Brewery) -> None:
    """One PDS for the whole story: it takes long to start."""
    _a_drill(brewery)
    _an_alarm(brewery)
    _a_rotation(brewery)
    _a_changed_address(brewery)
    _without_the_relay(brewery)


def _a_drill(brewery: Brewery) -> None:
    drill = drilling.announce(brewery.house.actor("Kim"), brewery.account, at=now() - timedelta(seconds=2))
    forgot(brewery)
    mail = brewery.read("reset")
    drill.refresh_from_db()
    assert (mail.verdict, mail.signed_by, mail.account) == ("genuine", DOMAIN, brewery.account), mail.reasons
    assert (mail.outcome, drill.state, drill.mail) == ("explained", "passed", mail)
    print(f"\nthe PDS's reset mail passed a drill after {drill.seconds:.0f} s")
    Mail.objects.filter(pk=mail.pk).update(kind="")


def _an_alarm(brewery: Brewery) -> None:
    forgot(brewery)
    mail = brewery.read("reset")
    assert (mail.outcome, mail.event.state, mail.event.account) == ("unexplained", "open", brewery.account)
    Mail.objects.filter(pk=mail.pk).update(kind="")


def _a_rotation(brewery: Brewery) -> None:
    kim, secret = brewery.house.actor("Kim"), Secret.objects.get(account=brewery.account, kind="password")
    rotation = rotating.open(kim, secret, "Leo leaves", at=now() - timedelta(seconds=5))
    rotating.begin(kim, rotation, at=now() - timedelta(seconds=4))  # the PDS mails its code to the role mailbox
    mail = brewery.read("reset")
    rotation.refresh_from_db()
    assert (mail.outcome, mail.because, mail.explained_by) == ("explained", "rotation", f"rotation:{rotation.uid}")
    assert (rotation.state, rotation.evidence["reset_mail"]["message_id"]) == ("changing", mail.message_id)
    rotating.carry_on(kim, rotation, code=Text(brewery.code()), at=now())
    rotation.refresh_from_db()
    assert rotation.changed_at is not None
    # The mail proves where the code went; the change is proven by signing in, once what was signed in before has ended.
    brewery.clocked.advance(timedelta(hours=2, seconds=5))
    assert vault.prove_again(now() + timedelta(hours=2, seconds=5)) == 1
    rotation.refresh_from_db()
    assert (rotation.state, rotation.evidence["old_opens"], "reset_mail" in rotation.evidence) == ("confirmed", False, True)
    assert not Rotation.objects.open().exists()


def _a_changed_address(brewery: Brewery) -> None:
    """What getSession tells is compared with what is recorded."""
    assert comparing.compare(WATCH, brewery.account, at=now()) is None
    assert Contact.objects.get(account=brewery.account).value == ADDRESS
    session = httpx.post(
        f"{brewery.clocked.box.pds}/xrpc/com.atproto.server.createSession",
        json={"identifier": brewery.person.did, "password": sealed_password(brewery)}, timeout=30,
    ).json()  # fmt: skip
    httpx.post(
        f"{brewery.clocked.box.pds}/xrpc/com.atproto.server.updateEmail", json={"email": "mallory@elsewhere.example"},
        headers={"authorization": f"Bearer {session['accessJwt']}"}, timeout=30,
    ).raise_for_status()  # fmt: skip
    event = comparing.compare(WATCH, brewery.account, at=now())
    assert event is not None
    assert (event.kind, event.case is not None, Lock.objects.get(target=brewery.account.uid).state) == ("address_differs", True, "locked")
    assert comparing.compare(WATCH, brewery.account, at=now()) is None  # once


def sealed_password(brewery: Brewery) -> str:
    """The new password, opened with the wrapping key: only a test may."""
    from tests.vault.test_rotation_bluesky import sealed

    return sealed(brewery.house, Secret.objects.get(account=brewery.account, kind="password"))


def _without_the_relay(brewery: Brewery) -> None:
    """The very same mail of the very same PDS, not signed by anybody: it explains nothing and raises nothing."""
    before, brewery.relay.is_signing = Event.objects.count(), False
    given = {"email": "mallory@elsewhere.example"}
    httpx.post(f"{brewery.clocked.box.pds}/xrpc/com.atproto.server.requestPasswordReset", json=given, timeout=30).raise_for_status()
    until(lambda: len(brewery.relay.passed) >= 4)
    raw = brewery.relay.passed[-1].replace(b"mallory@elsewhere.example", ADDRESS.encode())
    brewery.server.deliver(raw, to=ADDRESS)
    Mail.objects.filter(kind="reset").update(kind="")
    mail = brewery.read("reset")
    assert (mail.verdict, mail.outcome, Event.objects.count()) == ("forged", "forged", before)

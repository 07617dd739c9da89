"""The addresses of recovery, with who may use them."""
from __future__ import annotations

import secrets

from django.http import HttpResponse

from countersign.access.recovery import describing, drilling, listing, reading
from countersign.access.recovery.freezing import WATCH
from countersign.access.recovery.models import Announcement, Contact, Domain, Drill, Event, Mailbox, Recovery
from countersign.calls import messages
from tests.house import now
from tests.matrix.doors import Ask, at, door, shows
from tests.matrix.world import World

OFFICER, READERS = "officer", "officer auditor"
HOUSE = "house"


def name() -> str:
    return f"linde-{secrets.token_hex(4)}.example"


def contact_of(w: World) -> Contact:
    """A recovery address that nobody has touched before."""
    return describing.add(w.actor("Kim"), w.account, "mail", f"social@{name()}", at=now())


def domain_of(w: World) -> Domain:
    return listing.add(w.actor("Kim"), name(), at=now())


def mailbox_of(w: World) -> Mailbox:
    """A mailbox that is read, at a server that nobody has reached yet."""
    kim = w.person("Kim")
    return Mailbox.objects.create(
        address=f"social@{name()}", host="imap.delinde.example", port=993, security="tls", user=secrets.token_hex(4), way="password",
        sealed="", version=1, uid_validity=7, after=0, opened_by=kim, opened_at=now(), read_at=now(), state="watched", state_since=now(),
    )  # fmt: skip


def login() -> dict[str, object]:
    """What the broker tells of a mail: a sign-in at the network that nobody here did."""
    at, text = now().isoformat(), secrets.token_hex(8)
    return {
        "uid": 1, "message_id": f"<{text}@practice>", "received_at": at, "sent_at": at, "network": "practice", "kind": "new_login",
        "verdict": "genuine", "reasons": [], "account": "", "subject": "A new sign-in", "from_domain": "practice.example",
        "signed_by": "practice.example", "digest": text * 4,
    }  # fmt: skip


def event_of(w: World) -> Event:
    """An unexplained event."""
    (kept,) = reading.keep_mails(WATCH, mailbox_of(w), messages.Mails([login()], 7, 1, more=False), at=now())
    assert kept.event is not None
    return kept.event


def drill_of(w: World) -> Drill:
    mailbox_of(w)
    return drilling.announce(w.actor("Kim"), w.fresh_account(), at=now())


@door("recovery:list", may=READERS, where=HOUSE)
def _(w: World, who: str) -> Ask:
    contact = contact_of(w)
    return Ask(at("recovery:list"), shows(contact.value))


@door("recovery:account", may=READERS, where=HOUSE)
def _(w: World, who: str) -> Ask:
    contact = contact_of(w)
    return Ask(at("recovery:account", w.account.uid), shows(contact.value))


@door("recovery:add", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    value = f"social@{name()}"

    def effect(response: HttpResponse) -> None:
        assert Contact.objects.standing().filter(account=w.account, value=value, said_by__name=who).count() == 1

    return Ask(at("recovery:add", w.account.uid), effect, {"kind": "mail", "value": value})


@door("recovery:decide", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    account = w.fresh_account()

    def effect(response: HttpResponse) -> None:
        assert Recovery.objects.get(account=account).freezes is False

    return Ask(at("recovery:decide", account.uid), effect, {"domains": "mail.delinde.example"})


@door("recovery:announce", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    account = w.fresh_account()

    def effect(response: HttpResponse) -> None:
        assert Announcement.objects.filter(account=account, announced_by__name=who).count() == 1

    return Ask(at("recovery:announce", account.uid), effect, {"kind": "address_changed", "why": "To the role mailbox"})


@door("recovery:compare", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    account = w.fresh_account()

    def effect(response: HttpResponse) -> None:
        assert Recovery.objects.get(account=account).told_address

    return Ask(at("recovery:compare", account.uid), effect)


@door("recovery:drill-announce", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    mailbox_of(w)
    account = w.fresh_account()

    def effect(response: HttpResponse) -> None:
        assert Drill.objects.under_way().filter(account=account).count() == 1

    return Ask(at("recovery:drill-announce", account.uid), effect)


@door("recovery:contact-end", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    contact = contact_of(w)

    def effect(response: HttpResponse) -> None:
        contact.refresh_from_db()
        assert contact.ended_at is not None

    return Ask(at("recovery:contact-end", contact.uid), effect)


@door("recovery:receivers", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    contact, ann = contact_of(w), w.person("Ann")

    def effect(response: HttpResponse) -> None:
        assert list(contact.receivers.all()) == [ann]

    return Ask(at("recovery:receivers", contact.uid), effect, {"person": str(ann.uid)})


@door("recovery:second-factor", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    contact = contact_of(w)

    def effect(response: HttpResponse) -> None:
        contact.refresh_from_db()
        assert contact.second_factor_at is not None

    return Ask(at("recovery:second-factor", contact.uid), effect)


@door("recovery:drill", may=READERS, where=HOUSE)
def _(w: World, who: str) -> Ask:
    drill = drill_of(w)
    return Ask(at("recovery:drill", drill.uid), shows(drill.account.handle))


@door("recovery:drill-cancel", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    drill = drill_of(w)

    def effect(response: HttpResponse) -> None:
        drill.refresh_from_db()
        assert drill.state == "cancelled"

    return Ask(at("recovery:drill-cancel", drill.uid), effect)


# --- mailboxes and domains -------------------------------------------------------------------------------------------


@door("recovery:mailboxes", may=READERS, where=HOUSE)
def _(w: World, who: str) -> Ask:
    mailbox = mailbox_of(w)
    return Ask(at("recovery:mailboxes"), shows(mailbox.address))


@door("recovery:mailboxes", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    """Nobody answers at this port: who may is told that the server cannot be reached, and nothing is kept."""
    given = {
        "address": "social@delinde.example", "host": "127.0.0.1", "port": "9", "security": "tls", "user": "social", "way": "password",
        "text": "nooit-goed",
    }  # fmt: skip

    def effect(response: HttpResponse) -> None:
        assert response.status_code == 422
        assert b"nooit-goed" not in response.content

    return Ask(at("recovery:mailboxes"), effect, given)


@door("recovery:mailbox", may=READERS, where=HOUSE)
def _(w: World, who: str) -> Ask:
    mailbox = mailbox_of(w)
    return Ask(at("recovery:mailbox", mailbox.uid), shows(mailbox.address))


@door("recovery:mailbox-again", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    """The same: who may is told, at the field, that the server cannot be reached."""
    mailbox = mailbox_of(w)
    Mailbox.objects.filter(pk=mailbox.pk).update(host="127.0.0.1", port=9)

    def effect(response: HttpResponse) -> None:
        assert response.status_code == 422
        assert b"nooit-goed" not in response.content

    return Ask(at("recovery:mailbox-again", mailbox.uid), effect, {"text": "nooit-goed"})


@door("recovery:mailbox-end", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    mailbox = mailbox_of(w)

    def effect(response: HttpResponse) -> None:
        mailbox.refresh_from_db()
        assert (mailbox.state, mailbox.sealed) == ("ended", "")

    return Ask(at("recovery:mailbox-end", mailbox.uid), effect)


@door("recovery:domains", may=READERS, where=HOUSE)
def _(w: World, who: str) -> Ask:
    domain = domain_of(w)
    return Ask(at("recovery:domains"), shows(domain.name))


@door("recovery:domains", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    domain = name()

    def effect(response: HttpResponse) -> None:
        assert Domain.objects.filter(name=domain, added_by__name=who).count() == 1

    return Ask(at("recovery:domains"), effect, {"domain": domain, "until": "2028-01-31"})


@door("recovery:domain-until", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    domain = domain_of(w)

    def effect(response: HttpResponse) -> None:
        domain.refresh_from_db()
        assert domain.registered_until is not None

    return Ask(at("recovery:domain-until", domain.uid), effect, {"until": "2028-01-31"})


@door("recovery:domain-look", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    """No name server is reached from a test: who may is told so."""
    domain = domain_of(w)

    def effect(response: HttpResponse) -> None:
        assert response.status_code == 502

    return Ask(at("recovery:domain-look", domain.uid), effect)


@door("recovery:domain-end", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    domain = domain_of(w)

    def effect(response: HttpResponse) -> None:
        domain.refresh_from_db()
        assert domain.ended_at is not None

    return Ask(at("recovery:domain-end", domain.uid), effect)


# --- events ----------------------------------------------------------------------------------------------------------


@door("recovery:events", may=READERS, where=HOUSE)
def _(w: World, who: str) -> Ask:
    event_of(w)
    return Ask(at("recovery:events"), shows("somebody signed in"))


@door("recovery:event", may=READERS, where=HOUSE)
def _(w: World, who: str) -> Ask:
    return Ask(at("recovery:event", event_of(w).uid), shows("A new sign-in"))


@door("recovery:event-ours", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    event = event_of(w)

    def effect(response: HttpResponse) -> None:
        event.refresh_from_db()
        assert (event.state, event.words) == ("ours", "Ann, from the train")

    return Ask(at("recovery:event-ours", event.uid), effect, {"words": "Ann, from the train"})


@door("recovery:event-not-ours", "POST", may=OFFICER, where=HOUSE)
def _(w: World, who: str) -> Ask:
    event = event_of(w)

    def effect(response: HttpResponse) -> None:
        event.refresh_from_db()
        assert event.state == "not_ours"

    return Ask(at("recovery:event-not-ours", event.uid), effect, {"words": "Nobody here"})

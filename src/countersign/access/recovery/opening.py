"""Opening a role mailbox for reading, opening it anew with another password, closing it."""
from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.recovery import rules
from countersign.access.recovery.models import Mailbox
from countersign.access.recovery.states import MailboxState
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Person

WAYS = ("password", "oauth")
SECURITIES = ("tls", "starttls")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mailbox lies and how one signs in there. Nothing is said before the connection is encrypted."""

    address: str
    host: str
    port: int
    security: str
    user: str
    way: str


def open_mailbox(actor: PersonActor, place: Place, text: Secret, *, at: datetime) -> Mailbox:
    """Sign in once, seal what it took, and begin to read: what lies there already is never read. Invalid at the field that
    is wrong; a NetworkError when the server does not open."""
    with refusals_recorded(actor, at=at, matter="mailbox"):
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
    place = _checked(place, text)
    if Mailbox.objects.standing().filter(host=place.host, port=place.port, user=place.user).exists():
        raise Invalid(_("This mailbox is read already."), field="user")
    uid = uuid.uuid4()
    with refusals_recorded(actor, at=at, matter="mailbox"):
        told = _signed_in(uid, place, text, 1)
    with recorded(actor, at=at, matter=f"mailbox:{uid}") as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        mailbox = Mailbox.objects.create(
            uid=uid, address=place.address, host=place.host, port=place.port, security=place.security, user=place.user,
            way=place.way, sealed=told.sealed, version=told.version, uid_validity=told.uid_validity, after=told.uid_next - 1,
            opened_by=Person.objects.get(uid=actor.uid), opened_at=at, read_at=at, state=MailboxState.WATCHED, state_since=at,
        )
        record("mailbox.opened", mailbox, host=place.host, way=place.way, personal={"address": place.address})
        return mailbox


def open_again(actor: PersonActor, mailbox: Mailbox, text: Secret, *, at: datetime) -> Mailbox:
    """Give a mailbox another password or token. What arrived meanwhile is read, unless the server numbers its mails anew."""
    with refusals_recorded(actor, at=at, matter=mailbox):
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
    if mailbox.state == MailboxState.ENDED:
        raise Conflict(_("This mailbox is no longer read."), remedy=_("Connect it anew."))
    place = Place(mailbox.address, mailbox.host, mailbox.port, mailbox.security, mailbox.user, mailbox.way)
    told = _signed_in(mailbox.uid, _checked(place, text), text, mailbox.version + 1)
    with recorded(actor, at=at, matter=mailbox) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        fresh = {
            "sealed": told.sealed, "version": told.version, "read_at": at, "trouble": "", "trouble_since": None, "retry_at": None,
        }  # fmt: skip
        if told.uid_validity != mailbox.uid_validity:
            fresh |= {"uid_validity": told.uid_validity, "after": told.uid_next - 1}
        if mailbox.state == MailboxState.WATCHED:
            Mailbox.objects.filter(pk=mailbox.pk).update(**fresh)
            mailbox.refresh_from_db()
        else:
            mailbox.move(MailboxState.WATCHED, at=at, **fresh)
        record("mailbox.opened_again", mailbox, host=mailbox.host)
        return mailbox


def end(actor: PersonActor, mailbox: Mailbox, *, at: datetime) -> None:
    """Read it no longer. What was sealed is thrown away; what was noted stays."""
    with recorded(actor, at=at, matter=mailbox) as record:
        gate.require(actor, Right.RECOVERY_KEEP, on=None)
        mailbox.move(MailboxState.ENDED, at=at, sealed="")
        record("mailbox.ended", mailbox, host=mailbox.host)


def _checked(place: Place, text: Secret) -> Place:
    host = place.host.strip().lower()
    if not host or len(host) > 253 or any(letter.isspace() or letter in "/@:" for letter in host.strip("[]")):
        raise Invalid(_("Give the name of the server, such as imap.example.com."), field="host")
    if not 0 < place.port < 65536:
        raise Invalid(_("That is no port."), field="port")
    if place.security not in SECURITIES or place.way not in WAYS:
        raise Invalid(_("Choose one."), field="security" if place.security not in SECURITIES else "way")
    if not place.user.strip():
        raise Invalid(_("Give the name to sign in with."), field="user")
    if not text.reveal():
        raise Invalid(_("Give the password or token."), field="text")
    try:
        address = rules.address_of(place.address)
    except Invalid as mistake:
        raise Invalid(mistake.template, field="address") from mistake
    return Place(address, host, place.port, place.security, place.user.strip()[:320], place.way)


def _signed_in(uid: uuid.UUID, place: Place, text: Secret, version: int) -> messages.SealedMailbox:
    told: messages.SealedMailbox = client.ask(
        messages.OpenMailbox(
            str(uid), place.host, place.port, place.security, place.user, place.way, version, text.reveal()
        )
    )
    return told

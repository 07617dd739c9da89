"""Taking up a sign-in by a link: giving the link out, and using it once."""
from __future__ import annotations

import secrets
from datetime import datetime

from countersign.audit.recording import Record, recorded
from countersign.base.actor import Actor, PersonActor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.words import _
from countersign.people import equipping, queries, rules
from countersign.people.described import Described
from countersign.people.models import Enrolment, Person, Session, SignOnLink
from countersign.people.passkeys import NewPasskey
from countersign.people.states import DeviceState, Ending, PersonState, Purpose
from countersign.people.totp import NewTotp


def issue(actor: Actor, person: Person, *, purpose: str, at: datetime) -> tuple[Enrolment, str]:
    """Make a link's token for a person; the links they were given before stop working.

    The caller has asked the gate. The token is shown once: only its hash is kept.
    """
    token = secrets.token_urlsafe(32)
    with recorded(actor, at=at) as record:
        Enrolment.objects.filter(person=person, used_at=None, expires_at__gt=at).update(expires_at=at)
        enrolment = Enrolment.objects.create(
            person=person,
            token_hash=queries.token_hash(token),
            purpose=Purpose(purpose),
            issued_by=Person.objects.filter(uid=actor.uid).first() if isinstance(actor, PersonActor) else None,
            issued_at=at,
            expires_at=at + rules.LINK_LASTS[Purpose(purpose)],
        )
        record("invitation.sent", person.label, purpose=purpose)
    return enrolment, token


def end_ways_in(record: Record, person: Person) -> None:
    """Let no link that was given to somebody work any more, nor the company's sign-on let them in, inside a recorded change."""
    SignOnLink.objects.filter(person=person, ended_at=None).update(ended_at=record.at)
    Enrolment.objects.filter(person=person, used_at=None, expires_at__gt=record.at).update(expires_at=record.at)


def require_usable(token: str, *, at: datetime) -> Enrolment:
    """The enrolment a link leads to; Refused when it is wrong, used, too old, or its person may not enrol."""
    enrolment = queries.enrolment_of(token)
    if enrolment is None:
        raise Refused(
            _("This link is not one of ours."), remedy=_("Copy the whole link from the message, or ask for a new one.")
        )
    if enrolment.used_at:
        raise Refused(_("This link was used already."), remedy=_("Sign in, or ask a security officer for a new link."))
    if at >= enrolment.expires_at:
        raise Refused(_("This link has run out."), remedy=_("Ask a security officer for a new one."))
    _require_welcome(enrolment)
    return enrolment


def accept_with_passkey(
    enrolment: Enrolment, passkey: NewPasskey, *, passkey_name: str, device: Described | None = None, name: str = "",
    email: str = "", at: datetime,
) -> Person:
    """Use the link: the person becomes active with this passkey. `name` is how they write their own.

    The link enrols the passkey's device with it: an officer, or whoever began the installation, gave it for that. The
    first officer, whom nobody invited, gives the `email` address too; Invalid when it belongs to somebody.
    """
    person = enrolment.person
    with recorded(person.as_actor(), at=at, matter=f"enrolment:{enrolment.uid}") as record:
        _use(enrolment, record, at, name=name, email=email)
        equipping.set_no_password(person)
        credential = equipping.keep_passkey(record, person, passkey, name=passkey_name)
        equipping.keep_device(
            record, person, device or Described(passkey_name), state=DeviceState.ENROLLED, credential=credential,
            approved_by=enrolment.issued_by,
        )
    return person


def accept_with_password(
    enrolment: Enrolment, password: str, generator: NewTotp, *, cookie_hash: str, device: Described, name: str = "",
    email: str = "", at: datetime,
) -> Person:
    """Use the link: the person becomes active with this password and this code generator, and this browser, known by its
    cookie, is their device; otherwise as above."""
    person = enrolment.person
    with recorded(person.as_actor(), at=at, matter=f"enrolment:{enrolment.uid}") as record:
        _use(enrolment, record, at, name=name, email=email)
        equipping.set_password(record, person, password)
        equipping.keep_totp(record, person, generator)
        equipping.keep_device(
            record, person, device, state=DeviceState.ENROLLED, cookie_hash=cookie_hash, approved_by=enrolment.issued_by
        )
    return person


def _use(enrolment: Enrolment, record: Record, at: datetime, *, name: str, email: str) -> None:
    if not Enrolment.objects.filter(pk=enrolment.pk, used_at=None, expires_at__gt=at).update(used_at=at):
        raise Conflict(_("This link was used a moment ago."), remedy=_("Sign in, or ask for a new link."))
    person = enrolment.person
    if enrolment.purpose == Purpose.RECOVERY:
        _start_over(person, record, at)
    if person.state == PersonState.INVITED:
        person.move(PersonState.ACTIVE, at=at, name=name.strip() or person.name, email=_address(enrolment, email))
    record("invitation.accepted", f"enrolment:{enrolment.uid}", purpose=enrolment.purpose)


def _address(enrolment: Enrolment, given: str) -> str:
    person = enrolment.person
    if enrolment.purpose != Purpose.FIRST_OFFICER:
        return person.email
    if "@" not in given.strip("@") or given.lower().endswith("@invalid.example"):
        raise Invalid(_("Give your own mail address."), field="email")
    if Person.objects.filter(email=given.lower()).exclude(pk=person.pk).exists():
        raise Invalid(_("That address belongs to somebody here already."), field="email")
    return given.lower()


def _start_over(person: Person, record: Record, at: datetime) -> None:
    """Whoever lost their factors may have lost them to somebody: nothing of before remains."""
    equipping.retire_everything(record, person)
    Session.objects.filter(person=person, ended_at=None).update(ended_at=at, ended_by=Ending.REPLACED, data="")


def _require_welcome(enrolment: Enrolment) -> None:
    state = enrolment.person.state
    wanted = PersonState.ACTIVE if enrolment.purpose == Purpose.RECOVERY else PersonState.INVITED
    if state != wanted or queries.is_locked(person=str(enrolment.person.uid)):
        raise Refused(_("This link no longer fits its person."), remedy=_("Ask a security officer for a new one."))

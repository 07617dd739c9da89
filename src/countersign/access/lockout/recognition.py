"""Recognising the owner by one factor, which serves for locking themselves and for nothing else."""
from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any

from countersign.audit.recording import refusals_recorded
from countersign.base.actor import Visitor
from countersign.base.errors import Invalid, Refused
from countersign.base.words import _
from countersign.people import codes, entering, passkeys, proving, queries, rules
from countersign.people.models import Person
from countersign.people.states import PersonState


def by_secret(actor: Visitor, email: str, secret: str, *, where: str, at: datetime) -> Person:
    """Whoever this mail address and this password, code or recovery code belong to; a code is spent.

    Counted together with failed sign-ins, so that this door is no easier to guess at: Refused after too many. Invalid when
    they do not belong together; whether the address exists is not told.
    """
    typed = email.strip().lower()
    by_whom, from_where = queries.failures(entering.PASSWORD, who=typed, where=where, at=at)
    with refusals_recorded(actor, at=at, matter="lost"):
        rules.require_few_failures(by_whom=by_whom, from_where=from_where)
    person = Person.objects.filter(email=typed, state__in=[PersonState.ACTIVE, PersonState.SUSPENDED]).first()
    if person is None or not _is_right(person, secret, at):
        if person is None:
            Person().set_password(secret)  # as long as for an address that is known
        entering.fail(kind=entering.PASSWORD, who=typed, where=where, at=at)
        raise Invalid(_("That mail address and that password or code do not belong together."), field="secret")
    return person


def _is_right(person: Person, secret: str, at: datetime) -> bool:
    digits = "".join(secret.split())
    if codes.looks_like_one(secret) or (digits.isascii() and digits.isdecimal() and len(digits) == 6):
        try:
            proving.use_code(Visitor(), person, secret, at=at)
        except Invalid:
            return person.check_password(secret)
        return True
    return person.check_password(secret)


def by_passkey(
    actor: Visitor, store: MutableMapping[str, Any], answer: Mapping[str, Any], *, where: str, at: datetime
) -> Person:
    """Whoever this passkey belongs to. Refused, and recorded, when it is not known or did not verify its user."""
    by_whom, from_where = queries.failures(entering.PASSKEY, who="", where=where, at=at)
    try:
        with refusals_recorded(actor, at=at, matter="lost"):
            rules.require_few_failures(by_whom=by_whom, from_where=from_where)
            proof = passkeys.accept(store, answer, None, purpose="lost")
    except (Refused, Invalid):
        entering.fail(kind=entering.PASSKEY, who="", where=where, at=at)
        raise
    proving.use_passkey(proof.credential.person.as_actor(), proof, at=at)
    return proof.credential.person

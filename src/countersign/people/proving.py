"""Showing a second factor: a passkey's answer, a code of six digits, or a recovery code; each serves once."""
from __future__ import annotations

from datetime import datetime

from countersign.audit.recording import recorded
from countersign.base.actor import Actor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.people import codes, mails, queries, totp
from countersign.people.models import Credential, Person, RecoveryCode, Totp
from countersign.people.passkeys import Proof


def use_passkey(actor: Actor, proof: Proof, *, at: datetime) -> None:
    """Note that a passkey answered, with its counter; Conflict when a newer answer was noted meanwhile."""
    with recorded(actor, at=at) as record:
        rows = Credential.objects.filter(pk=proof.credential.pk, sign_count=proof.credential.sign_count, retired_at=None)
        if not rows.update(sign_count=proof.sign_count, is_backed_up=proof.is_backed_up, last_used_at=at):
            raise Conflict(_("This passkey was used elsewhere at the same moment."), remedy=_("Try again."))
        record("factor.used", proof.credential.person.label, kind="passkey")


def use_code(actor: Actor, person: Person, code: str, *, at: datetime) -> str:
    """Spend six digits or a recovery code; the kind it was. Invalid when it is wrong or was used before."""
    if codes.looks_like_one(code):
        _use_recovery_code(actor, person, code, at)
        return "recovery_code"
    _use_totp(actor, person, code, at)
    return "totp"


def _use_totp(actor: Actor, person: Person, code: str, at: datetime) -> None:
    generator = queries.totp_of(person)
    if generator is None:
        raise _wrong()
    verdict = totp.check(person, generator.sealed, generator.version, code, after_step=generator.last_step)
    if not verdict.is_right:
        raise _wrong()
    with recorded(actor, at=at) as record:
        rows = Totp.objects.filter(pk=generator.pk, last_step__lt=verdict.step, retired_at=None)
        if not rows.update(last_step=verdict.step, last_used_at=at):
            raise _wrong()  # two at once with the same digits: only one of them counts
        record("factor.used", person.label, kind="totp")


def _use_recovery_code(actor: Actor, person: Person, code: str, at: datetime) -> None:
    unused = queries.unused_codes(person)
    found = next((one for one in unused if codes.is_right(code, one.salt, one.code_hash)), None)
    if found is None:
        raise _wrong()
    with recorded(actor, at=at) as record:
        if not RecoveryCode.objects.filter(pk=found.pk, used_at=None).update(used_at=at):
            raise _wrong()
        record("factor.used", person.label, kind="recovery_code", left=len(unused) - 1)
    mails.tell_code_used(person, left=len(unused) - 1, at=at)


def _wrong() -> Invalid:
    return Invalid(
        _("That code is not right, or was used already."), remedy=_("Wait for the next one, or use a recovery code."),
        field="code",
    )  # fmt: skip

"""Changing what a person signs in with: passkeys, the code generator, the password, recovery codes."""
from __future__ import annotations

import secrets
from datetime import datetime

from countersign.audit.recording import Record, recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.people import codes, mails, queries, rules
from countersign.people.models import Credential, Person, RecoveryCode, Totp
from countersign.people.passkeys import NewPasskey
from countersign.people.totp import NewTotp


def add_passkey(actor: PersonActor, passkey: NewPasskey, *, name: str, at: datetime) -> Credential:
    """Add a passkey to one's own sign-in. Refused unless a second factor was shown within five minutes."""
    with recorded(actor, at=at) as record:
        require_fresh(actor, at=at)
        person = Person.objects.get(uid=actor.uid)
        credential = keep_passkey(record, person, passkey, name=name)
    mails.tell_factors_changed(person, at=at)
    return credential


def add_totp(actor: PersonActor, generator: NewTotp, *, at: datetime) -> None:
    """Set up a code generator, in place of the one there was. Refused as adding a passkey."""
    with recorded(actor, at=at) as record:
        require_fresh(actor, at=at)
        person = Person.objects.get(uid=actor.uid)
        _retire_totp(record, person)
        keep_totp(record, person, generator)
    mails.tell_factors_changed(person, at=at)


def remove_passkey(actor: PersonActor, uid: str, *, at: datetime) -> None:
    """Retire one of one's own passkeys. Refused for the last second factor; the row stays, to check old signatures."""
    with recorded(actor, at=at) as record:
        person = _require_may_remove(actor, at)
        if not Credential.objects.filter(uid=uid, person=person).exists():
            raise Refused(_("That is not one of your passkeys."))
        if not Credential.objects.filter(uid=uid, person=person, retired_at=None).update(retired_at=at):
            raise Conflict(_("That passkey has been removed already."))
        record("factor.removed", person.label, kind="passkey", credential=uid)
    mails.tell_factors_changed(person, at=at)


def remove_totp(actor: PersonActor, *, at: datetime) -> None:
    """Retire one's own code generator. Refused for the last second factor."""
    with recorded(actor, at=at) as record:
        person = _require_may_remove(actor, at)
        if not _retire_totp(record, person):
            raise Conflict(_("The code generator has been removed already."))
    mails.tell_factors_changed(person, at=at)


def make_recovery_codes(actor: PersonActor, *, at: datetime) -> list[str]:
    """Ten fresh recovery codes; those before stop working. They are returned once: only hashes are kept."""
    made = [codes.make() for _number in range(codes.HOW_MANY)]
    with recorded(actor, at=at) as record:
        require_fresh(actor, at=at)
        person = Person.objects.get(uid=actor.uid)
        RecoveryCode.objects.filter(person=person).delete()
        salted = [(code, secrets.token_hex(16)) for code in made]
        RecoveryCode.objects.bulk_create(
            RecoveryCode(person=person, salt=salt, code_hash=codes.hashed(code, salt), created_at=at)
            for code, salt in salted
        )
        record("recovery_codes.made", person.label, count=len(made))
    return made


def change_password(actor: PersonActor, password: str, *, at: datetime) -> Person:
    """Set one's own password; every other session ends by itself. Refused unless a second factor was shown lately."""
    with recorded(actor, at=at) as record:
        require_fresh(actor, at=at)
        person = Person.objects.get(uid=actor.uid)
        set_password(record, person, password)
    mails.tell_factors_changed(person, at=at)
    return person


def require_fresh(actor: PersonActor, *, at: datetime) -> None:
    """Refuse unless the actor showed a second factor within five minutes."""
    if not rules.is_fresh(actor.verified_at, at=at):
        raise Refused(_("This needs your second factor again."), remedy=_("Show it, then repeat this."))


def keep_passkey(record: Record, person: Person, passkey: NewPasskey, *, name: str) -> Credential:
    """Keep a new passkey, inside a recorded change. Conflict when it is kept already."""
    if Credential.objects.filter(credential_id=passkey.credential_id).exists():
        raise Conflict(_("This passkey is known here already."), remedy=_("Use another one."))
    credential = Credential.objects.create(
        person=person,
        credential_id=passkey.credential_id,
        public_key=passkey.public_key,
        aaguid=passkey.aaguid,
        sign_count=passkey.sign_count,
        is_backup_eligible=passkey.is_backup_eligible,
        is_backed_up=passkey.is_backed_up,
        transports=passkey.transports,
        name=name[:80],
        created_at=record.at,
    )
    record("factor.added", person.label, kind="passkey", credential=str(credential.uid))
    return credential


def keep_totp(record: Record, person: Person, generator: NewTotp) -> None:
    """Keep a new code generator, inside a recorded change."""
    Totp.objects.create(
        person=person, sealed=generator.sealed, version=generator.version, last_step=generator.step,
        created_at=record.at,
    )  # fmt: skip
    record("factor.added", person.label, kind="totp")


def set_password(record: Record, person: Person, password: str) -> None:
    """Set a person's password, inside a recorded change."""
    person.set_password(password)
    Person.objects.filter(pk=person.pk).update(password=person.password)
    record("password.set", person.label)


def set_no_password(person: Person) -> None:
    """Mark that a person has no password, inside a recorded change: they sign in with passkeys alone."""
    person.set_unusable_password()
    Person.objects.filter(pk=person.pk).update(password=person.password)


def retire_everything(record: Record, person: Person) -> None:
    """Retire every factor, code and password of a person, inside a recorded change."""
    for credential in queries.passkeys_of(person):
        Credential.objects.filter(pk=credential.pk).update(retired_at=record.at)
        record("factor.removed", person.label, kind="passkey", credential=str(credential.uid))
    _retire_totp(record, person)
    RecoveryCode.objects.filter(person=person).delete()
    set_no_password(person)


def _retire_totp(record: Record, person: Person) -> bool:
    if not Totp.objects.filter(person=person, retired_at=None).update(retired_at=record.at):
        return False
    record("factor.removed", person.label, kind="totp")
    return True


def _require_may_remove(actor: PersonActor, at: datetime) -> Person:
    require_fresh(actor, at=at)
    person = Person.objects.select_for_update().get(uid=actor.uid)
    rules.require_some_factor_left(others=queries.factor_count(person) - 1)
    return person

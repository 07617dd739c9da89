"""Changing what a person signs in with: passkeys, the code generator, the password, recovery codes."""
from __future__ import annotations

import secrets
from datetime import datetime

from countersign.audit.recording import Record, recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.people import codes, mails, queries, rules
from countersign.people.described import Described
from countersign.people.models import Credential, Device, Person, RecoveryCode, Session, Totp
from countersign.people.passkeys import NewPasskey
from countersign.people.states import DeviceState, Ending
from countersign.people.totp import NewTotp


def add_passkey(actor: PersonActor, passkey: NewPasskey, *, device: Described, at: datetime) -> Device:
    """Add a passkey to one's own sign-in: its device is asked for, and an officer approves it. Refused unless a second
    factor was shown within five minutes."""
    with recorded(actor, at=at) as record:
        require_fresh(actor, at=at)
        person = Person.objects.get(uid=actor.uid)
        credential = keep_passkey(record, person, passkey, name=device.name)
        asked = keep_device(record, person, device, state=DeviceState.ASKED, credential=credential)
    mails.tell_factors_changed(person, at=at)
    return asked


def give_own_passkey(actor: PersonActor, passkey: NewPasskey, *, at: datetime) -> Device:
    """Give the enrolled device in which one works the passkey it lacks: the last step of enrolling a browser.

    Refused unless a second factor was shown within five minutes; Conflict when the device has one.
    """
    with recorded(actor, at=at) as record:
        require_fresh(actor, at=at)
        mine = queries.device_named(actor.device).filter(person__uid=actor.uid, state=DeviceState.ENROLLED)
        device = mine.select_for_update(of=("self",)).select_related("person").first()
        if device is None:
            raise Refused(_("This device is not enrolled."), remedy=_("Ask for it to be enrolled first."))
        if device.credential_id is not None:
            raise Conflict(_("This device has a passkey already."))
        credential = keep_passkey(record, device.person, passkey, name=device.name)
        Device.objects.filter(pk=device.pk).update(credential=credential)
        record("device.given_passkey", f"device:{device.uid}", credential=str(credential.uid))
    mails.tell_factors_changed(device.person, at=at)
    return device


def add_totp(actor: PersonActor, generator: NewTotp, *, at: datetime) -> None:
    """Set up a code generator, in place of the one there was. Refused as adding a passkey."""
    with recorded(actor, at=at) as record:
        require_fresh(actor, at=at)
        person = Person.objects.get(uid=actor.uid)
        _retire_totp(record, person)
        keep_totp(record, person, generator)
    mails.tell_factors_changed(person, at=at)


def remove_passkey(actor: PersonActor, uid: str, *, at: datetime) -> None:
    """Retire one of one's own passkeys, and its device with it. Refused for the last second factor one can work with; the
    row stays, to check old signatures."""
    with recorded(actor, at=at) as record:
        require_fresh(actor, at=at)
        person = Person.objects.select_for_update().get(uid=actor.uid)
        credential = Credential.objects.filter(uid=uid, person=person).first()
        if credential is None:
            raise Refused(_("That is not one of your passkeys."))
        device = Device.objects.filter(credential=credential).first()
        counts = device is not None and device.state == DeviceState.ENROLLED
        rules.require_some_factor_left(others=queries.factor_count(person) - counts)
        _retire_passkey(record, credential)
        if device is not None and device.state in {DeviceState.ASKED, DeviceState.ENROLLED}:
            end_device(record, device)
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


def keep_device(
    record: Record, person: Person, described: Described, *, state: DeviceState, credential: Credential | None = None,
    cookie_hash: str | None = None, approved_by: Person | None = None,
) -> Device:
    """Keep a person's new device, asked for or enrolled, inside a recorded change."""
    device = Device.objects.create(
        person=person, name=described.name[:80], kind=described.kind, owner=described.owner, credential=credential,
        cookie_hash=cookie_hash, browser=described.browser[:80], address=described.address[:45], asked_at=record.at,
        approved_by=approved_by, state=state, state_since=record.at,
    )
    event = "device.enrolled" if state == DeviceState.ENROLLED else "device.asked"
    record(event, f"device:{device.uid}", of=person.label, kind=device.kind, owner=device.owner)
    return device


def end_device(record: Record, device: Device, *, words: str = "") -> int:
    """Retire a device, or take back that it was asked for, inside a recorded change: its passkey signs nothing more and its
    sessions end. How many of them there were."""
    was_enrolled = device.state == DeviceState.ENROLLED
    device.move(DeviceState.RETIRED if was_enrolled else DeviceState.REFUSED, at=record.at, words=words[:400])
    if device.credential is not None and device.credential.retired_at is None:
        _retire_passkey(record, device.credential)
    rows = Session.objects.filter(device=device.uid, ended_at=None)
    count = rows.update(ended_at=record.at, ended_by=Ending.DEVICE, data="") if was_enrolled else 0
    record("device.retired" if was_enrolled else "device.refused", f"device:{device.uid}", sessions=count)
    return count


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
    """Retire every device, factor, code and password of a person, inside a recorded change."""
    for device in queries.devices_of(person):
        end_device(record, device)
    for credential in queries.passkeys_of(person):
        _retire_passkey(record, credential)
    _retire_totp(record, person)
    RecoveryCode.objects.filter(person=person).delete()
    set_no_password(person)


def _retire_passkey(record: Record, credential: Credential) -> None:
    if not Credential.objects.filter(pk=credential.pk, retired_at=None).update(retired_at=record.at):
        raise Conflict(_("That passkey has been removed already."))
    credential.retired_at = record.at
    record("factor.removed", credential.person.label, kind="passkey", credential=str(credential.uid))


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

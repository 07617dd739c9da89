"""What pages, the gate and the broker read about people."""
from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from countersign.base.prepared import Prepared
from countersign.base.values import known_uuids
from countersign.people import rules
from countersign.people.models import (
    Attempt,
    Credential,
    Device,
    Enrolment,
    Lock,
    LockQuerySet,
    Person,
    RecoveryCode,
    Session,
    SignOnLink,
    Totp,
)
from countersign.people.states import DeviceState, Ending, LockKind


class Found(NamedTuple):
    """A session, whether a lock denies it, and how its device stands: the state is empty where it has none."""

    row: Session
    is_locked: bool
    device_state: str
    awaits_browser: bool


def session_of_key(key_hash: str) -> Found | None:
    """The session of a cookie's hash with its person, locks and device: one query, never cached."""
    locks = _locks_on_a_session()
    device = Device.objects.filter(uid=OuterRef("device"), person=OuterRef("person"))
    rows = Session.objects.select_related("person").annotate(
        has_lock=Exists(locks), device_state=Subquery(device.values("state")[:1]),
        device_cookie=Subquery(device.values("cookie_hash")[:1]),
    )
    row = rows.filter(key_hash=key_hash).first()
    if row is None:
        return None
    return Found(row, row.has_lock, row.device_state or "", (row.device_cookie or "").startswith(rules.AWAITS))


def ended_among(hashes: Iterable[str], *, at: datetime) -> dict[str, str]:
    """Which of the sessions with these hashes of cookies have ended, and why: one query, for pages that lie open."""
    rows = Session.objects.select_related("person").annotate(has_lock=Exists(_locks_on_a_session()))
    found: dict[str, str] = dict.fromkeys(hashes, Ending.ELSEWHERE)
    for row in rows.filter(key_hash__in=list(found)):
        why = rules.why_ended(
            at=at, ends_at=row.ends_at, last_seen_at=row.last_seen_at, idle=timedelta(seconds=row.idle_seconds),
            ended_by=row.ended_by, person_state=row.person.state if row.person else "", is_locked=row.has_lock,
        )
        if why:
            found[row.key_hash] = why
        else:
            del found[row.key_hash]
    return found


def _locks_on_a_session() -> LockQuerySet:
    """The locks that deny the session of the query around it."""
    return Lock.objects.standing().filter(
        Q(kind=LockKind.EVERYTHING)
        | Q(kind=LockKind.PERSON, target=OuterRef("person__uid"))
        | Q(kind=LockKind.SESSION, target=OuterRef("uid"))
        | Q(kind=LockKind.DEVICE, target=OuterRef("device"))
    )


def locks_on(
    *,
    persons: Iterable[str] = (),
    sessions: Iterable[str] = (),
    devices: Iterable[str] = (),
    accounts: Iterable[str] = (),
    networks: Iterable[str] = (),
) -> list[Lock]:
    """Every lock that stands on any of these, and every lock on everything: one query. People go by their uid."""
    everybody, everywhere = (persons, sessions, devices, accounts), list(networks)
    named = [[UUID(str(name)) for name in names] for names in everybody]
    return _LOCKS.ask(persons=named[0], sessions=named[1], devices=named[2], accounts=named[3], networks=everywhere)


def _locks_on(
    persons: list[UUID], sessions: list[UUID], devices: list[UUID], accounts: list[UUID], networks: list[str]
) -> QuerySet[Lock]:
    wanted = (
        Q(kind=LockKind.EVERYTHING)
        | Q(kind=LockKind.PERSON, target__in=persons)
        | Q(kind=LockKind.SESSION, target__in=sessions)
        | Q(kind=LockKind.DEVICE, target__in=devices)
        | Q(kind=LockKind.ACCOUNT, target__in=accounts)
        | Q(kind=LockKind.NETWORK, network__in=networks)
    )
    return Lock.objects.standing().filter(wanted).order_by("since")


_LOCKS = Prepared[Lock](_locks_on)


def is_locked(*, person: str = "", session: str = "", device: str = "", account: str = "", network: str = "") -> bool:
    """Whether a lock stands on any one of these, or on everything."""
    return bool(
        locks_on(
            persons=[person] if person else [],
            sessions=[session] if session else [],
            devices=[device] if device else [],
            accounts=[account] if account else [],
            networks=[network] if network else [],
        )
    )


def passkeys_of(person: Person) -> list[Credential]:
    """A person's passkeys, oldest first."""
    return list(Credential.objects.filter(person=person, retired_at=None).order_by("created_at", "pk"))


def totp_of(person: Person) -> Totp | None:
    """A person's code generator, if there is one."""
    return Totp.objects.filter(person=person, retired_at=None).first()


def has_second_factor(person: Person) -> bool:
    """Whether a person has a passkey or a code generator."""
    has_passkey = Credential.objects.filter(person=person, retired_at=None).exists()
    return has_passkey or Totp.objects.filter(person=person, retired_at=None).exists()


def factor_count(person: Person) -> int:
    """How many second factors a person can work with: passkeys of enrolled devices, and the code generator."""
    passkeys = Credential.objects.filter(person=person, retired_at=None, device__state=DeviceState.ENROLLED).count()
    return passkeys + Totp.objects.filter(person=person, retired_at=None).count()


def devices_of(person: Person) -> list[Device]:
    """A person's devices that are enrolled or asked for, oldest first."""
    rows = Device.objects.filter(person=person, state__in=[DeviceState.ASKED, DeviceState.ENROLLED])
    return list(rows.select_related("credential").order_by("asked_at", "pk"))


def device_named(uid: str) -> QuerySet[Device]:
    """The device of this UUID, as a query; nothing for an empty text."""
    return Device.objects.filter(uid__in=known_uuids([uid]))


def device_shown(person: Person, *, passkey: str = "", cookie_hash: str = "", is_code: bool = False) -> Device | None:
    """In which of a person's devices somebody signs in: that of the passkey they showed (its uid), or of the browser's
    cookie; an enrolled one first. With a code (`is_code`) a device that awaits its browser is taken last."""
    by_passkey = Q(credential__uid=passkey) if passkey else Q(pk__in=[])
    rows = list(Device.objects.filter(by_passkey | Q(cookie_hash=cookie_hash or "-"), person=person))
    rows.sort(key=lambda row: (row.state != DeviceState.ENROLLED, row.credential_id is None, -row.pk))
    if rows and rows[0].state == DeviceState.ENROLLED:
        return rows[0]
    waiting = Device.objects.filter(person=person, state=DeviceState.ENROLLED, cookie_hash__startswith=rules.AWAITS)
    taken = waiting.filter(state_since__gt=Now() - rules.AWAITS_FOR).first() if is_code else None
    return taken or (rows[0] if rows else None)


def is_linked(person: Person) -> bool:
    """Whether a person can come in by the company's sign-on."""
    return SignOnLink.objects.filter(person=person, ended_at=None).exists()


def unused_codes(person: Person) -> list[RecoveryCode]:
    """A person's recovery codes that still work."""
    return list(RecoveryCode.objects.filter(person=person, used_at=None))


def sessions_of(person: Person, *, at: datetime) -> list[Session]:
    """The sessions in which this person is signed in, newest first; those that ran out are left away."""
    rows = Session.objects.filter(person=person, ended_at=None, ends_at__gt=at).order_by("-last_seen_at", "-pk")
    return [row for row in rows if (at - row.last_seen_at).total_seconds() < row.idle_seconds]


def enrolment_of(token: str) -> Enrolment | None:
    """The enrolment a link's token belongs to; what is compared is a hash."""
    return Enrolment.objects.select_related("person", "issued_by").filter(token_hash=token_hash(token)).first()


def token_hash(token: str) -> str:
    """The hash of a cookie or of a link's token: they carry 256 random bits, so it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed(text: str) -> str:
    """A keyed hash of an e-mail address or network address, so that the table of attempts names nobody."""
    return salted_hmac("countersign.people.attempt", text, algorithm="sha256").hexdigest() if text else ""


def failures(kind: str, *, who: str, where: str, at: datetime) -> tuple[int, int]:
    """How many attempts failed in the last five minutes: by whom, from where. Plain e-mail, uid or address go in."""
    recent = Attempt.objects.filter(kind=kind, at__gt=at - rules.WINDOW)
    from_where = recent.filter(where=keyed(where)).count() if where else 0
    return recent.filter(who=keyed(who)).count() if who else 0, from_where

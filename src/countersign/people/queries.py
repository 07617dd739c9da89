"""What pages, the gate and the broker read about people."""
from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import salted_hmac

from countersign.people import rules
from countersign.people.models import Attempt, Credential, Enrolment, Lock, Person, RecoveryCode, Session, Totp
from countersign.people.states import LockKind


def session_of_key(key_hash: str) -> tuple[Session, bool] | None:
    """The session of a cookie's hash with its person, and whether a lock denies it: one query, never cached."""
    locks = Lock.objects.standing().filter(
        Q(kind=LockKind.EVERYTHING)
        | Q(kind=LockKind.PERSON, target=OuterRef("person__uid"))
        | Q(kind=LockKind.SESSION, target=OuterRef("uid"))
        | Q(kind=LockKind.DEVICE, target=OuterRef("device"))
    )
    rows = Session.objects.select_related("person").annotate(has_lock=Exists(locks))
    row = rows.filter(key_hash=key_hash).first()
    return (row, row.has_lock) if row else None


def locks_on(
    *,
    persons: Iterable[str] = (),
    sessions: Iterable[str] = (),
    devices: Iterable[str] = (),
    accounts: Iterable[str] = (),
    networks: Iterable[str] = (),
) -> list[Lock]:
    """Every lock that stands on any of these, and every lock on everything: one query. People go by their uid."""
    wanted = (
        Q(kind=LockKind.EVERYTHING)
        | Q(kind=LockKind.PERSON, target__in=list(persons))
        | Q(kind=LockKind.SESSION, target__in=list(sessions))
        | Q(kind=LockKind.DEVICE, target__in=list(devices))
        | Q(kind=LockKind.ACCOUNT, target__in=list(accounts))
        | Q(kind=LockKind.NETWORK, network__in=list(networks))
    )
    return list(Lock.objects.standing().filter(wanted).order_by("since"))


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
    return factor_count(person) > 0


def factor_count(person: Person) -> int:
    """How many second factors a person has; recovery codes are not counted."""
    passkeys = Credential.objects.filter(person=person, retired_at=None).count()
    return passkeys + Totp.objects.filter(person=person, retired_at=None).count()


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

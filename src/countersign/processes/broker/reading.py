"""What the broker reads of the database for one delivery: what is claimed, by whom. Asked anew before every write."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from countersign.access.evidence import standing
from countersign.access.vault.models import SecretVersion
from countersign.base.prepared import Prepared
from countersign.base.values import known_uuids
from countersign.content.posts.models import Delivery, Revision
from countersign.people.models import Device, Person
from countersign.people.states import PersonState
from countersign.review.models import Countersignature


class Claimed(NamedTuple):
    """How the row of a delivery stands."""

    state: str
    fence: int


class Signed(NamedTuple):
    """What the database claims somebody signed."""

    statement: Any
    credential_id: str
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes


class Kept(NamedTuple):
    """A sealed key of an account."""

    sealed: str
    version: int
    made_at: datetime


def delivery(name: str) -> Delivery | None:
    """The delivery of this name, with its account, its post, its post's author and its revision; None if there is none.

    A UUID has many spellings, so whoever asks our file asks by the row's own `uid`.
    """
    return next((row for uid in known_uuids([name]) for row in _DELIVERY.ask(uid=uid)), None)


def signatures(matter: str) -> list[Signed]:
    """The signatures that are claimed over this, oldest first."""
    return [Signed(*row) for row in _SIGNATURES.ask(matter=matter)]


def authors(revision: int) -> Any:
    """Who the database says wrote this revision; whatever stands there."""
    return next(iter(_AUTHORS.ask(revision=revision)), None)


def claim(uid: UUID) -> Claimed | None:
    """How the row of a delivery stands now."""
    return next((Claimed(*row) for row in _CLAIM.ask(uid=uid)), None)


def active(persons: Iterable[str]) -> set[str]:
    """Those of these people who are active now, by their uid."""
    return {str(uid) for uid in _ACTIVE.ask(persons=[UUID(person) for person in persons])}


def devices(passkeys: Iterable[str]) -> set[str]:
    """The devices, by their uid, that hold these passkeys as the database says."""
    return {str(uid) for uid in _DEVICES.ask(passkeys=list(passkeys))}


def has_second_factor(account: int, at: datetime) -> bool:
    """Whether evidence of the second factor of an account, by its key, or what stands in for it, counts at this moment."""
    return account in standing.meeting([account], at)


def secret(account: str) -> Kept | None:
    """The newest sealed key that the database has of the account of this name."""
    return next((Kept(*row) for uid in known_uuids([account]) for row in _SECRET.ask(account=uid)), None)


_DELIVERY = Prepared[Delivery](
    lambda uid: Delivery.objects.select_related("account", "post__author", "revision").filter(uid=uid).only(
        "uid", "state", "remote_id", "request", "account__uid", "account__network", "post__uid", "post__author__uid",
        "revision__number",
    )
)  # fmt: skip
_SIGNATURES = Prepared[tuple[Any, ...]](
    lambda matter: Countersignature.objects.filter(matter=matter).order_by("pk").values_list(*Signed._fields)
)
_AUTHORS = Prepared[Any](lambda revision: Revision.objects.filter(pk=revision).values_list("authors", flat=True))
_CLAIM = Prepared[tuple[str, int]](lambda uid: Delivery.objects.filter(uid=uid).values_list("state", "fence"))
_ACTIVE = Prepared[UUID](
    lambda persons: Person.objects.filter(uid__in=persons, state=PersonState.ACTIVE).values_list("uid", flat=True)
)
_DEVICES = Prepared[UUID](lambda passkeys: Device.objects.filter(credential__credential_id__in=passkeys).values_list("uid", flat=True))
_SECRET = Prepared[tuple[Any, ...]](
    lambda account: SecretVersion.objects.filter(account__uid=account, ended_at__isnull=True).order_by("-version")
    .values_list(*Kept._fields)[:1]
)  # fmt: skip

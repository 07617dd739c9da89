"""What pages, departures and lockout read of the vault.

`exposed_to(person)` and `seen_on(device)` are the interface of the exposure ledger for whoever must act on it: the secrets of
which a version was really seen, by that person or on that device, that is in use or that nothing has proven dead. A code of
thirty seconds counts for nothing there: the seed behind it was not seen.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from countersign.access.vault.models import Exposure, ExposureQuerySet, Rotation, Secret
from countersign.people.models import Person


@dataclass(frozen=True, slots=True)
class Seen:
    """A secret of which somebody has seen a version that may open: in which ways, last when, and the rotation that is open on
    it. `is_current` when they have seen the one in use."""

    secret: Secret
    ways: tuple[str, ...]
    last_at: datetime
    rotation: Rotation | None
    is_current: bool = True


def exposed_to(person: Person) -> list[Seen]:
    """The secrets of which this person has seen a version that may open, critical ones first."""
    return _seen(Exposure.objects.that_still_count().filter(person=person))


def seen_on(device: str) -> list[Seen]:
    """The secrets of which such a version was seen on a device (its UUID), or lies in an app there."""
    return _seen(Exposure.objects.that_still_count().filter(device=device))


def _seen(exposures: ExposureQuerySet) -> list[Seen]:
    by_secret: dict[Secret, list[Exposure]] = {}
    for one in exposures.select_related("version__secret__account").order_by("at"):
        by_secret.setdefault(one.version.secret, []).append(one)
    rotations = open_rotations(by_secret)
    found = [
        Seen(
            secret, tuple(dict.fromkeys(one.way for one in those)), those[-1].at, rotations.get(secret.pk),
            any(one.version.is_current for one in those),
        )
        for secret, those in by_secret.items()
    ]
    return sorted(found, key=lambda seen: (not seen.secret.is_critical, seen.secret.pk))


def still_counting(secret: Secret) -> list[Exposure]:
    """The exposures of a secret that still count, by name."""
    found = Exposure.objects.that_still_count().filter(version__secret=secret).select_related("person", "version")
    return list(found.order_by("person__name", "pk"))


def open_rotations(secrets: Iterable[Secret]) -> dict[int, Rotation]:
    """The open rotation of each of these secrets that has one, by the secret's key."""
    rows = Rotation.objects.open().filter(secret__in=list(secrets)).select_related("account", "secret", "old", "new")
    return {row.secret_id: row for row in rows if row.secret_id is not None}

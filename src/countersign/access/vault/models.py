"""Secrets, sealed. No row here can be read without the broker."""
from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from countersign.access.grants.models import Account
from countersign.access.vault.states import ROTATION, SEEN, RotationState, RotationWay, SecretKind, Way
from countersign.base.tables import Living


class SecretVersionQuerySet(models.QuerySet["SecretVersion"]):
    """Versions, named for what they hold."""

    def newest(self, account: Account) -> SecretVersion | None:
        """The version in use for an account, if there is one."""
        return self.filter(account=account, ended_at__isnull=True).order_by("-version").first()

    def ending_before(self, moment: object) -> Self:
        """Those in use that the network ends by then."""
        return self.filter(ended_at__isnull=True, expires_at__lte=moment)


class SecretVersion(models.Model):
    """One version of an account's credentials, sealed for that account, that field and that number."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="secrets")
    version = models.PositiveIntegerField()
    sealed = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SecretVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "version"], name="each_version_of_a_secret_once")]

    def __str__(self) -> str:
        return f"version {self.version} of a secret"


class Connection(models.Model):
    """A sign-in at a network that has begun: what the callback must bring back, once, within ten minutes."""

    state = models.CharField(max_length=64, unique=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    network = models.CharField(max_length=30)
    account_uid = models.UUIDField()
    reconnects = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    pending = models.TextField()
    begun_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Secret(models.Model):
    """Something secret of an account beside the key that we hold there: its password, a seed, codes, a key for a program.

    `label` tells several of a kind apart; for an app password it is what the network calls it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="kept_secrets")
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in SecretKind])
    label = models.CharField(max_length=80, blank=True)
    is_critical = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind", "label"], name="one_secret_of_a_name")]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}".strip()


class SealedVersionQuerySet(models.QuerySet["SealedVersion"]):
    """Versions of secrets, named for what they hold."""

    def current(self) -> Self:
        """Those in use."""
        return self.filter(current_from__isnull=False, ended_at__isnull=True)


class SealedVersion(models.Model):
    """One version of a secret, sealed for that organisation, account, secret, kind and number.

    A version that a rotation has made and that the network may not know yet has no `current_from`.
    """

    secret = models.ForeignKey(Secret, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80, blank=True)  # what the network calls it, where it has a name there
    sealed = models.TextField()
    made_at = models.DateTimeField()
    current_from = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SealedVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["secret", "version"], name="each_version_of_a_kept_secret_once"),
            models.UniqueConstraint(
                fields=["secret"], condition=Q(current_from__isnull=False, ended_at__isnull=True),
                name="a_secret_has_one_current_version",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def is_current(self) -> bool:
        """Whether it is the one in use."""
        return self.current_from is not None and self.ended_at is None


class ExposureQuerySet(models.QuerySet["Exposure"]):
    """Exposures, named for what they hold."""

    def that_still_count(self) -> Self:
        """Those in which a version was really seen that may still open something: it is in use, or nothing has proven yet that
        the network refuses it. A word that it was changed ends nothing."""
        number = OuterRef("version__version")
        proven = Rotation.objects.filter(secret=OuterRef("version__secret"), state=RotationState.CONFIRMED)
        is_dead = Exists(proven.filter(Q(old__version__gte=number) | Q(new__version__gt=number)))
        seen = self.filter(way__in=SEEN, version__current_from__isnull=False, version__secret__retired_at__isnull=True)
        return seen.filter(~is_dead)


class Exposure(models.Model):
    """The fact that a person came to know a version of a secret, or was given a code made from it; never taken back."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exposures")
    version = models.ForeignKey(SealedVersion, models.PROTECT, related_name="exposures")
    way = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Way])
    at = models.DateTimeField()
    session = models.UUIDField(null=True)
    device = models.UUIDField(null=True, db_index=True)
    purpose = models.CharField(max_length=400, blank=True)

    objects = ExposureQuerySet.as_manager()


class RotationQuerySet(models.QuerySet["Rotation"]):
    """Rotations, named for what they hold."""

    def open(self) -> Self:
        """Those that are not confirmed."""
        return self.exclude(state=RotationState.CONFIRMED)

    def overdue(self, at: datetime) -> Self:
        """Those whose time has passed and whose secret was not even changed."""
        return self.filter(due_at__lte=at, state__in=[RotationState.DUE, RotationState.CHANGING, RotationState.BY_HAND])


class Rotation(Living):
    """The replacement of a secret, with proof; without a secret, of the key that we hold at the network ourselves.

    `alive_until` is the moment until which something that was signed in before goes on all the same.
    """

    lifecycle = ROTATION

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="rotations")
    secret = models.ForeignKey(Secret, models.PROTECT, null=True, related_name="rotations")
    way = models.CharField(max_length=20, choices=[(one.value, one.value) for one in RotationWay], blank=True)
    why = models.CharField(max_length=400)
    opened_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    old = models.ForeignKey(SealedVersion, models.PROTECT, null=True, related_name="+")
    new = models.ForeignKey(SealedVersion, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True)
    alive_until = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    evidence = models.JSONField(default=dict)
    again_by = models.DateTimeField(null=True)  # the new one was seen as well: replaced once more, by then

    objects = RotationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["secret"], condition=~Q(state=RotationState.CONFIRMED), name="one_open_rotation_of_a_secret"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(secret__isnull=True) & ~Q(state=RotationState.CONFIRMED),
                name="one_open_rotation_of_an_account_s_own_key",
            ),
            models.CheckConstraint(
                condition=~Q(state=RotationState.CONFIRMED) | ~Q(evidence={}), name="nothing_is_confirmed_without_proof"
            ),
        ]

    def __str__(self) -> str:
        return f"rotation {self.uid}"

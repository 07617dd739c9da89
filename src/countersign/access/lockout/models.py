"""Cases of locking, and what goes with them. The locks themselves are rows of `people`."""
from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from countersign.access.grants.models import Account
from countersign.access.lockout.states import OF_DEPARTURES, WORKERS, StepKind, Way
from countersign.people.models import Device, Lock


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, named for what they hold."""

    def to_begin(self, at: datetime) -> Self:
        """Those whose time has come and that have not begun."""
        return self.filter(begun_at=None, since__lte=at, cancelled_at=None)

    def under_way(self) -> Self:
        """Those that have begun and in which something is still to be done."""
        return self.filter(begun_at__isnull=False, done_at=None)

    def for_the_worker(self) -> Self:
        """Those under way in which the next thing is the worker's, not a person's."""
        open_steps = Step.objects.filter(case=OuterRef("pk"), done_at=None)
        is_ours = Q(answered_at=None) | Exists(open_steps.filter(kind__in=WORKERS)) | ~Exists(open_steps)
        return self.under_way().filter(is_ours)


class Case(models.Model):
    """One occasion of locking: who, why, what, and how it went. `since` may lie ahead.

    `answered_at` is when the broker had answered that nothing begins any more, `done_at` when no step was left.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    way = models.CharField(max_length=20, choices=[(way.value, way.value) for way in Way])
    reason = models.CharField(max_length=400)
    opened_by = models.CharField(max_length=60)  # the label of who locked
    opener = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # None: a visitor, a program
    opened_at = models.DateTimeField()
    since = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)  # lifted before it began

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["since"], condition=Q(begun_at=None, cancelled_at=None), name="cases_to_begin"),
            models.Index(fields=["begun_at"], condition=Q(done_at=None), name="cases_under_way"),
        ]

    def __str__(self) -> str:
        return f"case {self.uid}"

    @property
    def label(self) -> str:
        """How the log names it."""
        return f"case:{self.uid}"

    def waits_for_departure(self, at: datetime) -> bool:
        """Whether a departure has planned it and it has not begun: then moving or cancelling that departure ends it, nothing else."""
        return self.opened_by == OF_DEPARTURES and self.begun_at is None and self.since > at


class Hold(models.Model):
    """One lock of a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    lock = models.OneToOneField(Lock, models.PROTECT, related_name="hold")


class StepQuerySet(models.QuerySet["Step"]):
    """Steps, named for what they hold."""

    def waiting(self, *kinds: StepKind) -> Self:
        """Those of these kinds that are to be done now."""
        return self.filter(kind__in=kinds, done_at=None, case__begun_at__isnull=False)


class Step(models.Model):
    """Something a lock sets going, and when it was done; `count` says how many it concerned."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in StepKind])
    done_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind"], condition=Q(done_at=None), name="steps_to_do")]
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="a_case_has_each_step_once")]


class App(models.Model):
    """A network's own app that is signed in on a device: whoever holds the phone can post with it, past every lock of ours."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="apps")
    network = models.CharField(max_length=40)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="apps")  # None: one we do not manage
    handle = models.CharField(max_length=120, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.network} on {self.device}"


class SignOut(models.Model):
    """A task for a person: sign one app out everywhere, at the network."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="sign_outs")
    app = models.ForeignKey(App, models.PROTECT, related_name="sign_outs")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "app"], name="each_app_is_signed_out_once_a_case")]


class Card(models.Model):
    """A printed code that locks its owner and can do nothing else. Only its hash is kept."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cards")
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="a_person_has_one_card"),
        ]


class Guesses(models.Model):
    """How many wrong lock-only codes came from one address within a window; without an address, from everywhere."""

    where = models.CharField(max_length=64, blank=True)  # keyed hash of the address
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "guesses"
        constraints = [models.UniqueConstraint(fields=["where", "since"], name="guesses_are_counted_in_one_row")]


class Drill(models.Model):
    """One rehearsal and its figures, in milliseconds from the lock's commit: the first check that refused, the broker's answer."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="drill")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drilled_at = models.DateTimeField()
    checks = models.PositiveIntegerField()  # that were let through before the lock's commit
    refused_after = models.FloatField()
    answered_after = models.FloatField()

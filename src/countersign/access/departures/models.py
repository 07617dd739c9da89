"""Departures, the rotations they opened, and what a person must look at by hand."""
from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from countersign.access.departures.states import DEPARTURE, Answer, DepartureState, TaskKind, Way
from countersign.access.grants.models import Account
from countersign.access.vault.models import Rotation
from countersign.base.tables import Living
from countersign.people.models import Device, Lock

_UNDER_WAY = (DepartureState.PLANNED, DepartureState.OPEN)


class DepartureQuerySet(models.QuerySet["Departure"]):
    """Departures, named for what they hold."""

    def under_way(self) -> Self:
        """Those that are planned or open."""
        return self.filter(state__in=_UNDER_WAY)

    def to_open(self, at: datetime) -> Self:
        """Those whose time has come."""
        return self.filter(state=DepartureState.PLANNED, starts_at__lte=at)


class Departure(Living):
    """Somebody leaves: who, when, why, who takes over, and how far it is.

    `lock` is what denies them everything from `starts_at` on, by the database's own clock, whether or not a worker runs.
    `ended` says what ended when it was opened. `certificate` is frozen at closing; its digest stands in the log.
    """

    lifecycle = DEPARTURE

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="departures")
    heir = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    way = models.CharField(max_length=20, choices=[(way.value, way.value) for way in Way])
    why = models.CharField(max_length=400)
    planned_by = models.CharField(max_length=60)  # the label of who planned it
    planner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # None: a program
    planned_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    lock = models.ForeignKey(Lock, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    ended = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    certificate = models.JSONField(default=dict)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["starts_at"], condition=Q(state=DepartureState.PLANNED), name="departures_to_open")]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state__in=_UNDER_WAY), name="one_departure_of_a_person_at_a_time"),
            models.CheckConstraint(condition=Q(heir=None) | ~Q(heir=F("person")), name="nobody_takes_over_from_themselves"),
            models.CheckConstraint(
                condition=~Q(state=DepartureState.CLOSED) | Q(closed_by__isnull=False) & ~Q(certificate={}),
                name="nothing_is_closed_without_a_certificate",
            ),
        ]

    def __str__(self) -> str:
        return f"departure {self.uid}"


class Opened(models.Model):
    """A rotation that a departure opened, or found open: it closes only with its proof."""

    departure = models.ForeignKey(Departure, models.PROTECT, related_name="opened")
    rotation = models.ForeignKey(Rotation, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "opened"
        constraints = [models.UniqueConstraint(fields=["departure", "rotation"], name="a_departure_names_a_rotation_once")]


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks, named for what they hold."""

    def waiting(self) -> Self:
        """Those nobody has answered."""
        return self.filter(answer="")


class Task(models.Model):
    """Something that no interface tells: an officer looks, and answers with their name."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    departure = models.ForeignKey(Departure, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in TaskKind])
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    hint = models.CharField(max_length=200, blank=True)  # what is known already, such as an address that is theirs
    answer = models.CharField(max_length=20, blank=True, choices=[(one.value, one.value) for one in Answer])
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["departure", "kind", "account"], name="each_account_is_asked_about_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | ~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="an_answer_has_somebody_who_gave_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.departure}"

"""What was seen of an account's second factor, by whom and until when it counts; and what stands in for it for a while."""
from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from countersign.access.evidence.states import Grounds, Seen, Source, Told
from countersign.access.grants.models import Account
from countersign.people.models import Person


class Picture(models.Model):
    """A picture that two people put beside a statement: as it came, and sealed. Only the broker can open it."""

    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    sealed = models.TextField()
    taken_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "sha256"], name="a_picture_is_kept_once_an_account")]

    def __str__(self) -> str:
        return self.sha256[:16]


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Looks at an account's second factor."""

    def standing(self, at: datetime) -> EvidenceQuerySet:
        """Those that show at a moment that it is on."""
        return self.filter(seen=Seen.ON, ended_at__isnull=True, seen_at__lte=at, ends_at__gt=at)


class Evidence(models.Model):
    """One dated look at the second factor of an account at its network. It counts until its end, or until it is contradicted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="evidence")
    source = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Source])
    seen = models.CharField(max_length=5, choices=[(one.value, one.value) for one in Seen])
    seen_at = models.DateTimeField()
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=100)  # the actor's label
    words = models.CharField(max_length=400, blank=True)
    ends_at = models.DateTimeField(null=True)  # None where it was seen to be off: that does not grow old
    ended_at = models.DateTimeField(null=True)  # contradicted
    proposal = models.UUIDField(null=True)  # the act of two people, for a statement
    picture = models.ForeignKey(Picture, models.PROTECT, null=True, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "ends_at"], name="evidence_by_account_and_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(seen=Seen.OFF, ends_at__isnull=True) | Q(seen=Seen.ON, ends_at__gt=F("seen_at")),
                name="evidence_that_it_is_on_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(source=Source.STATEMENT) | Q(proposal__isnull=False), name="a_statement_takes_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"evidence:{self.uid}"


class AllowanceQuerySet(models.QuerySet["Allowance"]):
    """What stands in for evidence."""

    def in_force(self, at: datetime) -> AllowanceQuerySet:
        """Those that count at a moment."""
        return self.filter(ended_at__isnull=True, given_at__lte=at, ends_at__gt=at)


class Allowance(models.Model):
    """An account may publish for a while without evidence: two officers said so, or it has its first days."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="allowances")
    grounds = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Grounds])
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    proposal = models.UUIDField(null=True)

    objects = AllowanceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "ends_at"], name="allowances_by_account_and_end")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("given_at")), name="an_allowance_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(grounds=Grounds.EXCEPTED) | Q(proposal__isnull=False), name="an_exception_takes_two_officers"
            ),
            models.UniqueConstraint(
                fields=["account", "grounds"], condition=~Q(grounds=Grounds.EXCEPTED), name="first_days_come_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grounds} until {self.ends_at}"


class Look(models.Model):
    """When a network was last asked by API how an account is protected, and what came of it."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="look")
    asked_at = models.DateTimeField()
    told = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Told])
    why = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.told} at {self.asked_at}"

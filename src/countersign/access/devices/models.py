"""What stands beside a device: the exception under which its passkey signs, and what device management says of it."""
from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models

from countersign.access.devices.states import PostureState
from countersign.people.models import Device, Person


class AllowanceQuerySet(models.QuerySet["Allowance"]):
    """Exceptions."""

    def in_force(self, at: datetime) -> AllowanceQuerySet:
        """Those under which a passkey may sign now."""
        return self.filter(ends_at__gt=at)


class Allowance(models.Model):
    """A passkey that its maker copies to other devices may sign until a day, because two people accepted that."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="allowances")
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True)
    proposal = models.UUIDField(null=True)  # the act of two; None: given by the upgrade that brought the rule

    objects = AllowanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("given_at")), name="an_exception_ends_after_it_begins"
            ),
        ]


class PostureKey(models.Model):
    """The key by which a device management signs what it reports; the secret is sealed and only the broker can open it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    sealed = models.TextField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Report(models.Model):
    """One report that was taken, by the sender's own number, so that it is taken once."""

    key = models.ForeignKey(PostureKey, on_delete=models.CASCADE, related_name="reports")
    number = models.CharField(max_length=200)
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "number"], name="a_report_is_taken_once")]


class Posture(models.Model):
    """What device management says of one device, under the number by which it knows it."""

    device = models.OneToOneField(Device, on_delete=models.PROTECT, related_name="posture")
    tag = models.CharField(max_length=120, unique=True)  # a serial number, an asset tag: whatever the reports name
    state = models.CharField(max_length=20, default=PostureState.UNKNOWN, choices=[(one.value, one.value) for one in PostureState])
    said_at = models.DateTimeField(null=True)  # when device management looked
    received_at = models.DateTimeField(null=True)
    source = models.ForeignKey(PostureKey, on_delete=models.PROTECT, null=True, related_name="+")

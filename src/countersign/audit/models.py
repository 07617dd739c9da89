"""The tables of the log: its entries, the edge of its tree, its checkpoints.

Rows of `Entry` are added by `recording` and never changed, but for `salt` and `personal`, which `erasing` empties. The
database does not enforce that; the tree shows it when it happened.
"""
from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One thing that happened.

    `leaf` is the entry: canonical JSON, the bytes under the tree. The columns beside it repeat what pages search by.
    `personal` is canonical JSON of what may be erased, `salt` what keys its hash in the leaf; both empty once erased.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    event = models.CharField(max_length=60)
    matter = models.CharField(max_length=120)
    account = models.CharField(max_length=36, blank=True)
    leaf = models.TextField()
    leaf_hash = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=16, null=True)
    personal = models.TextField(null=True)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(
                name="audit_personal_data_has_its_salt",
                condition=models.Q(salt__isnull=True, personal__isnull=True)
                | models.Q(salt__isnull=False, personal__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["actor", "number"], name="audit_by_actor"),
            models.Index(fields=["matter", "number"], name="audit_by_matter"),
            models.Index(fields=["account", "number"], name="audit_by_account"),
            models.Index(fields=["event", "number"], name="audit_by_event"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.event} {self.matter} by {self.actor}"


class Frontier(models.Model):
    """The edge of the tree, in one row: how many leaves there are, and the roots of the perfect subtrees over them."""

    ONLY: int = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    size = models.PositiveBigIntegerField(default=0)
    peaks = models.BinaryField(default=bytes)

    class Meta:
        constraints = [models.CheckConstraint(name="audit_has_one_frontier", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"{self.size} entries"


class Checkpoint(models.Model):
    """A signed line under the log: `note` is the whole text, in the form of a C2SP checkpoint."""

    size = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    note = models.TextField()

    def __str__(self) -> str:
        return f"after {self.size} entries"

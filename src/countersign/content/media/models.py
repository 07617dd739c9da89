"""Pictures that were taken in: what will be published of each, and what was taken out of it."""
from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class File(models.Model):
    """One cleaned picture, as one person took it in. The bytes are in the store, under `sha256`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    taken_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="files")
    taken_in_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, db_index=True)  # of the cleaned rendition, hexadecimal
    mime = models.CharField(max_length=40)
    width = models.PositiveIntegerField()  # pixels
    height = models.PositiveIntegerField()
    frames = models.PositiveIntegerField(default=1)
    size = models.PositiveIntegerField()  # bytes
    traces = models.JSONField(default=list)  # what was removed; see telling.Trace. Personal
    changes = models.JSONField(default=list)  # what was done to the picture; see telling.Change
    original_sha256 = models.CharField(max_length=64)  # names the sealed original in the store as well
    original_format = models.CharField(max_length=10)
    original_size = models.PositiveIntegerField()  # bytes

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["taken_in_by", "original_sha256"], name="a_person_takes_in_the_same_picture_once"
            ),
            models.CheckConstraint(
                condition=models.Q(size__gt=0, width__gt=0, height__gt=0, frames__gt=0), name="a_file_is_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mime} {self.width} × {self.height}"

"""What people have been told."""
from __future__ import annotations

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """The fact that a person was told of a matter; each once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    matter = models.CharField(max_length=100)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "matter"], name="each_notice_once")]

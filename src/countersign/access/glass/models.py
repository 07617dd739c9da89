"""Our copy of what one person asks for alone, for pages and mails. The broker does not read it."""
from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.db import models

from countersign.access.glass.states import GLASS, GlassState
from countersign.access.vault.models import Secret
from countersign.base.tables import Living
from countersign.people.models import Person


class GlassQuerySet(models.QuerySet["Glass"]):
    """Glasses, named for what they hold."""

    def waiting(self, at: datetime) -> Self:
        """Those that somebody asks to break, or may break now."""
        return self.filter(state=GlassState.ASKED, ends_at__gt=at)


class Glass(Living):
    """One person asks to be shown a secret without a second one."""

    lifecycle = GLASS

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    secret = models.ForeignKey(Secret, models.PROTECT, related_name="glasses")
    versions = models.JSONField()
    reason = models.CharField(max_length=400, blank=True)  # empty where the words never arrived here
    digest = models.CharField(max_length=64)  # of the words, as it was signed
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ripe_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = GlassQuerySet.as_manager()

    def __str__(self) -> str:
        return f"glass:{self.uid}"

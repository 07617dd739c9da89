"""The charter: versions, and the clauses that decisions cite."""
from __future__ import annotations

from django.db import models

from countersign.base.tables import Living
from countersign.policy.charter.states import CHARTER


class Charter(Living):
    """One version of the published rules."""

    lifecycle = CHARTER

    version = models.PositiveIntegerField(unique=True)
    title = models.JSONField()
    preamble = models.JSONField()
    adopted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"charter:{self.version}"


class Clause(models.Model):
    """One rule. Texts are objects with the keys en, fr, nl and de; `stays` says that what it describes is welcome."""

    charter = models.ForeignKey(Charter, models.PROTECT, related_name="clauses")
    code = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField()
    stays = models.BooleanField(default=False)
    deed = models.CharField(max_length=20)
    title = models.JSONField()
    words = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charter", "code"], name="each_clause_once_in_a_version")]

    def __str__(self) -> str:
        return f"clause {self.code}"

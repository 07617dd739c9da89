"""Tells Django about this package."""
from __future__ import annotations

from django.apps import AppConfig


class Config(AppConfig):
    """`countersign.access.evidence`."""

    name = "countersign.access.evidence"
    label = "evidence"

    def ready(self) -> None:
        """Tell the gate who watches over the second factor, and `review` our acts."""
        from countersign.access.evidence import excepting, standing, stating
        from countersign.access.grants import conditions
        from countersign.access.grants.states import ConditionKind

        conditions.watch(ConditionKind.SECOND_FACTOR, standing.meeting)
        excepting.register()
        stating.register()

"""The pages of recovery: of accounts and their drills, of mailboxes and domains, of unexplained events."""
from __future__ import annotations

from countersign.base.errors import CountersignError
from countersign.web.errors import said


def words_of(error: CountersignError) -> str:
    """What went wrong and what to do, in the reader's language."""
    return f"{said(error.template, error.facts)} {said(error.remedy_template, error.facts)}".strip()

"""Noting what was seen of an account's second factor: that it is on, or that it is off after all.

Packages above note what they see: a mail (`recovery`), a drill, a code that let somebody in. What was seen to be off
ends at once whatever showed that it was on.
"""
from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from countersign.access.evidence import rules
from countersign.access.evidence.models import Allowance, Evidence, Picture
from countersign.access.evidence.states import Grounds, Seen, Source
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import Actor
from countersign.review.models import Proposal


def note(
    actor: Actor, account: Account, source: Source, *, seen_at: datetime, words: str = "", at: datetime
) -> Evidence:
    """Note that the second factor was seen to be on; not for statements, which take two people.

    A look from before it was last seen off is kept and counts for nothing.
    """
    with recorded(actor, at=at, matter=account_label(account), account=account):
        gate.require(actor, Right.EVIDENCE_NOTE, on=account)
        if source is Source.STATEMENT:
            raise ValueError("A statement takes two people.")
        return keep(actor, account, source, seen_at=seen_at, words=words, at=at)


def contradict(actor: Actor, account: Account, source: Source, *, seen_at: datetime, words: str = "", at: datetime) -> Evidence:
    """Note that the second factor was seen to be off. What showed that it was on before that ends at once; so do the first
    days of an account whose second factor had been shown. An exception of two officers stays."""
    with recorded(actor, at=at, matter=account_label(account), account=account) as record:
        gate.require(actor, Right.EVIDENCE_NOTE, on=account)
        shown = Evidence.objects.filter(account=account, seen=Seen.ON, seen_at__lte=seen_at)
        if shown.exists():
            end_first_days(account, at)
        shown.filter(ended_at__isnull=True).update(ended_at=at)
        record("evidence.contradicted", account_label(account), account=account, source=source)
        return Evidence.objects.create(
            account=account, source=source, seen=Seen.OFF, seen_at=seen_at, noted_at=at, noted_by=actor.label, words=words[:400]
        )


def keep(
    actor: Actor, account: Account, source: Source, *, seen_at: datetime, words: str, at: datetime,
    proposal: Proposal | None = None, picture: Picture | None = None,
) -> Evidence:  # fmt: skip
    """Keep a look inside the change of an action that asked. The first one ends the account's first days."""
    off_at = Evidence.objects.filter(account=account, seen=Seen.OFF).aggregate(last=Max("seen_at"))["last"]
    is_overtaken = rules.is_overtaken(seen_at, off_at=off_at)
    kept = Evidence.objects.create(
        account=account, source=source, seen=Seen.ON, seen_at=seen_at, noted_at=at, noted_by=actor.label, words=words[:400],
        ends_at=rules.ends_at(source, seen_at), ended_at=at if is_overtaken else None,
        proposal=proposal.uid if proposal else None, picture=picture,
    )
    with recorded(actor, at=at) as record:
        event = "evidence.late" if is_overtaken else "evidence.noted"
        until = kept.ends_at.isoformat() if kept.ends_at else ""
        record(
            event, account_label(account), account=account, source=source, until=until,
            proposal=str(proposal.uid) if proposal else "", picture=picture.sha256 if picture else "",
        )  # fmt: skip
    if not is_overtaken:
        end_first_days(account, at)
    return kept


def end_first_days(account: Account, at: datetime) -> None:
    """End the first days of an account; they are never given twice."""
    first = [Grounds.FIRST_DAYS, Grounds.UPGRADE]
    Allowance.objects.filter(account=account, grounds__in=first, ended_at__isnull=True).update(ended_at=at)


def account_label(account: Account) -> str:
    """How the log names an account."""
    return f"account:{account.uid}"

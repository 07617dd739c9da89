"""What can be locked, by whom, and how often somebody may be wrong. Plain Python."""
from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign.access.lockout.states import ORDER, StepKind
from countersign.base.errors import Invalid, Refused
from countersign.base.words import _
from countersign.people import codes
from countersign.people.states import LockKind

DOMAIN = b"countersign/lock-only/v1\0"
WINDOW = timedelta(minutes=10)  # over which wrong lock-only codes are counted
FEW = 5  # wrong codes from one address that are answered like any mistake
FEW_WHEN_MANY = 1  # the same while codes are being tried from everywhere
MANY = 200  # wrong codes from everywhere within the window
TWICE = timedelta(minutes=10)  # within which the owner's second report shows the first
COLLEAGUE_LOCKS = 3  # people a colleague may lock within an hour; an officer any number
COLLEAGUE_WINDOW = timedelta(hours=1)
AHEAD = timedelta(days=366)  # how far ahead a lock may begin
DRILL_EVERY = timedelta(days=91)


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One thing to lock: a person, device, session or account by its UUID, a network by its name, or everything."""

    kind: LockKind
    uid: str = ""
    network: str = ""

    @property
    def label(self) -> str:
        """How the log names it."""
        return f"{self.kind}:{self.uid or self.network}" if self.kind != LockKind.EVERYTHING else "everything"


def require_whole(targets: Sequence[Target], reason: str, *, since: datetime, at: datetime) -> None:
    """Raise Invalid unless there is something to lock, with a reason, now or within a year."""
    if not targets:
        raise Invalid(_("Choose what to lock."), field="targets")
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    if since > at + AHEAD:
        raise Invalid(_("That is more than a year ahead."), field="since")


def require_few_locks(count: int) -> None:
    """Refuse a colleague who has locked many people within the hour: that takes an officer."""
    if count >= COLLEAGUE_LOCKS:
        raise Refused(
            _("You have locked {count} people within the hour."), remedy=_("Ask a security officer for more."), count=count
        )


def steps_for(targets: Iterable[Target]) -> tuple[StepKind, ...]:
    """What locking these sets going."""
    kinds = {target.kind for target in targets}
    found = {StepKind.BROKER, StepKind.RELEASES, StepKind.TOLD}
    if kinds & {LockKind.PERSON, LockKind.DEVICE, LockKind.SESSION, LockKind.EVERYTHING}:
        found |= {StepKind.SESSIONS}
    if kinds & {LockKind.PERSON, LockKind.EVERYTHING}:
        found |= {StepKind.KEYS}
    if kinds & {LockKind.PERSON, LockKind.DEVICE}:
        found |= {StepKind.PROPOSALS, StepKind.SIGNATURES, StepKind.TOKENS, StepKind.ROTATIONS}
    return tuple(kind for kind in ORDER if kind in found)


def code_hash(code: str) -> str:
    """The hash of a lock-only code that is kept; 80 random bits need neither salt nor a slow one."""
    return hashlib.sha256(DOMAIN + codes.normal(code).encode()).hexdigest()


def is_same(found: str, wanted: str) -> bool:
    """Whether two hashes are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(found, wanted)


def is_too_many(*, from_where: int, from_everywhere: int) -> bool:
    """Whether wrong codes from an address are now turned away without a word about the code."""
    return from_where >= (FEW_WHEN_MANY if from_everywhere >= MANY else FEW)


def is_told(count: int, *, more: int = 1) -> bool:
    """Whether the log says now how many wrong codes there were: when 1, 10, 100 … are passed, so that nobody can fill it."""
    return len(str(count)) > len(str(count - more)) or count == more

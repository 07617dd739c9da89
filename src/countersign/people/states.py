"""The life of a person in the product, and why a session ends."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class PersonState(StrEnum):
    """Where a person stands."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


S = PersonState

PERSON = Lifecycle(
    start=S.INVITED,
    moves={S.INVITED: {S.ACTIVE, S.LEFT}, S.ACTIVE: {S.SUSPENDED, S.LEFT}, S.SUSPENDED: {S.ACTIVE, S.LEFT}},
)


class Ending(StrEnum):
    """Why a session ended."""

    AGE = "age"
    ELSEWHERE = "elsewhere"
    IDLE = "idle"
    LOCKED = "locked"
    PERSON = "person"
    REPLACED = "replaced"
    SIGNED_OUT = "signed_out"


class Purpose(StrEnum):
    """What an enrolment link is for."""

    FIRST_OFFICER = "first_officer"
    INVITATION = "invitation"
    RECOVERY = "recovery"


class LockKind(StrEnum):
    """What a lock denies."""

    ACCOUNT = "account"
    EVERYTHING = "everything"
    NETWORK = "network"
    PERSON = "person"
    SESSION = "session"

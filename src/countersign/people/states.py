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


class DeviceState(StrEnum):
    """Where a device stands."""

    ASKED = "asked"
    ENROLLED = "enrolled"
    REFUSED = "refused"
    RETIRED = "retired"


DEVICE = Lifecycle(
    start=DeviceState.ASKED,
    moves={
        DeviceState.ASKED: {DeviceState.ENROLLED, DeviceState.REFUSED},
        DeviceState.ENROLLED: {DeviceState.RETIRED},
    },
)


class DeviceKind(StrEnum):
    """What a device is."""

    COMPUTER = "computer"
    KEY = "key"
    PHONE = "phone"
    TABLET = "tablet"


class Owner(StrEnum):
    """Whose a device is."""

    COMPANY = "company"
    PRIVATE = "private"


class LockState(StrEnum):
    """Where a lock stands. One person locks, two lift."""

    LOCKED = "locked"
    LIFTING = "lifting"
    LIFTED = "lifted"


LOCK = Lifecycle(
    start=LockState.LOCKED,
    moves={
        LockState.LOCKED: {LockState.LIFTING},
        LockState.LIFTING: {LockState.LOCKED, LockState.LIFTED},
    },
)


class Ending(StrEnum):
    """Why a session ended."""

    AGE = "age"
    DEVICE = "device"
    ELSEWHERE = "elsewhere"
    IDLE = "idle"
    LOCKED = "locked"
    PERSON = "person"
    PROVIDER = "provider"
    REPLACED = "replaced"
    SIGNED_OUT = "signed_out"
    STRANGE = "strange"


class Purpose(StrEnum):
    """What an enrolment link is for."""

    FIRST_OFFICER = "first_officer"
    INVITATION = "invitation"
    RECOVERY = "recovery"


class LockKind(StrEnum):
    """What a lock denies."""

    ACCOUNT = "account"
    DEVICE = "device"
    EVERYTHING = "everything"
    NETWORK = "network"
    PERSON = "person"
    SESSION = "session"

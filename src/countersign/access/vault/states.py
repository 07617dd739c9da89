"""The life of a rotation; the kinds of secrets, and the ways in which somebody comes to know one."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class SecretKind(StrEnum):
    """What a secret is. The word is also the field that its sealed versions are bound to."""

    API_KEY = "api_key"  # an app password, or a key for a program
    PASSWORD = "password"  # noqa: S105  # the account's own
    RECOVERY_CODES = "recovery_codes"
    TOKEN = "token"  # noqa: S105  # for programs alone
    TOTP_SEED = "totp_seed"


SHOWABLE = frozenset({SecretKind.API_KEY, SecretKind.PASSWORD, SecretKind.RECOVERY_CODES})


class Way(StrEnum):
    """How somebody came to know a version of a secret, or something made from it."""

    CHECKED_OUT = "checked_out"
    CODE = "code"  # a code of thirty seconds: the seed itself was not seen
    DEVICE = "device"  # a network's own app on a device holds it
    ENTERED = "entered"


SEEN = frozenset({Way.CHECKED_OUT, Way.DEVICE, Way.ENTERED})


class RotationState(StrEnum):
    """Where a rotation stands. *Changed* becomes *confirmed* only by proof."""

    DUE = "due"
    CHANGING = "changing"
    BY_HAND = "by_hand"
    UNCONFIRMED = "unconfirmed"  # it is not known whether it was changed, or the old one lives on until a known moment
    CHANGED = "changed"
    CONFIRMED = "confirmed"


S = RotationState

ROTATION = Lifecycle(
    start=S.DUE,
    moves={
        S.DUE: {S.CHANGING},
        S.CHANGING: {S.BY_HAND, S.CHANGED, S.DUE, S.UNCONFIRMED},
        S.BY_HAND: {S.CHANGED},
        S.UNCONFIRMED: {S.BY_HAND, S.CHANGED},
        S.CHANGED: {S.BY_HAND, S.CONFIRMED},
    },
)


class RotationWay(StrEnum):
    """How a secret is replaced."""

    BY_API = "by_api"
    BY_HAND = "by_hand"
    BY_MAIL = "by_mail"
    TOKENS = "tokens"

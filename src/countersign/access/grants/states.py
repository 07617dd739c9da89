"""The life of an account's connection, and the kinds of conditions."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class AccountState(StrEnum):
    """Whether we hold a key that the network takes."""

    CONNECTED = "connected"
    REFUSED = "refused"  # the network definitely refused our key
    DISCONNECTED = "disconnected"  # we gave the key back


S = AccountState

ACCOUNT = Lifecycle(
    start=S.CONNECTED,
    moves={
        S.CONNECTED: {S.CONNECTED, S.REFUSED, S.DISCONNECTED},
        S.REFUSED: {S.CONNECTED, S.DISCONNECTED},
        S.DISCONNECTED: {S.CONNECTED},
    },
)


class GroupSource(StrEnum):
    """Who says that somebody is in a group."""

    SCIM = "scim"  # the company's directory
    SIGN_ON = "sign_on"  # the provider, whenever they sign in


class ConditionKind(StrEnum):
    """What may have to be true of a person or an account before a right may be used."""

    SECOND_FACTOR = "second_factor"  # of an account: there is fresh evidence of the network's own second factor

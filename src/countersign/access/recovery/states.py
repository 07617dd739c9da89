"""The lives of a mailbox, an unexplained event and a reset drill; kinds of contacts and of mails. Plain Python."""
from __future__ import annotations

from enum import StrEnum

from countersign.base.lifecycle import Lifecycle


class ContactKind(StrEnum):
    """By what an account can be had back at its network."""

    ADMINISTRATOR = "administrator"  # somebody else who may change it there
    MAIL = "mail"
    PHONE = "phone"


class Source(StrEnum):
    """Who says so."""

    API = "api"
    BY_HAND = "by_hand"


class MailboxState(StrEnum):
    """Whether we can read a role mailbox. The two troubles want different people: one a password, the other a server."""

    WATCHED = "watched"
    SILENT = "silent"  # not read for a quarter of an hour: the server cannot be reached
    SHUT = "shut"  # the server answers, and takes neither password nor token
    ENDED = "ended"


M = MailboxState

MAILBOX = Lifecycle(
    start=M.WATCHED,
    moves={
        M.WATCHED: {M.SILENT, M.SHUT, M.ENDED},
        M.SILENT: {M.WATCHED, M.SHUT, M.ENDED},
        M.SHUT: {M.WATCHED, M.SILENT, M.ENDED},
    },
)


class DrillState(StrEnum):
    """Where a reset drill stands."""

    ANNOUNCED = "announced"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"


D = DrillState

DRILL = Lifecycle(start=D.ANNOUNCED, moves={D.ANNOUNCED: {D.PASSED, D.FAILED, D.CANCELLED}})


class EventState(StrEnum):
    """What was answered to an unexplained event."""

    OPEN = "open"
    OURS = "ours"
    NOT_OURS = "not_ours"


E = EventState

EVENT = Lifecycle(start=E.OPEN, moves={E.OPEN: {E.OURS, E.NOT_OURS}, E.OURS: {E.NOT_OURS}})


class Outcome(StrEnum):
    """What became of a mail in the role mailbox."""

    EXPLAINED = "explained"
    FORGED = "forged"
    NOTED = "noted"  # a network wrote it, about nothing that matters here
    REPEATED = "repeated"  # the very same mail has been here before
    UNEXPLAINED = "unexplained"


class Because(StrEnum):
    """Which entry of our ledger explains a mail."""

    ANNOUNCEMENT = "announcement"
    CHECK_OUT = "check_out"
    CONNECTION = "connection"
    DRILL = "drill"
    ROTATION = "rotation"


# What an unexplained event may be about: the kinds of `inspection.mails`, and what an API tells.
MAIL_KINDS = (
    "account_suspended", "address_changed", "administrator_added", "code", "invitation", "new_application", "new_login",
    "password_changed", "phone_changed", "reset", "second_factor_changed", "second_factor_off",
)  # fmt: skip
ADDRESS_DIFFERS, ADDRESS_UNCONFIRMED = "address_differs", "address_unconfirmed"
API_KINDS = (ADDRESS_DIFFERS, ADDRESS_UNCONFIRMED)
FREEZING = frozenset({"address_changed", "second_factor_off"})  # unexplained, they lock the account unless it is told not to

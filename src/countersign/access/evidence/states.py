"""Where evidence comes from, what it says, and why an account may publish without any."""
from __future__ import annotations

from enum import StrEnum


class Source(StrEnum):
    """Who or what saw it."""

    API = "api"  # the network's own answer to our key
    MAIL = "mail"  # the network's own mail, proven to be its, in the role mailbox
    DRILL = "drill"  # a rehearsed sign-in that was asked for the second factor
    LEDGER = "ledger"  # our own: a code of the vault's seed let somebody in at the network
    STATEMENT = "statement"  # two people who looked


class Seen(StrEnum):
    """What was seen of the second factor."""

    ON = "on"
    OFF = "off"


class Grounds(StrEnum):
    """Why an account may publish for a while without evidence."""

    EXCEPTED = "excepted"  # two officers said so
    FIRST_DAYS = "first_days"  # it was connected a few days ago
    UPGRADE = "upgrade"  # it was connected before evidence was asked for


class Told(StrEnum):
    """What came of asking a network by API."""

    ON = "on"
    OFF = "off"
    SILENT = "silent"  # it does not say, or our key may not ask
    FAILED = "failed"  # it could not be asked; tried again within the hour

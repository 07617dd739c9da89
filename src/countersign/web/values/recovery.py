"""By what accounts can be had back, the role mailbox, what nothing explains, reset drills."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from countersign.web.values.shared import ALLOWED, Action, Choice, Face, Notice, Verdict, Who


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict or one finding: `tone` and `icon` of its weight, its word, what is so and what to do."""

    word: str
    tone: str
    icon: str
    what: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """One account in the list. `addresses` are its recovery addresses; `drill` says how the last one went."""

    url: str
    account: Face
    addresses: tuple[str, ...]
    verdict: Judged
    drill: str
    is_drill_late: bool
    open_events: int = 0
    is_frozen: bool = False


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """One role mailbox in a list."""

    url: str
    address: str
    state: str
    read_at: datetime
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryList:
    """`recovery/list.html`."""

    rows: tuple[RecoveryRow, ...]
    mailboxes: tuple[MailboxRow, ...]
    mailboxes_url: str
    domains_url: str
    domains: tuple[str, ...]
    events_url: str
    open_events: int
    may_keep: Verdict = ALLOWED


@dataclass(frozen=True, slots=True)
class ContactCard:
    """One contact of an account, judged. The three addresses take POSTs."""

    kind: str
    value: str
    said: str
    said_at: datetime
    verdict: Judged
    findings: tuple[Judged, ...]
    people: tuple[Choice, ...]
    end: Action
    receivers_url: str
    second_factor: Action | None = None
    is_mail: bool = False


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail of a network. `outcome` says what became of it, `reasons` what spoke against it."""

    what: str
    network: str
    subject: str
    from_domain: str
    signed_by: str
    received_at: datetime
    outcome: Judged
    because: str = ""
    reasons: tuple[str, ...] = ()
    account: Face | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class DrillLine:
    """A reset drill in a list."""

    url: str
    state: str
    at: datetime
    by: Who
    seconds: str = ""


@dataclass(frozen=True, slots=True)
class AccountRecovery:
    """`recovery/account.html`. `told` is what the network's API said last."""

    account: Face
    account_url: str
    list_url: str
    contacts: tuple[ContactCard, ...]
    add_url: str
    kinds: tuple[Choice, ...]
    people: tuple[Choice, ...]
    may_keep: Verdict
    drill_url: str
    may_drill: Verdict
    drills: tuple[DrillLine, ...]
    drill_due: str
    is_drill_late: bool
    announce_url: str
    announceable: tuple[Choice, ...]
    settings_url: str
    freezes: bool
    sender_domains: str
    mails: tuple[MailRow, ...]
    events: tuple[EventRow, ...]
    ask: Action | None = None
    told: str = ""
    told_at: datetime | None = None
    announced: tuple[str, ...] = ()
    value: str = ""
    why: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """`recovery/mailboxes.html`. Fields: `address`, `host`, `port`, `security`, `user`, `way`, `text`."""

    rows: tuple[MailboxRow, ...]
    url: str
    list_url: str
    may_keep: Verdict
    securities: tuple[Choice, ...]
    ways: tuple[Choice, ...]
    address: str = ""
    host: str = ""
    port: str = "993"
    user: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """`recovery/mailbox.html`. `again_url` takes `text` (POST)."""

    address: str
    state: str
    host: str
    user: str
    security: str
    way: str
    opened_at: datetime
    opened_by: Who
    read_at: datetime
    others: int
    mails: tuple[MailRow, ...]
    list_url: str
    again_url: str
    may_keep: Verdict
    end: Action | None
    notice: Notice | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventRow:
    """An unexplained event in a list."""

    url: str
    what: str
    network: str
    state: str
    noticed_at: datetime
    account: Face | None = None
    is_sure: bool = True
    is_frozen: bool = False


@dataclass(frozen=True, slots=True)
class Events:
    """`recovery/events.html`."""

    open: tuple[EventRow, ...]
    answered: tuple[EventRow, ...]
    list_url: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """`recovery/event.html`. `ours_url` and `not_ours_url` take `words` (POST)."""

    row: EventRow
    list_url: str
    happened_at: datetime
    mails: tuple[MailRow, ...]
    ours_url: str
    not_ours_url: str
    may_answer: Verdict
    case_url: str = ""
    proposal_url: str = ""
    rotation_url: str = ""
    answered_by: Who | None = None
    answered_at: datetime | None = None
    words: str = ""
    by_hand: str = ""
    by_hand_url: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResetDrill:
    """`recovery/drill.html`. While `is_waiting`, the page is asked for again every few seconds."""

    account: Face
    state: str
    announced_at: datetime
    until: datetime
    by: Who
    list_url: str
    reset_url: str
    reset_way: str
    url: str
    cancel: Action | None = None
    is_waiting: bool = False
    seconds: str = ""
    why: str = ""
    mails: tuple[MailRow, ...] = ()
    mailboxes: tuple[MailboxRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DomainRow:
    """One of the company's domains."""

    name: str
    findings: tuple[Judged, ...]
    verdict: Judged
    looked_at: datetime | None
    registered_until: date | None
    until_url: str
    look: Action
    end: Action
    mx: tuple[str, ...] = ()
    spf: str = ""
    dmarc: str = ""


@dataclass(frozen=True, slots=True)
class Domains:
    """`recovery/domains.html`. Fields: `domain`, `until`."""

    rows: tuple[DomainRow, ...]
    url: str
    list_url: str
    may_keep: Verdict
    domain: str = ""
    until: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)

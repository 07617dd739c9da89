"""Reading the role mailbox: signing in, reading what networks wrote, and what a domain says about its mail.

A mailbox goes by its UUID; its password or token is sealed for `mailbox:<uid>`, field `mailbox`, in its version, by the
first call and opened by the second. `way` is `password` or `oauth` (the text is then an access token); `security` is
`tls` or `starttls`, and nothing is ever said before the connection is encrypted.
"""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from countersign.calls.messages.base import Call


@dataclass(frozen=True, slots=True)
class SealedMailbox:
    """The mailbox opens: what it opens with, sealed, and where reading begins, so that no old mail is ever read."""

    sealed: str
    version: int
    uid_validity: int
    uid_next: int


@dataclass(frozen=True, slots=True)
class OpenMailbox(Call):
    """Sign in once, then seal what it took.

    Invalid for an address that is not opened, KeyRefused when the server does not take user and password, Rejected for a wrong
    certificate or no encryption, Unreachable for everything that may be better later.
    """

    answer = SealedMailbox
    mailbox: str
    host: str
    port: int
    security: str
    user: str
    way: str
    version: int
    text: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Mails:
    """What arrived since, oldest first, and the UID to go on from (`last`).

    A mail is a plain dict: `uid`, `message_id`, `received_at` (when the server took it in, ISO 8601, UTC), `sent_at` (what it
    says itself; empty when it does not), `network` (who wrote it, or whom a forged one pretends to be; empty when no network is in
    play), `kind` (`inspection.mails.kinds`, or empty: a genuine mail may be of none), `verdict` (`genuine`, `forged`, `unsure`),
    `reasons` (codes of `inspection.mails.reasons`), `account` (UUID, or empty when it cannot be told), `subject` (its codes made
    unreadable), `from_domain`, `signed_by` (the domain whose signature holds, or empty), `digest` (SHA-256 of the whole mail, or of
    what was read of one that is too large). A genuine mail that is sent twice is genuine twice.
    With another `uid_validity` than was asked for the server numbers its mails anew: reading begins anew from `last`.
    `more` says that the next call will find mails at once.
    """

    mails: list[dict[str, Any]]
    uid_validity: int
    last: int
    more: bool


@dataclass(frozen=True, slots=True)
class ReadMails(Call):
    """Read the mails with a UID above `after`; with none there, wait up to `wait_seconds` until one arrives.

    `senders` says per account what to expect: `account` (UUID), `network`, `origin`, `handle`, `domains` (further sender domains,
    such as that of a PDS of one's own) and, if known, `addresses` at which its mails arrive, beside the mailbox's user. Nothing is
    marked as read and nothing is changed there. Whoever asks last about a mailbox is answered; whoever waited is sent away with
    nothing. Refused when the password was sealed for another server or user, otherwise the errors of OpenMailbox.
    """

    answer = Mails
    mailbox: str
    sealed: str
    version: int
    host: str
    port: int
    security: str
    user: str
    way: str
    uid_validity: int
    after: int
    senders: list[dict[str, Any]]
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """What the name servers say about a domain's mail; `is_resolved` is False when they could not be asked."""

    mx: list[str]
    spf: str
    dmarc: str
    is_resolved: bool


@dataclass(frozen=True, slots=True)
class CheckDomain(Call):
    """Look up where a domain's mail goes (MX) and what it says about mail in its name (SPF, DMARC)."""

    answer = DomainFacts
    domain: str

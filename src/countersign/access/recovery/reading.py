"""Reading the role mailboxes: each mail of a network is explained by an entry of our ledger, or it is an unexplained event.

The broker reads and judges; here its plain answers are kept. The place in the mailbox moves on in the transaction that
notes the mail, so that a process killed at any moment neither loses a mail nor notes it twice.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import F
from django.utils import timezone

from countersign.access.evidence import noting
from countersign.access.evidence.states import Source
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.lockout import answering as locks
from countersign.access.recovery import drilling, freezing, ledger, rules, telling
from countersign.access.recovery.ledger import Explanation
from countersign.access.recovery.models import Announcement, Contact, Event, Mail, Mailbox, Recovery
from countersign.access.recovery.states import (
    FREEZING,
    MAIL_KINDS,
    Because,
    ContactKind,
    EventState,
    MailboxState,
    Outcome,
)
from countersign.access.vault import rotating
from countersign.audit.recording import Record, recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict, CountersignError, Invalid, KeyRefused, NetworkError
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.inspection.mails.reasons import Reason

GENUINE, FORGED = "genuine", "forged"
NOT_THE_NETWORKS = frozenset({Reason.MALFORMED, Reason.NOT_A_NETWORK, Reason.OTHER_SENDER})  # speaks of a network, and is not from its domain
LONGER = 30.0  # seconds that a call may take beyond its waiting


class Kept(NamedTuple):
    """What became of one mail: its row, and the event it raised."""

    mail: Mail
    event: Event | None = None


def read(actor: DutyActor, mailbox: Mailbox, *, wait_seconds: int, at: datetime) -> int:
    """Read what arrived since, waiting up to `wait_seconds` for the first mail; how many mails were looked at.

    What goes wrong is noted with the mailbox: a password that is no longer taken at once, a server that cannot be reached
    when it has been so for a quarter of an hour.
    """
    with refusals_recorded(actor, at=at, matter=mailbox):
        gate.require(actor, Right.RECOVERY_WATCH, on=None)
    place = (mailbox.host, mailbox.port, mailbox.security, mailbox.user, mailbox.way)
    call = messages.ReadMails(
        str(mailbox.uid), mailbox.sealed, mailbox.version, *place, mailbox.uid_validity, mailbox.after, senders(mailbox), wait_seconds
    )
    try:
        told: messages.Mails = client.ask(call, timeout=wait_seconds + LONGER)
    except KeyRefused as error:
        _troubled(actor, mailbox, error, MailboxState.SHUT, at=timezone.now())
        return 0
    except (NetworkError, Invalid) as error:
        _troubled(actor, mailbox, error, None, at=timezone.now())
        return 0
    keep_mails(actor, mailbox, told, at=timezone.now())  # waiting took time
    return len(told.mails)


def senders(mailbox: Mailbox) -> list[dict[str, Any]]:
    """Whose mails are awaited: every account, with the domains its server writes from and the addresses it writes to."""
    domains = dict(Recovery.objects.values_list("account_id", "sender_domains"))
    addresses: dict[int, list[str]] = {}
    for pk, value in Contact.objects.standing().filter(kind=ContactKind.MAIL).values_list("account_id", "value"):
        addresses.setdefault(pk, []).append(value)
    rows = Account.objects.order_by("pk").values_list("pk", "uid", "network", "origin", "handle")
    return [
        {
            "account": str(uid), "network": network, "origin": origin, "handle": handle, "domains": list(domains.get(pk, [])),
            "addresses": [mailbox.address, *addresses.get(pk, [])],
        }
        for pk, uid, network, origin, handle in rows
    ]  # fmt: skip


# --- what arrived ----------------------------------------------------------------------------------------------------


def keep_mails(actor: DutyActor, mailbox: Mailbox, told: messages.Mails, *, at: datetime) -> list[Kept]:
    """Keep what the broker read, mail by mail, tell officers of what nothing explains, and note that it could be read.

    What is of no concern, or forged, is kept in one go with one entry: whoever can write to the mailbox must not fill the log.
    """
    numbers = [int(content["uid"]) for content in told.mails]
    known = set(Mail.objects.filter(mailbox=mailbox, uid_validity=told.uid_validity, number__in=numbers).values_list("number", flat=True))
    kept = list[Kept]()
    fresh = (content for content in told.mails if int(content["uid"]) not in known)  # another worker may have been first
    for is_quiet, run in groupby(fresh, key=_is_quiet):
        if is_quiet:
            kept += _keep_quiet(actor, mailbox, told.uid_validity, list(run), at=at)
        else:
            kept += [_told(actor, _keep(actor, mailbox, told.uid_validity, content, at=at), at=at) for content in run]
    _was_read(actor, mailbox, told, at=at)
    return kept


def _told(actor: DutyActor, one: Kept, *, at: datetime) -> Kept:
    if one.event is not None:
        telling.tell_of_event(actor, one.event, at=at)
        if one.event.case is not None:
            locks.answer(one.event.case)
    return one


def _is_quiet(content: Mapping[str, Any]) -> bool:
    """Whether a mail raises nothing: forged, about nothing that matters here, or by somebody who only speaks of a network."""
    is_elsewhere = content["verdict"] != GENUINE and not NOT_THE_NETWORKS.isdisjoint(content["reasons"])
    return content["verdict"] == FORGED or content["kind"] not in MAIL_KINDS or is_elsewhere


def _keep_quiet(actor: DutyActor, mailbox: Mailbox, uid_validity: int, contents: Sequence[Mapping[str, Any]], *, at: datetime) -> list[Kept]:
    """Store those that a network wrote, or somebody in its name; count the others. Nothing is noted for other people's mail."""
    of_networks = [content for content in contents if content["network"]]
    place = {"uid_validity": uid_validity, "after": int(contents[-1]["uid"]), "others": F("others") + len(contents) - len(of_networks)}
    if not of_networks:
        Mailbox.objects.filter(pk=mailbox.pk).update(**place)
        return []
    with recorded(actor, at=at, matter=mailbox) as record:
        gate.require(actor, Right.RECOVERY_WATCH, on=None)
        Mailbox.objects.filter(pk=mailbox.pk).update(**place)
        mails = [_mail(mailbox, uid_validity, content, _account(content), at) for content in of_networks]
        for mail in mails:
            mail.outcome = Outcome.FORGED if mail.verdict == FORGED else Outcome.NOTED
        Mail.objects.bulk_create(mails)
        forged = sum(mail.outcome == Outcome.FORGED for mail in mails)
        record("mails.noted", mailbox, forged=forged, count=len(mails))
        return [Kept(mail) for mail in mails]


def _account(content: Mapping[str, Any]) -> Account | None:
    return Account.objects.filter(uid__in=known_uuids([content["account"]])).first()


def _keep(actor: DutyActor, mailbox: Mailbox, uid_validity: int, content: Mapping[str, Any], *, at: datetime) -> Kept:
    account = _account(content)
    with recorded(actor, at=at, matter=mailbox, account=account) as record:
        gate.require(actor, Right.RECOVERY_WATCH, on=None)
        Mailbox.objects.filter(pk=mailbox.pk).update(uid_validity=uid_validity, after=int(content["uid"]))
        return _placed(record, actor, _mail(mailbox, uid_validity, content, account, at))


def _mail(mailbox: Mailbox, uid_validity: int, content: Mapping[str, Any], account: Account | None, at: datetime) -> Mail:
    """The row of a mail, not stored yet."""
    return Mail(
        mailbox=mailbox, uid_validity=uid_validity, number=int(content["uid"]), message_id=str(content["message_id"])[:300],
        received_at=datetime.fromisoformat(content["received_at"]),
        sent_at=datetime.fromisoformat(content["sent_at"]) if content["sent_at"] else None, seen_at=at,
        network=str(content["network"])[:40], kind=str(content["kind"])[:30], verdict=str(content["verdict"])[:10],
        reasons=list(content["reasons"])[:20], account=account, subject=_line(str(content["subject"]))[:200],
        from_domain=str(content["from_domain"])[:253], signed_by=str(content["signed_by"])[:253], digest=str(content["digest"])[:64],
    )  # fmt: skip


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _placed(record: Record, actor: DutyActor, mail: Mail) -> Kept:
    """Say what becomes of a mail, and store it."""
    if mail.verdict == GENUINE and _was_here(mail):
        return _stored(record, mail, Outcome.REPEATED, "mail.repeated")
    if mail.verdict == GENUINE and mail.account is not None and (found := _explained(actor, mail, mail.account, record.at)):
        return found
    kept = _stored(record, mail, Outcome.UNEXPLAINED, "mail.unexplained")
    _note_evidence(actor, mail, record.at)
    return Kept(kept.mail, _raise(record, mail))


def _stored(record: Record, mail: Mail, outcome: Outcome, event: str, *, by: str = "") -> Kept:
    mail.outcome = outcome
    mail.save(force_insert=True)
    record(event, mail, account=mail.account, network=mail.network, kind=mail.kind, reasons=mail.reasons, by=by)
    return Kept(mail)


def _was_here(mail: Mail) -> bool:
    """Whether a genuine mail of this name was noted before: a mail that is delivered again proves nothing new."""
    before = Mail.objects.filter(verdict=GENUINE, network=mail.network, kind=mail.kind)
    same = before.filter(digest=mail.digest) | (before.filter(message_id=mail.message_id) if mail.message_id else Mail.objects.none())
    return same.exists()


# --- what explains it ------------------------------------------------------------------------------------------------


def _explained(actor: DutyActor, mail: Mail, account: Account, at: datetime) -> Kept | None:
    """The first entry that accounts for the mail: what awaits it most narrowly comes first. A mail may explain a drill and a
    rotation at once; it is then counted for the drill, which asked for it."""
    moment = rules.when(mail.received_at, mail.sent_at)
    if (drill := ledger.drill_for(account, mail.kind, moment)) is not None:
        kept = _by(actor, mail, Explanation(Because.DRILL, drill.label), at)
        drilling.pass_by(actor, drill, mail, at=at)
        return kept
    if (said := ledger.announcement_for(account, mail.kind, moment)) is not None:
        if said.used_at is None:
            Announcement.objects.filter(pk=said.pk).update(used_at=moment)
        _confirm(actor, mail, account, moment, at)
        return _by(actor, mail, Explanation(Because.ANNOUNCEMENT, f"announcement:{said.uid}"), at)
    if (rotation := _confirm(actor, mail, account, moment, at)) is not None:
        return _by(actor, mail, rotation, at)
    entry = ledger.entry_for(account, mail.kind, moment)
    return _by(actor, mail, entry, at) if entry else None


def _confirm(actor: DutyActor, mail: Mail, account: Account, moment: datetime, at: datetime) -> Explanation | None:
    """Let the mail prove what it can prove of rotations; the first of them explains it."""
    if mail.kind not in rotating.MAILS:
        return None
    evidence = {"kind": mail.kind, "message_id": mail.message_id, "received_at": moment.isoformat()}
    rotations = rotating.confirm_by_mail(actor, account, evidence, at=at)
    return Explanation(Because.ROTATION, f"rotation:{rotations[0].uid}") if rotations else None


def _by(actor: DutyActor, mail: Mail, found: Explanation, at: datetime) -> Kept:
    with recorded(actor, at=at, matter=mail, account=mail.account) as record:
        gate.require(actor, Right.RECOVERY_WATCH, on=None)
        mail.because, mail.explained_by = found.because, found.by
        kept = _stored(record, mail, Outcome.EXPLAINED, "mail.explained", by=found.by)
        _note_evidence(actor, mail, at)
        return kept


def _note_evidence(actor: DutyActor, mail: Mail, at: datetime) -> None:
    """What a genuine mail says about the account's second factor. One that nobody here set up is no evidence of ours; one that is
    off is off, whoever turned it off."""
    if mail.account is None or mail.verdict != GENUINE:
        return
    if mail.kind == "second_factor_off":
        noting.contradict(actor, mail.account, Source.MAIL, seen_at=mail.received_at, at=at)
    elif mail.kind == "second_factor_changed" and mail.outcome == Outcome.EXPLAINED:
        noting.note(actor, mail.account, Source.MAIL, seen_at=mail.received_at, at=at)


# --- what nothing explains -------------------------------------------------------------------------------------------


def _raise(record: Record, mail: Mail) -> Event:
    """An unexplained event. A genuine mail that the address or the second factor was changed locks its account, unless an
    officer decided otherwise."""
    is_sure = mail.verdict == GENUINE
    locks_it = is_sure and mail.kind in FREEZING and mail.account is not None
    case = freezing.freeze(mail.account, at=record.at) if locks_it and mail.account else None
    event = Event.objects.create(
        kind=mail.kind, network=mail.network, account=mail.account, mail=mail, happened_at=mail.received_at,
        noticed_at=record.at, is_sure=is_sure, case=case, state=EventState.OPEN, state_since=record.at,
    )
    record("unexplained.noticed", event, account=mail.account, kind=mail.kind, network=mail.network, sure=is_sure)
    return event


# --- whether it can be read ------------------------------------------------------------------------------------------


def _was_read(actor: DutyActor, mailbox: Mailbox, told: messages.Mails, *, at: datetime) -> None:
    is_anew = told.uid_validity != mailbox.uid_validity
    facts = {
        "uid_validity": told.uid_validity, "after": told.last, "read_at": at, "trouble": "", "trouble_since": None, "retry_at": None,
    }  # fmt: skip
    mailbox.refresh_from_db()
    if mailbox.state == MailboxState.ENDED:
        return
    if mailbox.state == MailboxState.WATCHED and not is_anew:
        Mailbox.objects.filter(pk=mailbox.pk, state=MailboxState.WATCHED).update(**facts)
        return
    with recorded(actor, at=at, matter=mailbox) as record:
        gate.require(actor, Right.RECOVERY_WATCH, on=None)
        if mailbox.state == MailboxState.WATCHED:
            Mailbox.objects.filter(pk=mailbox.pk).update(**facts)
            record("mailbox.numbered_anew", mailbox, after=told.last)
        else:
            mailbox.move(MailboxState.WATCHED, at=at, **facts)
            record("mailbox.read_again", mailbox)


def shut(actor: DutyActor, mailbox: Mailbox, error: CountersignError, *, at: datetime) -> None:
    """Note that what lies sealed does not open this mailbox: the broker refused, because it was sealed for another server."""
    with refusals_recorded(actor, at=at, matter=mailbox):
        gate.require(actor, Right.RECOVERY_WATCH, on=None)
    _troubled(actor, mailbox, error, MailboxState.SHUT, at=at)


def _troubled(actor: DutyActor, mailbox: Mailbox, error: CountersignError, to: MailboxState | None, *, at: datetime) -> None:
    """Note what is wrong. A refused password is told at once; a server that is away, when it has been for a quarter of an hour."""
    mailbox.refresh_from_db()
    if mailbox.state == MailboxState.ENDED:
        return
    pause = rules.RETRY_SHUT if to is MailboxState.SHUT else rules.RETRY
    facts = {"trouble": error.what[:300], "trouble_since": mailbox.trouble_since or at, "retry_at": at + pause}
    Mailbox.objects.filter(pk=mailbox.pk).update(**facts)
    if to is MailboxState.SHUT and mailbox.state != MailboxState.SHUT:
        with recorded(actor, at=at, matter=mailbox) as record:
            gate.require(actor, Right.RECOVERY_WATCH, on=None)
            mailbox.move(MailboxState.SHUT, at=at, **facts)
            record("mailbox.shut", mailbox)
        telling.tell_of_silence(actor, mailbox, at=at)


def notice_silence(actor: DutyActor, mailbox: Mailbox, *, at: datetime) -> None:
    """A mailbox that was not read for a quarter of an hour is silent, and officers are told. Conflict when it is read again."""
    with recorded(actor, at=at, matter=mailbox) as record:
        gate.require(actor, Right.RECOVERY_WATCH, on=None)
        if at - mailbox.read_at < rules.SILENT_AFTER:
            raise Conflict(_("It was read a moment ago."))
        mailbox.move(MailboxState.SILENT, at=at)
        record("mailbox.silent", mailbox, since=mailbox.read_at)
    telling.tell_of_silence(actor, mailbox, at=at)

"""Telling officers by mail: of what nothing explains, of a mailbox that is silent, of a drill that failed, of announcements."""
from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext, override

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.recovery.models import Announcement, Drill, Event, Mailbox
from countersign.access.recovery.words import KINDS
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor
from countersign.inspection.mails.reasons import Reason
from countersign.notices.models import Notice
from countersign.people.models import Person

log = logging.getLogger(__name__)
ANEW = timedelta(hours=1)  # within which one more of the same is not told by mail again


def officers() -> list[Person]:
    """Whoever can answer: the active people who keep recovery."""
    return gate.holders(Right.RECOVERY_KEEP, on=None)


def tell_of_event(actor: DutyActor, event: Event, *, at: datetime) -> int:
    """Tell officers of an event that nothing explains; how many were told.

    One that may itself be forged is on *my work* alone, and so is the second of a kind for an account within the hour: whoever
    can write to the mailbox, or press *forgot password* all night, must not be able to fill theirs.
    """
    if not (event.is_sure or _is_unread(event)) or _is_known(event):
        return 0
    url = reverse("recovery:event", args=[event.uid])

    def words() -> tuple[str, list[str]]:
        handle = event.account.handle if event.account else gettext("an account that the mail does not name")
        subject = gettext("Not explained: {what}, {handle}").format(what=gettext(KINDS[event.kind]), handle=handle)
        lines = [
            gettext("{network} says: {what}. It is about {handle}, and nothing in our ledger explains it.").format(
                network=event.network, what=gettext(KINDS[event.kind]), handle=handle
            )
        ]
        if event.case:
            lines.append(gettext("The account is locked until an officer has answered: nothing goes out."))
        lines.append(gettext("Was it one of you? Answer on the page."))
        return subject, lines

    return _tell(actor, f"{event.label}", officers(), words, url, at=at)


def _is_unread(event: Event) -> bool:
    """Whether nothing speaks against the mail but that no name server told the key of its signature."""
    return event.mail is not None and set(event.mail.reasons) == {Reason.KEY_UNREAD}


def _is_known(event: Event) -> bool:
    since = event.noticed_at - ANEW
    before = Event.objects.open().filter(account=event.account, kind=event.kind, noticed_at__gte=since, pk__lt=event.pk)
    return before.filter(is_sure=event.is_sure).exists()


def tell_of_silence(actor: DutyActor, mailbox: Mailbox, *, at: datetime) -> int:
    """Tell officers, once an occasion, that a role mailbox cannot be read."""

    def words() -> tuple[str, list[str]]:
        subject = gettext("Not read: {address}").format(address=mailbox.address)
        first = gettext("The role mailbox {address} has not been read since {moment} UTC.").format(
            address=mailbox.address, moment=f"{mailbox.read_at:%d-%m %H:%M}"
        )
        return subject, [first, gettext(mailbox.trouble), gettext("Until it is read again, nobody notices a reset that nobody here asked for.")]

    occasion = f"{mailbox.label}:{mailbox.state}:{mailbox.state_since:%Y%m%d%H%M%S}"
    return _tell(actor, occasion, officers(), words, reverse("recovery:mailbox", args=[mailbox.uid]), at=at)


def tell_of_drill(actor: DutyActor, drill: Drill, *, at: datetime) -> int:
    """Tell officers that a reset drill failed, and where to look."""

    def words() -> tuple[str, list[str]]:
        subject = gettext("The reset drill of {handle} failed").format(handle=drill.account.handle)
        return subject, [gettext("No reset mail of the network came within ten minutes."), gettext(drill.why)]

    return _tell(actor, drill.label, officers(), words, reverse("recovery:drill", args=[drill.uid]), at=at)


def tell_announced(announcement: Announcement) -> None:
    """Tell the other officers what one of them announced. A mail that cannot be sent stops nothing; the log has it."""
    account, by = announcement.account, announcement.announced_by

    def words() -> tuple[str, list[str]]:
        what = gettext(KINDS[announcement.kind])
        subject = gettext("Announced for {handle}: {what}").format(handle=account.handle, what=what)
        line = gettext("{name} is going to change something at the network within the hour: {what}. Why: {why}").format(
            name=by.name, what=what, why=announcement.why
        )
        return subject, [line, gettext("The network's mail about it will not be an alarm.")]

    for person in officers():
        if person.pk != by.pk:
            _send(person, words, reverse("recovery:account", args=[account.uid]))


def _tell(
    actor: DutyActor, matter: str, persons: Iterable[Person], words: Callable[[], tuple[str, list[str]]], url: str, *, at: datetime
) -> int:
    told = 0
    for person in persons:
        if _note(actor, matter, person, at):
            _send(person, words, url)
            told += 1
    return told


def _note(actor: DutyActor, matter: str, person: Person, at: datetime) -> bool:
    """Note that a notice goes out, before it does: a crash in between loses one mail and never repeats a hundred."""
    if Notice.objects.filter(person=person, matter=matter).exists():
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.NOTICE_SEND, on=None)
        Notice.objects.create(person=person, matter=matter, noted_at=at)
        record("notice.sent", f"person:{person.uid}", about=matter)
        return True


def _send(person: Person, words: Callable[[], tuple[str, list[str]]], url: str) -> None:
    with override(person.language):
        subject, lines = words()
        text = "\n\n".join(line for line in [*lines, f"{settings.ORIGIN}{url}"] if line)
        try:
            send_mail(" ".join(subject.split())[:200], text + "\n", settings.DEFAULT_FROM_EMAIL, [person.email])
        except OSError as error:  # every error of SMTP is one
            log.warning("A mail about recovery could not be sent: %s", type(error).__name__)

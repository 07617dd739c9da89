"""What the worker does for recovery: read the role mailboxes, notice silence, end drills, look domains up."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from django.db import connection
from django.db.models import Q

from countersign.access.grants.models import Account
from countersign.access.recovery import comparing, drilling, listing, reading, rules, telling
from countersign.access.recovery.freezing import WATCH
from countersign.access.recovery.models import Domain, Drill, Event, Mailbox
from countersign.access.recovery.states import DrillState, MailboxState
from countersign.base.errors import CountersignError, Refused
from countersign.networks.contract import ReadsSecurity
from countersign.networks.registry import CONNECTORS

WAIT = 4  # seconds that a turn waits for mail: the worker must be able to stop within its grace
COMPARE_EVERY = timedelta(hours=1)
LOOK_UP_EVERY = timedelta(hours=24)
FRESH = timedelta(days=7)


def read_mailboxes(at: datetime) -> int:
    """Read every role mailbox, all at the same time, each waiting for mail; how many mails were looked at."""
    mailboxes = list(Mailbox.objects.to_read(at).order_by("pk")[:20])
    if len(mailboxes) < 2:
        return sum(_read(mailbox, at) for mailbox in mailboxes)
    return _at_once(mailboxes, at)


def _at_once(mailboxes: Sequence[Mailbox], at: datetime) -> int:
    def turn(mailbox: Mailbox) -> int:
        try:
            return _read(mailbox, at)
        finally:
            connection.close()  # of this thread

    with ThreadPoolExecutor(max_workers=len(mailboxes), thread_name_prefix="mailbox") as threads:
        return sum(threads.map(turn, mailboxes))


def _read(mailbox: Mailbox, at: datetime) -> int:
    try:
        return reading.read(WATCH, mailbox, wait_seconds=WAIT, at=at)
    except Refused as refusal:  # what lies sealed was moved, or its row was changed
        reading.shut(WATCH, mailbox, refusal, at=at)
        return 0
    except CountersignError:
        return 0


def notice_silence(at: datetime) -> int:
    """Notice mailboxes that could not be read for a quarter of an hour; how many."""
    silent = Mailbox.objects.filter(state=MailboxState.WATCHED, read_at__lte=at - rules.SILENT_AFTER)
    return sum(_done(partial(reading.notice_silence, WATCH, mailbox, at=at)) for mailbox in silent)


def end_drills(at: datetime) -> int:
    """Fail drills whose mail did not come in time; how many. Mail that arrived in time is read first: so long as mailboxes are
    read, the end waits until one was, and at most two minutes."""
    over = Drill.objects.under_way().filter(until__lt=at).select_related("account")
    count = 0
    for drill in over:
        is_read = Mailbox.objects.filter(state=MailboxState.WATCHED, read_at__gt=drill.until).exists()
        if is_read or at > drill.until + rules.DRILL_GRACE:
            count += _done(partial(drilling.fail, WATCH, drill, at=at))
    return count


def tell_again(at: datetime) -> int:
    """Tell officers of whatever they were not told yet, because a process ended in between; how many were told."""
    events = Event.objects.open().filter(noticed_at__gte=at - FRESH).select_related("account", "case")
    told = sum(telling.tell_of_event(WATCH, event, at=at) for event in events)
    failed = Drill.objects.filter(state=DrillState.FAILED, state_since__gte=at - FRESH).select_related("account")
    told += sum(telling.tell_of_drill(WATCH, drill, at=at) for drill in failed)
    quiet = Mailbox.objects.filter(state__in=[MailboxState.SILENT, MailboxState.SHUT], state_since__gte=at - FRESH)
    return told + sum(telling.tell_of_silence(WATCH, mailbox, at=at) for mailbox in quiet)


def look_up_domains(at: datetime) -> int:
    """Look every domain of the company's up once a day; how many were."""
    due = Domain.objects.filter(Q(looked_at=None) | Q(looked_at__lte=at - LOOK_UP_EVERY), ended_at=None).order_by("looked_at")
    return sum(_done(partial(listing.look_up, WATCH, domain, at=at)) for domain in due[:50])


def compare_addresses(at: datetime) -> int:
    """Ask the API of each network that tells, every hour, by which address an account can be had back; how many were asked."""
    telling_ones = [name for name, connector in CONNECTORS.items() if isinstance(connector, ReadsSecurity)]
    accounts = Account.objects.connected().filter(network__in=telling_ones)
    due = accounts.filter(Q(recovery=None) | Q(recovery__told_at=None) | Q(recovery__told_at__lte=at - COMPARE_EVERY))
    return sum(_compared(account, at) for account in due.order_by("recovery__told_at")[:50])


def _compared(account: Account, at: datetime) -> int:
    try:
        event = comparing.compare(WATCH, account, at=at)
    except CountersignError:
        return 0
    if event is not None:
        telling.tell_of_event(WATCH, event, at=at)
    return 1


def _done(do: Callable[[], object]) -> int:
    """Whether it was done; what somebody else did meanwhile, or what is away, is for the next turn."""
    try:
        do()
    except CountersignError:
        return 0
    return 1

"""Contacts of accounts, the company's domains, role mailboxes and what arrived there, unexplained events, drills."""
from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from countersign.access.grants.models import Account
from countersign.access.lockout.models import Case
from countersign.access.recovery.states import (
    API_KINDS,
    DRILL,
    EVENT,
    MAIL_KINDS,
    MAILBOX,
    Because,
    ContactKind,
    DrillState,
    EventState,
    MailboxState,
    Outcome,
    Source,
)
from countersign.base.tables import Living
from countersign.people.models import Person

PERSON = settings.AUTH_USER_MODEL


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts, named for what they hold."""

    def standing(self) -> Self:
        """Those that are at the network now, as far as we were told."""
        return self.filter(ended_at=None)


class Contact(models.Model):
    """An address, a phone or an administrator by which an account can be had back at its network.

    `receivers` read the mailbox, hold the phone, or are that administrator. `second_factor_at` is when somebody last said
    that the mailbox itself asks for a second factor.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in ContactKind])
    value = models.CharField(max_length=320)
    source = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Source], default=Source.BY_HAND)
    said_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")  # None: the network's API
    said_at = models.DateTimeField()
    receivers: models.ManyToManyField[Person, models.Model] = models.ManyToManyField(Person, related_name="contacts")
    second_factor_at = models.DateTimeField(null=True)
    second_factor_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "value"], condition=Q(ended_at=None), name="a_contact_stands_once_for_an_account"
            ),
            models.CheckConstraint(
                condition=Q(source=Source.API) | Q(said_by__isnull=False), name="what_no_network_told_somebody_said"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"


class Domain(models.Model):
    """One of the company's own domains, and what the name servers say about its mail. The registration's end is typed in."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=253)
    added_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    registered_until = models.DateField(null=True)
    mx = models.JSONField(default=list)
    spf = models.TextField(blank=True)
    dmarc = models.TextField(blank=True)
    looked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], condition=Q(ended_at=None), name="a_domain_is_listed_once")]

    def __str__(self) -> str:
        return self.name


class Recovery(models.Model):
    """What is decided for one account, and what its network's API told last. An account without a row has the defaults."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="recovery")
    freezes = models.BooleanField(default=True)  # an unexplained change of address or second factor locks the account
    sender_domains = models.JSONField(default=list)  # from which its server writes, beside those we know
    told_at = models.DateTimeField(null=True)
    told_address = models.CharField(max_length=320, blank=True)
    is_told_confirmed = models.BooleanField(null=True)


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """Mailboxes, named for what they hold."""

    def standing(self) -> Self:
        """Those that we read, or try to."""
        return self.exclude(state=MailboxState.ENDED)

    def to_read(self, at: datetime) -> Self:
        """Those that are read now: not those that just refused us."""
        return self.standing().filter(Q(retry_at=None) | Q(retry_at__lte=at))


class Mailbox(Living):
    """A role mailbox that we read. Its password or token lies sealed; `after` is the last mail that was looked at."""

    lifecycle = MAILBOX

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(max_length=320)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=10)
    user = models.CharField(max_length=320)
    way = models.CharField(max_length=10)
    sealed = models.TextField()
    version = models.PositiveIntegerField()
    uid_validity = models.PositiveBigIntegerField()
    after = models.PositiveBigIntegerField()
    opened_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    read_at = models.DateTimeField()  # when it last could be read, whether or not there was anything
    trouble = models.CharField(max_length=300, blank=True)
    trouble_since = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    others = models.PositiveBigIntegerField(default=0)  # mails that no network wrote: counted, never kept

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "mailboxes"
        constraints = [
            models.UniqueConstraint(
                fields=["host", "port", "user"], condition=~Q(state=MailboxState.ENDED), name="a_mailbox_is_read_once"
            ),
        ]

    def __str__(self) -> str:
        return f"mailbox {self.uid}"

    @property
    def label(self) -> str:
        """How the log names it."""
        return f"mailbox:{self.uid}"


class Mail(models.Model):
    """A mail that a network wrote, or that somebody wrote in a network's name. Its text is not kept."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="mails")
    uid_validity = models.PositiveBigIntegerField()
    number = models.PositiveBigIntegerField()  # the server's UID
    message_id = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()  # by us
    network = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    verdict = models.CharField(max_length=10)
    reasons = models.JSONField(default=list)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="mails")
    subject = models.CharField(max_length=200, blank=True)
    from_domain = models.CharField(max_length=253, blank=True)
    signed_by = models.CharField(max_length=253, blank=True)
    digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Outcome])
    because = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Because], blank=True)
    explained_by = models.CharField(max_length=120, blank=True)  # the entry's matter, such as `drill:<uid>`

    class Meta:
        indexes = [
            models.Index(fields=["mailbox", "-number"], name="mails_of_a_mailbox"),
            models.Index(fields=["account", "-received_at"], name="mails_of_an_account"),
            models.Index(fields=["digest"], name="mails_by_digest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid_validity", "number"], name="each_mail_is_noted_once"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.EXPLAINED) | (Q(verdict="genuine") & ~Q(explained_by="")),
                name="only_a_genuine_mail_is_explained_and_by_an_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.uid}"


class EventQuerySet(models.QuerySet["Event"]):
    """Unexplained events, named for what they hold."""

    def open(self) -> Self:
        """Those that nobody has answered."""
        return self.filter(state=EventState.OPEN)


class Event(Living):
    """Something at a network that no entry of our ledger accounts for, told by its mail or its API."""

    lifecycle = EVENT

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=30, choices=[(word, word) for word in (*MAIL_KINDS, *API_KINDS)])
    network = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="unexplained")  # None: cannot be told
    mail = models.OneToOneField(Mail, models.PROTECT, null=True, related_name="event")
    happened_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    is_sure = models.BooleanField(default=True)  # False: the mail itself may be a forgery
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")  # the lock that holds the account meanwhile
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=400, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "-noticed_at"], name="events_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=EventState.OPEN) | (Q(answered_by__isnull=False) & ~Q(words="")),
                name="an_event_is_closed_by_somebody_s_words",
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.uid}"

    @property
    def label(self) -> str:
        """How the log names it."""
        return f"unexplained:{self.uid}"


class Announcement(models.Model):
    """What an officer is about to change at a network, so that its mail is expected: one kind, one account, for an hour."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="announcements")
    kind = models.CharField(max_length=30, choices=[(word, word) for word in MAIL_KINDS])
    why = models.CharField(max_length=400)
    announced_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # when the first mail came that it explains

    def __str__(self) -> str:
        return f"announcement {self.uid}"


class DrillQuerySet(models.QuerySet["Drill"]):
    """Reset drills, named for what they hold."""

    def under_way(self) -> Self:
        """Those whose mail is still awaited."""
        return self.filter(state=DrillState.ANNOUNCED)


class Drill(Living):
    """A reset drill: *forgot password* is pressed at the network, and its mail must arrive where we read."""

    lifecycle = DRILL

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="reset_drills")
    announced_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    until = models.DateTimeField()
    mail = models.OneToOneField(Mail, models.PROTECT, null=True, related_name="drill")
    seconds = models.FloatField(null=True)  # from announcing to the mail's arrival
    why = models.CharField(max_length=400, blank=True)  # where to look, when it failed

    objects = DrillQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-announced_at"], name="reset_drills_of_an_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state=DrillState.ANNOUNCED), name="an_account_has_one_reset_drill_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=DrillState.PASSED) | Q(mail__isnull=False), name="a_reset_drill_is_passed_by_a_mail"
            ),
        ]

    def __str__(self) -> str:
        return f"drill {self.uid}"

    @property
    def label(self) -> str:
        """How the log names it."""
        return f"reset_drill:{self.uid}"

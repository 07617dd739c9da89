"""What readers write under our posts, what stood there before, and what was decided."""
from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Value, When

from countersign.access.grants.models import Account
from countersign.base.tables import Living
from countersign.content.comments.states import COMMENT, CommentState
from countersign.content.posts.models import Delivery
from countersign.policy.charter.models import Clause


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments, named for what they hold."""

    def on(self, accounts: models.QuerySet[Account]) -> Self:
        """Those under posts of these accounts."""
        return self.filter(account__in=accounts)

    def waiting(self) -> Self:
        """Readers' comments that nobody has decided yet."""
        return self.filter(shelf__in=[CommentState.WAITING, CommentState.ESCALATED])


class Comment(Living):
    """A comment in a thread of ours, as the network last showed it; our own answers stand here as well, for the thread.

    `position` sorts by the comment's own time and then by the order in which it came: the unique remote id is random
    and would make a poor key to page by. `shelf` is the tab it stands under, kept by the database from its state: one index
    range an account and shelf, whatever the planner thinks.
    """

    lifecycle = COMMENT

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="comments")
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="comments")
    remote_id = models.CharField(max_length=300)
    root = models.CharField(max_length=300)
    parent = models.CharField(max_length=300)
    author_id = models.CharField(max_length=300)
    author_handle = models.CharField(max_length=300)
    author_name = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    language = models.CharField(max_length=10, blank=True)
    url = models.CharField(max_length=600, blank=True)
    cid = models.CharField(max_length=200, blank=True)
    is_ours = models.BooleanField(default=False)
    is_hidden_there = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True)
    shelf = models.GeneratedField(
        expression=Case(
            When(is_ours=True, then=Value("ours")),
            When(state__in=["by_hand", "unconfirmed", "hiding"], then=Value("by_hand")),
            When(state__in=["kept", "hidden"], then=Value("decided")),
            default=F("state"),
        ),
        output_field=models.CharField(max_length=20),
        db_persist=True,
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "remote_id"], name="each_comment_once")]
        indexes = [
            models.Index(fields=["account", "shelf", "written_at", "id"], name="comments_by_shelf"),
            models.Index(fields=["account", "root", "written_at"], name="comments_by_thread"),
            models.Index(fields=["account", "read_at", "written_at"], name="comments_by_reading"),
        ]

    def __str__(self) -> str:
        return f"comment:{self.uid}"


class Earlier(models.Model):
    """What a comment said before its writer changed it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="earlier")
    text = models.TextField()
    until = models.DateTimeField()


class Decision(models.Model):
    """What a moderator decided about a comment, and by which clause of the charter."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="decisions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deed = models.CharField(max_length=20)
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    text_then = models.TextField()
    decided_at = models.DateTimeField()


class Reading(models.Model):
    """How far an account's comments have been collected, and read by people."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="reading")
    cursor = models.CharField(max_length=600, blank=True)
    collected_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)


class ThreadReading(models.Model):
    """When the thread under a delivery was last read whole."""

    delivery = models.OneToOneField(Delivery, models.CASCADE, related_name="thread_reading")
    read_at = models.DateTimeField()

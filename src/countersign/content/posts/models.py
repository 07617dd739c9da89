"""Posts, their wordings, what was frozen for signing, and their way to the networks."""
from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from countersign.access.grants.models import Account
from countersign.base.tables import Living
from countersign.content.media.models import File
from countersign.content.posts.states import DELIVERY, POST, DeliveryState, PostState


class PostQuerySet(models.QuerySet["Post"]):
    """Posts, named for what they hold."""

    def on(self, accounts: models.QuerySet[Account]) -> Self:
        """Those that go to at least one of these accounts, and to no other."""
        elsewhere = Variant.objects.exclude(account__in=accounts).values("post_id")
        return self.exclude(pk__in=elsewhere)

    def submitted(self) -> Self:
        """Those that wait for a signature."""
        return self.filter(state=PostState.SUBMITTED)


class Post(Living):
    """Something the company is about to say, or has said. An answer to a comment is a post as well."""

    lifecycle = POST

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts")
    title = models.CharField(max_length=120, blank=True)
    release_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(max_length=60, default="Europe/Brussels")
    revision = models.PositiveIntegerField(default=0)
    answers = models.JSONField(null=True, blank=True)
    drafted_at = models.DateTimeField()
    edited_at = models.DateTimeField()

    objects = PostQuerySet.as_manager()

    def __str__(self) -> str:
        return f"post:{self.uid}"

    @property
    def matter(self) -> str:
        """How signatures name the revision they are over."""
        return f"post:{self.uid}:{self.revision}"


class Edit(models.Model):
    """The fact that a person changed a post: they are among its authors and cannot sign it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="edits")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "person"], name="one_row_for_each_who_edited")]


class Variant(models.Model):
    """The wording of a post for one account."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="variants")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    text = models.TextField()
    language = models.CharField(max_length=10, default="en")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "account"], name="one_wording_for_each_account")]


class Attachment(models.Model):
    """A picture of a post, with the words for those who do not see it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="attachments")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    alt = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)


class Revision(models.Model):
    """What was frozen when a post was submitted: the requests, the authors and the findings, never changed again."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    requests = models.JSONField()
    authors = models.JSONField()
    findings = models.JSONField()
    digest = models.CharField(max_length=64)
    signatures = models.PositiveSmallIntegerField(default=1)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="one_row_for_each_revision")]


class Remark(models.Model):
    """A line of the discussion under a post. Only the team sees it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="remarks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, default="said")
    text = models.TextField(blank=True)
    said_at = models.DateTimeField()


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries, named for what they hold."""

    def due(self, at: datetime) -> Self:
        """Those that may go out now."""
        return self.filter(state=DeliveryState.DUE, due_at__lte=at)

    def wanting(self, *reasons: str) -> Self:
        """Those that are held for one of these reasons."""
        return self.filter(state=DeliveryState.HELD, why__in=reasons)

    def overdue_for_settling(self, at: datetime) -> Self:
        """Those whose outcome is unknown and that may be looked for again now, and those whose sender is gone."""
        unknown = Q(state=DeliveryState.UNCONFIRMED, due_at__lte=at)
        lost = Q(state__in=[DeliveryState.SENDING, DeliveryState.DELETING], lease_until__lt=at)
        return self.filter(unknown | lost)


class Delivery(Living):
    """One variant on its way to one account. `request` is what was signed; the broker's own file has the last word."""

    lifecycle = DELIVERY

    uid = models.UUIDField(unique=True)
    post = models.ForeignKey(Post, models.PROTECT, related_name="deliveries")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="deliveries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="deliveries")
    request = models.JSONField()
    due_at = models.DateTimeField()
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    remote_id = models.CharField(max_length=300, blank=True)
    cid = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=600, blank=True)
    why = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True)
    asks_a_person = models.BooleanField(db_default=False)  # unconfirmed, and reading does not settle it
    signed_digest = models.CharField(max_length=64)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(signed_digest=""), name="nothing_is_due_unsigned"),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "deleting"]) | ~Q(remote_id=""), name="published_means_seen_there"
            ),
            models.UniqueConstraint(fields=["revision", "account"], name="one_delivery_of_a_revision_to_an_account"),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="deliveries_by_state_and_time")]

    def __str__(self) -> str:
        return f"delivery:{self.uid}"

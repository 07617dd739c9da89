"""What the company's directory says: its users and groups, beside the people they are here."""
from __future__ import annotations

import uuid
from typing import Self

from django.db import models

from countersign.people.models import Person


class DirectoryUserQuerySet(models.QuerySet["DirectoryUser"]):
    """Users of the directory."""

    def there(self) -> Self:
        """Those the directory has not deleted. A deleted one stays, so that the log names something."""
        return self.filter(deleted_at=None)


class DirectoryUser(models.Model):
    """A user as the directory describes them, and which person that is here: nobody before a mail address is told."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="directory_user")
    user_name = models.CharField(max_length=200)
    folded_name = models.CharField(max_length=200)  # as SCIM compares it, without regard to the case of letters
    external_id = models.CharField(max_length=200, blank=True, db_index=True)
    is_active = models.BooleanField(default=True)
    has_moved = models.BooleanField(default=False)  # the directory gave somebody at work here another address
    content = models.JSONField(default=dict)  # the attributes that are kept, as SCIM writes them
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    objects = DirectoryUserQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["folded_name"], condition=models.Q(deleted_at=None), name="a_user_name_is_one_user_of_the_directory"
            ),
        ]

    def __str__(self) -> str:
        return self.user_name

    @property
    def label(self) -> str:
        """How the log names it."""
        return f"directory-user:{self.uid}"


class DirectoryGroup(models.Model):
    """A group of the directory. Its name is what officers map to roles."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    folded_name = models.CharField(max_length=200, unique=True)
    external_id = models.CharField(max_length=200, blank=True, db_index=True)
    members = models.ManyToManyField(DirectoryUser, related_name="groups")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """How the log names it."""
        return f"directory-group:{self.uid}"

"""Secrets, sealed. No row here can be read without the broker."""
from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models

from countersign.access.grants.models import Account


class SecretVersionQuerySet(models.QuerySet["SecretVersion"]):
    """Versions, named for what they hold."""

    def newest(self, account: Account) -> SecretVersion | None:
        """The version in use for an account, if there is one."""
        return self.filter(account=account, ended_at__isnull=True).order_by("-version").first()

    def ending_before(self, moment: object) -> Self:
        """Those in use that the network ends by then."""
        return self.filter(ended_at__isnull=True, expires_at__lte=moment)


class SecretVersion(models.Model):
    """One version of an account's credentials, sealed for that account, that field and that number."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="secrets")
    version = models.PositiveIntegerField()
    sealed = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SecretVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "version"], name="each_version_of_a_secret_once")]

    def __str__(self) -> str:
        return f"version {self.version} of a secret"


class Connection(models.Model):
    """A sign-in at a network that has begun: what the callback must bring back, once, within ten minutes."""

    state = models.CharField(max_length=64, unique=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    network = models.CharField(max_length=30)
    account_uid = models.UUIDField()
    reconnects = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    pending = models.TextField()
    begun_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

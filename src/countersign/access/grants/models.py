"""The company's accounts, and who has been granted what on them."""
from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from countersign.access.grants.rights import Role
from countersign.access.grants.states import ACCOUNT, AccountState, GroupSource
from countersign.base.tables import Living


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts, named for what they hold."""

    def connected(self) -> Self:
        """Those whose key the network takes."""
        return self.filter(state=AccountState.CONNECTED)


class Account(Living):
    """One of the company's accounts on a social network. Its key lies in the vault, never here."""

    lifecycle = ACCOUNT

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    network = models.CharField(max_length=30)
    origin = models.CharField(max_length=300)
    remote_id = models.CharField(max_length=300)
    handle = models.CharField(max_length=300)
    name = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=600, blank=True)
    limits = models.JSONField(default=dict)
    scopes = models.JSONField(default=list)
    signatures = models.PositiveSmallIntegerField(default=1)
    connected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    connected_at = models.DateTimeField()
    trouble = models.CharField(max_length=300, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "origin", "remote_id"], name="one_row_per_account"),
            models.CheckConstraint(condition=Q(signatures__gte=1), name="an_account_asks_for_at_least_one_signature"),
        ]

    def __str__(self) -> str:
        return self.handle


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants, named for what they hold."""

    def on(self, account: Account | None) -> Self:
        """Those that count on this account: given for it, or for every account."""
        return self.filter(Q(account__isnull=True) | Q(account=account) if account else Q(account__isnull=True))


class Grant(models.Model):
    """One person's role on one account; without an account, on every account and in the house itself."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants")
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    given_at = models.DateTimeField()
    by_group = models.BooleanField(default=False)  # it goes when the person leaves the group, or the group loses the role

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "account", "role"], name="one_grant_each"),
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(account__isnull=True), name="one_grant_each_on_every_account"
            ),
            models.CheckConstraint(
                condition=Q(by_group=False) | ~Q(role=Role.OFFICER), name="no_group_makes_a_security_officer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} on {self.account_id or 'every account'}"


class GroupRole(models.Model):
    """What members of a group of the company's directory are here: a role on an account, or on every account."""

    group = models.CharField(max_length=200)  # as the provider or the directory calls it
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="group_roles")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "account", "role"], name="one_role_of_a_group_each"),
            models.UniqueConstraint(
                fields=["group", "role"], condition=Q(account__isnull=True), name="one_role_of_a_group_each_on_every_account"
            ),
            models.CheckConstraint(condition=~Q(role=Role.OFFICER), name="no_group_is_a_security_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.group}"


class GroupMember(models.Model):
    """That somebody is in a group, as one source said last: the provider at their sign-in, or the directory by SCIM."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="group_members")
    group = models.CharField(max_length=200)
    source = models.CharField(max_length=20, choices=[(source.value, source.value) for source in GroupSource])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "group", "source"], name="once_in_a_group_by_a_source")]
        indexes = [models.Index(fields=["group"], name="members_of_groups")]

    def __str__(self) -> str:
        return f"member of {self.group}"

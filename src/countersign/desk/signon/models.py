"""The company's provider of sign-on, and the logout tokens that were taken."""
from __future__ import annotations

import uuid
from typing import Self

from django.db import models

from countersign.base.tables import Living
from countersign.desk.signon.states import PROVIDER, ProviderState
from countersign.people.models import Person


class ProviderQuerySet(models.QuerySet["Provider"]):
    """Providers."""

    def on(self) -> Self:
        """The one by which people come in."""
        return self.filter(state=ProviderState.ON)

    def asked(self) -> Self:
        """Described, and waiting to be turned on."""
        return self.filter(state=ProviderState.ASKED)


class Provider(Living):
    """A provider as it was described; whatever changes is a new row, so that what two officers turned on stays what it was.

    The client secret is sealed for this issuer and this client id, and only the broker can open it.
    """

    lifecycle = PROVIDER

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=60)  # on the button
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    sealed = models.TextField(blank=True)  # empty for a client without a secret
    acr_values = models.JSONField(default=list)  # which of the provider's levels mean that it asked for a second factor
    groups_claim = models.CharField(max_length=100, default="groups")
    scopes = models.CharField(max_length=200, default="openid email profile")
    described_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    described_at = models.DateTimeField()

    objects = ProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state=ProviderState.ON), name="one_provider_of_sign_on_is_on"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SpentToken(models.Model):
    """A logout token that was taken, by the provider's own number, so that it is taken once."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="spent")
    number = models.CharField(max_length=255)
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "number"], name="a_logout_token_is_taken_once")]

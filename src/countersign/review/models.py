"""Countersignatures, proposals that take two people, and our copy of the roster."""
from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from countersign.base.tables import Living
from countersign.review.states import PROPOSAL, ProposalState


class Countersignature(models.Model):
    """A second person's passkey signature over the statement of something a first person made.

    Everything needed to verify it offline, years later, stands in the row.
    """

    matter = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    statement = models.JSONField()
    credential_id = models.CharField(max_length=1400)
    public_key = models.BinaryField()
    authenticator_data = models.BinaryField()
    client_data_json = models.BinaryField()
    signature = models.BinaryField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(signer=F("author")), name="nobody_countersigns_their_own"),
            models.UniqueConstraint(fields=["matter", "digest", "signer"], name="one_signature_each"),
        ]

    def __str__(self) -> str:
        return f"countersignature {self.pk} of {self.matter}"


class RosterEntry(models.Model):
    """Our copy of one entry of the broker's roster, for pages and exports. The broker does not read it."""

    number = models.PositiveIntegerField(primary_key=True)
    head = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    signed_by = models.JSONField(default=list)
    appended_at = models.DateTimeField()


class RosterProposal(models.Model):
    """An entry that waits for officers' signatures."""

    content = models.JSONField()
    head = models.CharField(max_length=64, unique=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class RosterSignature(models.Model):
    """One officer's answer to a proposal."""

    proposal = models.ForeignKey(RosterProposal, models.CASCADE, related_name="signatures")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assertion = models.JSONField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "officer"], name="one_roster_signature_each")]


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals, named for what they hold."""

    def open(self, at: datetime) -> Self:
        """Those that still wait for a signature."""
        return self.filter(state=ProposalState.WAITING, expires_at__gt=at)


class Proposal(Living):
    """An act that takes two people, and waits for the signatures it takes. `act` names one of `review.acts`.

    `content` is everything that is signed about it; `reason` are the proposer's own words, signed by digest.
    """

    lifecycle = PROPOSAL

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.CharField(max_length=40)
    matter = models.CharField(max_length=80)
    account = models.UUIDField(null=True)
    content = models.JSONField()
    reason = models.CharField(max_length=400)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=400, blank=True)  # of whoever refused it

    objects = ProposalQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.act} on {self.matter}"


class ProposalSignature(models.Model):
    """One person's passkey signature over a proposal's statement, kept whole for whoever verifies it later."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    statement = models.JSONField()
    credential_id = models.CharField(max_length=1400)
    public_key = models.BinaryField()
    authenticator_data = models.BinaryField()
    client_data_json = models.BinaryField()
    signature = models.BinaryField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "person"], name="each_signs_a_proposal_once")]

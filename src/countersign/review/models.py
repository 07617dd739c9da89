"""Countersignatures, proposals that take two people, and our copy of the roster."""
from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from countersign.base.tables import Living
from countersign.review.states import ENTRY, PROPOSAL, EntryState, ProposalState


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


class EntryQuerySet(models.QuerySet["RosterProposal"]):
    """Proposed entries, named for what they hold."""

    def waiting(self) -> Self:
        """Those that wait for officers' signatures, or for time."""
        return self.filter(state=EntryState.WAITING)

    def left_behind(self) -> Self:
        """Those that came too late, and that nobody proposed again or let go."""
        return self.filter(state__in=[EntryState.OVERTAKEN, EntryState.EXPIRED])

    def alone(self) -> Self:
        """Those that wait because one officer asked for them alone."""
        return self.waiting().filter(enters_from__isnull=False)

    def told_to_everybody(self) -> Self:
        """Those that one officer asked for alone, and those of them that were entered."""
        return self.filter(state__in=[EntryState.WAITING, EntryState.ENTERED], enters_from__isnull=False)


class RosterProposal(Living):
    """An entry that waits for officers' signatures; or for time, when one officer asked for it alone."""

    lifecycle = ENTRY

    content = models.JSONField()
    head = models.CharField(max_length=64, unique=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    asked_alone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    enters_from = models.DateTimeField(null=True)
    enters_until = models.DateTimeField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_alone_by__isnull=True, enters_from__isnull=True, enters_until__isnull=True)
                | Q(asked_alone_by__isnull=False, enters_from__isnull=False, enters_until__isnull=False),
                name="what_is_asked_alone_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.head[:8]}"


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

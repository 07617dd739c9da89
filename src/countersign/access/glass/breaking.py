"""Asking alone for a secret, saying no, and breaking the glass. The broker counts the wait and checks every passkey itself."""
from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from countersign.access.glass import following, rules
from countersign.access.glass.models import Glass
from countersign.access.glass.rules import Pane
from countersign.access.glass.states import GlassState
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.vault import parts, rotating
from countersign.access.vault.checking_out import versions_to_show
from countersign.access.vault.exposing import expose
from countersign.access.vault.models import SealedVersion, Secret
from countersign.access.vault.states import SHOWABLE, Way
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.values import Secret as Text
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Person
from countersign.review.countersigning import require_own
from countersign.review.verifying import Assertion


def statement_for(actor: PersonActor, secret: Secret, *, case: UUID, reason: str, at: datetime) -> dict[str, Any]:
    """What this person would sign to ask for it. Invalid without a reason; changes nothing."""
    with refusals_recorded(actor, at=at, matter=f"secret:{secret.uid}"):
        gate.require(actor, Right.SECRET_CHECK_OUT, on=secret.account)
        if secret.kind not in SHOWABLE:
            raise Refused(_("Seeds and tokens are shown by no call."))
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    versions = tuple(version.version for version in versions_to_show(secret))
    pane = Pane(str(case), str(secret.account.uid), str(secret.uid), secret.kind, versions, rules.digest_of(reason.strip()[:400]))
    return rules.statement(rules.ASK, pane, signed_at=following.stamp(at))


def ask(
    actor: PersonActor, secret: Secret, statement: dict[str, Any], assertion: Assertion, *, reason: str, at: datetime
) -> Glass:
    """Ask for it alone. The wait begins, and everybody is told; Conflict while somebody asks for the same."""
    with refusals_recorded(actor, at=at, matter=f"secret:{secret.uid}"):
        gate.require(actor, Right.SECRET_CHECK_OUT, on=secret.account)
        if statement["act"] != rules.ASK or statement["reason"] != rules.digest_of(reason.strip()[:400]):
            raise Refused(_("That was signed for something else."), remedy=_("Press the button again."))
        require_own(actor, assertion, statement, domain=rules.DOMAIN)
        told = client.ask(messages.AskGlass(
            statement["case"], statement["account"], statement["secret"], statement["kind"], statement["versions"],
            statement["reason"], statement["signed_at"], assertion.parts(),
        ))  # fmt: skip
    with recorded(actor, at=at, matter=f"glass:{statement['case']}", account=secret.account) as record:
        gate.require(actor, Right.SECRET_CHECK_OUT, on=secret.account)
        made = following.copied(next(row for row in told.rows if row["case"] == statement["case"]), reason=reason.strip()[:400])
        record("glass.asked", str(made), account=secret.account, kind=secret.kind, personal={"reason": made.reason})
        return made


def question_about(glass: Glass, act: str, *, at: datetime) -> dict[str, Any]:
    """What would be signed to break it, or to say no."""
    secret = glass.secret
    pane = Pane(str(glass.uid), str(secret.account.uid), str(secret.uid), secret.kind, tuple(glass.versions), glass.digest)
    return rules.statement(act, pane, signed_at=following.stamp(at))


def say_no(actor: PersonActor, glass: Glass, statement: dict[str, Any], assertion: Assertion, *, at: datetime) -> None:
    """End what somebody asks for; whoever asked may as well."""
    with refusals_recorded(actor, at=at, matter=str(glass)):
        if glass.asked_by.label != actor.label:
            gate.require(actor, Right.GLASS_VETO, on=glass.secret.account)
        _require_about(glass, statement, rules.VETO)
        require_own(actor, assertion, statement, domain=rules.DOMAIN)
        client.ask(messages.VetoGlass(str(glass.uid), statement["signed_at"], assertion.parts()))
    with recorded(actor, at=at, matter=str(glass), account=glass.secret.account) as record:
        glass.move(GlassState.VETOED, at=at, settled_by=Person.objects.get(uid=actor.uid))
        record("glass.vetoed", str(glass), account=glass.secret.account)


def take(
    actor: PersonActor, glass: Glass, statement: dict[str, Any], assertion: Assertion, *, at: datetime
) -> list[tuple[int, Text]]:
    """Break it: shown once, version and text, to whoever asked. It must be replaced within the hour."""
    secret = glass.secret
    with refusals_recorded(actor, at=at, matter=str(glass)):
        gate.require(actor, Right.SECRET_CHECK_OUT, on=secret.account)
        if glass.asked_by.label != actor.label:
            raise Refused(_("Only who asked for it can break it."))
        _require_about(glass, statement, rules.BREAK)
        require_own(actor, assertion, statement, domain=rules.DOMAIN)
    versions = list(secret.versions.filter(version__in=glass.versions).order_by("version"))
    if [version.version for version in versions] != list(glass.versions):
        raise Conflict(_("There is nothing in this place of the vault."))
    sealed = [parts.part(version) for version in versions]
    with refusals_recorded(actor, at=at, matter=str(glass)):
        shown = client.ask(messages.BreakGlass(str(glass.uid), sealed, statement["signed_at"], assertion.parts()))
    _note_broken(actor, glass, versions, at)
    return [(version.version, Text(text)) for version, text in zip(versions, shown.texts, strict=True)]


def _note_broken(actor: PersonActor, glass: Glass, versions: list[SealedVersion], at: datetime) -> None:
    """Write down what the broker has just given out, unless the worker, which follows the broker's file, was faster."""
    secret = glass.secret
    try:
        with recorded(actor, at=at, matter=str(glass), account=secret.account) as record:
            gate.require(actor, Right.SECRET_CHECK_OUT, on=secret.account)
            glass.move(GlassState.BROKEN, at=at, settled_by=glass.asked_by)
            for version in versions:
                expose(actor, version, Way.CHECKED_OUT, purpose=glass.reason, at=at)
            record("glass.broken", str(glass), account=secret.account, kind=secret.kind, versions=list(glass.versions))
            rotating.open(rotating.ROTATE, secret, _("The glass was broken."), due_at=at + rules.ROTATE_WITHIN, at=at)
    except Conflict:
        if Glass.objects.get(pk=glass.pk).state != GlassState.BROKEN:
            raise


def _require_about(glass: Glass, statement: dict[str, Any], act: str) -> None:
    if (statement["act"], statement["case"]) != (act, str(glass.uid)):
        raise Refused(_("That was signed for something else."), remedy=_("Press the button again."))

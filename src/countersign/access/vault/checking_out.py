"""Two ways of using a secret that a person takes part in: a code of thirty seconds, and a check-out that two people signed.

The broker verifies both passkeys itself and shows a version once; here it becomes an exposure, and opens a rotation.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.vault import parts, rotating
from countersign.access.vault.exposing import expose
from countersign.access.vault.models import Rotation, SealedVersion, Secret
from countersign.access.vault.states import SHOWABLE, RotationState, RotationWay, Way
from countersign.access.vault.words import kind_words
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.values import Secret as Text
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.review import acts, proposing
from countersign.review.models import Proposal, ProposalSignature
from countersign.review.states import ProposalState
from countersign.review.verifying import Assertion

CHECK_OUT = "secret.check_out"
LIVES = timedelta(minutes=30)  # from the proposal until it must have been looked at
MINUTES = (15, 60, 240)  # how long somebody may say that they need it


def give_code(actor: PersonActor, secret: Secret, purpose: str, *, at: datetime) -> messages.Code:
    """The code of now, for a named person and purpose. The seed is not seen."""
    with refusals_recorded(actor, at=at, matter=f"secret:{secret.uid}"):
        gate.require(actor, Right.SECRET_USE_CODE, on=secret.account)
    if not purpose.strip():
        raise Invalid(_("Say what it is for."), field="purpose")
    version = parts.current_of(secret)
    given: messages.Code = client.ask(messages.GiveCode(str(secret.account.uid), parts.part(version), actor.uid))
    with recorded(actor, at=at, matter=f"secret:{secret.uid}", account=secret.account) as record:
        gate.require(actor, Right.SECRET_USE_CODE, on=secret.account)
        expose(actor, version, Way.CODE, purpose=purpose.strip(), at=at)
        record("secret.code_given", f"secret:{secret.uid}", account=secret.account, personal={"purpose": purpose.strip()[:400]})
    return given


def propose(actor: PersonActor, secret: Secret, reason: str, *, minutes: int, at: datetime) -> Proposal:
    """Ask for a check-out. While a rotation by hand is at work it shows the new password beside the old one."""
    with refusals_recorded(actor, at=at, matter=f"secret:{secret.uid}"):
        gate.require(actor, Right.SECRET_CHECK_OUT, on=secret.account)
    if minutes not in MINUTES:
        raise Invalid(_("Choose for how long you need it."), field="minutes")
    return proposing.propose(
        actor, CHECK_OUT, matter=f"secret:{secret.uid}", account=str(secret.account.uid), reason=reason,
        content={
            "secret": str(secret.uid), "kind": secret.kind, "minutes": minutes,
            "versions": [version.version for version in versions_to_show(secret)],
        }, at=at,
    )  # fmt: skip


def versions_to_show(secret: Secret) -> list[SealedVersion]:
    """The version in use; and while a person changes it by hand, the old one and the new one, until that is proven."""
    found = {version.version: version for version in [parts.current_of(secret)]}
    at_work = [RotationState.BY_HAND, RotationState.CHANGED]
    rotation = Rotation.objects.filter(secret=secret, way=RotationWay.BY_HAND, state__in=at_work).first()
    for version in (rotation.old, rotation.new) if rotation else ():
        if version is not None:
            found[version.version] = version
    return [found[number] for number in sorted(found)]


def take(actor: PersonActor, proposal: Proposal, *, at: datetime) -> list[tuple[int, Text]]:
    """Show what was checked out, once: version and text. A rotation is due when the time is over that was signed for.

    The broker is asked first, and writes it down before it answers: what it gave and was not noted here is shown to nobody.
    """
    secret = secret_of(proposal)
    with refusals_recorded(actor, at=at, matter=proposing.label(proposal)):
        gate.require(actor, Right.SECRET_CHECK_OUT, on=secret.account)
        if str(proposal.proposed_by.uid) != actor.uid:
            raise Refused(_("This was granted to somebody else."))
    if proposal.state != ProposalState.GRANTED or at >= proposal.expires_at:
        raise Conflict(_("This is not granted, was used already, or is too old."), remedy=_("Propose it again."))
    versions = list(secret.versions.filter(version__in=proposal.content["versions"]).order_by("version"))
    signed = list(proposal.signatures.order_by("pk"))
    shown = client.ask(
        messages.Reveal(
            str(secret.account.uid), [parts.part(version) for version in versions], [one.statement for one in signed],
            [_assertion(one).parts() for one in signed],
        )
    )
    with recorded(actor, at=at, matter=proposing.label(proposal), account=secret.account) as record:
        gate.require(actor, Right.SECRET_CHECK_OUT, on=secret.account)
        proposing.use(actor, proposal, at=at)
        for version in versions:
            expose(actor, version, Way.CHECKED_OUT, purpose=proposal.reason, at=at)
        record("secret.checked_out", f"secret:{secret.uid}", account=secret.account, kind=secret.kind, versions=proposal.content["versions"])
        due_at = at + timedelta(minutes=int(proposal.content["minutes"]))
        rotating.open(rotating.ROTATE, secret, _("It was checked out."), due_at=due_at, at=at)
    return [(version.version, Text(text)) for version, text in zip(versions, shown.texts, strict=True)]


def _assertion(row: ProposalSignature) -> Assertion:
    return Assertion(
        row.credential_id, bytes(row.authenticator_data), bytes(row.client_data_json), bytes(row.signature)
    )


# --- the act, as two people sign it ----------------------------------------------------------------------------------


def secret_of(proposal: Proposal) -> Secret:
    """The secret a proposal is about. Conflict when there is none."""
    found = Secret.objects.select_related("account").filter(uid=UUID(str(proposal.content["secret"]))).first()
    if found is None or str(found.account.uid) != str(proposal.account):
        raise Conflict(_("There is nothing in this place of the vault."))
    return found


def _require_may_propose(actor: PersonActor, proposal: Proposal) -> None:
    secret = secret_of(proposal)
    gate.require(actor, Right.SECRET_CHECK_OUT, on=secret.account)
    if secret.kind not in SHOWABLE:
        raise Refused(_("Seeds and tokens are shown by no call."))


def _require_may_sign(actor: PersonActor, proposal: Proposal) -> None:
    gate.require(actor, Right.SECRET_KEEP, on=secret_of(proposal).account)


def _lines(proposal: Proposal) -> Sequence[tuple[str, str]]:
    secret = secret_of(proposal)
    numbers = ", ".join(map(str, proposal.content["versions"]))
    return (
        (gettext("What is shown"), kind_words(secret)),
        (gettext("Account"), f"{secret.account.handle} · {secret.account.network}"),
        (gettext("Version"), numbers),
        (gettext("Needed for"), gettext("{n} minutes; then it must be replaced").format(n=proposal.content["minutes"])),
    )


def _next_url(proposal: Proposal) -> str:
    return reverse("grants:secret-show", args=[proposal.content["secret"], proposal.uid])


ACT = acts.Act(
    name=CHECK_OUT, title=_("Show a secret to one person, once"), lives=LIVES, require_may_propose=_require_may_propose,
    require_may_sign=_require_may_sign, lines=_lines, next_url=_next_url, is_signed_by_both=True,
)

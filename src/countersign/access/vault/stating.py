"""Where a network tells nobody whether an old secret is dead: an officer states that it is, and a second person signs that.

It is a proof of its own kind, `stated`, with both names; no page and no certificate calls it the network's.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.devices.queries import on_roster
from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.vault import rotating
from countersign.access.vault.models import Rotation
from countersign.access.vault.states import RotationState
from countersign.access.vault.words import kind_words
from countersign.audit.recording import label, recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.words import _
from countersign.review import acts, proposing
from countersign.review.models import Proposal

STATE = "secret.state"


def propose(actor: PersonActor, rotation: Rotation, words: str, *, at: datetime) -> Proposal:
    """State that the old secret was tried and fails, or was deleted at the network; it counts once a second person has signed.

    Conflict while nothing was changed, while something of the old one lives on, and where the network itself can be asked.
    """
    with recorded(actor, at=at, matter=rotation, account=rotation.account):
        gate.require(actor, Right.SECRET_STATE, on=rotation.account)
        gate.require(actor, Right.SECRET_ROTATE, on=rotation.account)
        held = Rotation.objects.select_for_update(of=("self",)).select_related("account", "secret", "old", "new").get(pk=rotation.pk)
        _require_can_be_stated(held, at)
        if Proposal.objects.open(at).filter(act=STATE, matter=label(held)).exists():
            raise Conflict(_("It is stated already, and waits for a second person."))
        return proposing.propose(
            actor, STATE, matter=label(held), account=str(held.account.uid), content=_content(held), reason=words, at=at
        )


def can_be_stated(rotation: Rotation, at: datetime) -> bool:
    """Whether two people may state what the network tells nobody."""
    lives_on = rotation.alive_until is not None and at < rotation.alive_until
    is_changed = rotation.state in {RotationState.CHANGED, RotationState.UNCONFIRMED} and rotation.changed_at is not None
    return is_changed and not lives_on and not rotating.can_be_asked(rotation)


def _require_can_be_stated(rotation: Rotation, at: datetime) -> None:
    if not can_be_stated(rotation, at):
        raise Conflict(_("There is nothing here that two people could state."), remedy=_("Look how it stands."))


def _content(rotation: Rotation) -> dict[str, Any]:
    return {
        "rotation": str(rotation.uid), "old": rotation.old.version if rotation.old else 0,
        "new": rotation.new.version if rotation.new else 0,
        "changed_at": rotation.changed_at.isoformat() if rotation.changed_at else "",
    }


# --- the act, as two people sign it ----------------------------------------------------------------------------------


def _rotation(proposal: Proposal) -> Rotation:
    rows = Rotation.objects.select_related("account", "secret", "old", "new")
    return rows.get(uid=proposal.content["rotation"], account__uid=str(proposal.account))


def _require_may_propose(actor: PersonActor, proposal: Proposal) -> None:
    gate.require(actor, Right.SECRET_ROTATE, on=_rotation(proposal).account)


def _require_may_sign(actor: PersonActor, proposal: Proposal) -> None:
    gate.require(actor, Right.SECRET_STATE, on=_rotation(proposal).account)


def _lines(proposal: Proposal) -> acts.Lines:
    rotation = _rotation(proposal)
    what = kind_words(rotation.secret) if rotation.secret else ""
    words = gettext("The old one no longer opens this account. Try it, or look at the network, before you sign: no network proves it.")
    return (
        (gettext("Account"), f"{rotation.account.handle} · {rotation.account.network}"), (gettext("Secret"), what),
        (gettext("The old one"), gettext("version {n}").format(n=proposal.content["old"])), (gettext("What is stated"), words),
    )


def _carry_out(actor: PersonActor, proposal: Proposal, at: datetime) -> None:
    """Confirm what both have stated. Conflict when it was changed or disproved since; Refused to a passkey that is not
    on the roster."""
    rotation, signature = _rotation(proposal), proposal.signatures.select_related("person").latest("pk")
    _require_can_be_stated(rotation, at)
    if _content(rotation) != dict(proposal.content):
        raise Conflict(_("It was changed again since."), remedy=_("State it again."))
    if signature.credential_id not in on_roster():
        raise Refused(_("This passkey is not on the roster."), remedy=_("Let somebody sign whose passkey is."))
    first, second = proposal.proposed_by, signature.person
    stated = {
        "by": first.name, "by_uid": str(first.uid), "and": second.name, "and_uid": str(second.uid), "words": proposal.reason,
        "proposal": str(proposal.uid), "at": at.isoformat(timespec="seconds"),
    }  # fmt: skip
    with recorded(actor, at=at, matter=rotation, account=rotation.account) as record:
        record("rotation.stated", rotation, account=rotation.account, proposal=str(proposal.uid))
        rotating.settle(rotating.ROTATE, rotation, {**rotation.evidence, "how": "stated", "stated": stated}, at=at)


ACT = acts.Act(
    name=STATE, title=_("State that an old secret is dead"), lives=timedelta(days=3), require_may_propose=_require_may_propose,
    require_may_sign=_require_may_sign, lines=_lines, carry_out=_carry_out,
    next_url=lambda proposal: reverse("grants:rotation", args=[proposal.content["rotation"]]),
)

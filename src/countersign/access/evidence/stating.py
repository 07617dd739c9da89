"""Two people state that they saw the second factor on, in the network's own settings, with a picture if there is one."""
from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from countersign.access.evidence import noting, rules
from countersign.access.evidence.excepting import account_of
from countersign.access.evidence.models import Picture
from countersign.access.evidence.noting import account_label
from countersign.access.evidence.states import Source
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Person
from countersign.review import acts, proposing
from countersign.review.acts import Act, Lines
from countersign.review.models import Proposal

FIELD = "picture"


def propose(
    actor: PersonActor, account: Account, *, seen_at: datetime, words: str, picture: bytes = b"", at: datetime
) -> Proposal:
    """Propose the statement that one looked and that it is on; it counts once a second person has looked and signed.

    A picture is sealed first; its digest is part of what both sign.
    """
    with refusals_recorded(actor, at=at, matter=account_label(account)):
        gate.require(actor, Right.EVIDENCE_STATE, on=account)
    rules.require_seen_lately(seen_at, at=at)
    looks = rules.picture(picture) if picture else None
    sealed = _sealed(account, picture) if looks else ""
    with recorded(actor, at=at, matter=account_label(account), account=account):
        if looks:
            Picture.objects.get_or_create(
                account=account, sha256=looks.sha256,
                defaults={"mime": looks.mime, "size": len(picture), "sealed": sealed, "taken_by": Person.objects.get(uid=actor.uid), "taken_at": at},
            )
        content = {"account": str(account.uid), "seen_at": seen_at.isoformat(), "picture": looks.sha256 if looks else ""}
        return proposing.propose(
            actor, rules.STATE, matter=account_label(account), account=str(account.uid), content=content, reason=words, at=at
        )


def open_picture(actor: PersonActor, picture: Picture, *, at: datetime) -> bytes:
    """A picture as it was taken in, for those who may state or read the log. That it was opened is in the log."""
    with recorded(actor, at=at, matter=account_label(picture.account), account=picture.account) as record:
        if not gate.may(actor, Right.EVIDENCE_STATE, on=picture.account).allowed:
            gate.require(actor, Right.LOG_READ, on=None)
        record("evidence.picture_opened", account_label(picture.account), account=picture.account, sha256=picture.sha256)
    opened = client.ask(messages.OpenPicture(str(picture.account.uid), picture.sealed, picture.sha256))
    return b64decode(opened.content)


def _sealed(account: Account, content: bytes) -> str:
    """Sealed for this account; the text is the bytes in base64, since what is sealed is text."""
    call = messages.Seal(f"evidence:{account.uid}", FIELD, version=1, text=b64encode(content).decode())
    return str(client.ask(call).sealed)


def _require_may(actor: PersonActor, proposal: Proposal) -> None:
    gate.require(actor, Right.EVIDENCE_STATE, on=account_of(proposal))


def _lines(proposal: Proposal) -> Lines:
    account, seen_at = account_of(proposal), datetime.fromisoformat(proposal.content["seen_at"])
    until = rules.ends_at(Source.STATEMENT, seen_at)
    return [
        (gettext("Account"), f"{account.handle} · {account.network}"),
        (gettext("What is stated"), gettext("Its second factor is on at the network. Look there yourself before you sign.")),
        (gettext("Seen"), date_format(timezone.localtime(seen_at), "DATETIME_FORMAT")),
        (gettext("Good until"), date_format(timezone.localtime(until), "DATETIME_FORMAT")),
        (gettext("Picture"), proposal.content["picture"][:16] or gettext("none")),
    ]


def _next(proposal: Proposal) -> str:
    return reverse("evidence:account", args=[proposal.content["account"]])


def _carry_out(actor: PersonActor, proposal: Proposal, at: datetime) -> None:
    account, seen_at = account_of(proposal), datetime.fromisoformat(proposal.content["seen_at"])
    picture = Picture.objects.filter(account=account, sha256=proposal.content["picture"]).first()
    if proposal.content["picture"] and picture is None:
        raise Conflict(_("The picture of this statement is gone."), remedy=_("Propose it again."))
    with recorded(actor, at=at, matter=account_label(account), account=account):
        noting.keep(
            actor, account, Source.STATEMENT, seen_at=seen_at, words=proposal.reason, at=at, proposal=proposal, picture=picture
        )


ACT = Act(
    name=rules.STATE, title=_("State that the second factor is on"), lives=timedelta(days=3),
    require_may_propose=_require_may, require_may_sign=_require_may, lines=_lines, next_url=_next, carry_out=_carry_out,
)


def register() -> None:
    """Make the act known, when the program starts."""
    acts.register(ACT)

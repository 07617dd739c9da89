"""Two officers let an account publish for a while without evidence of its second factor."""
from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from countersign.access.evidence import rules
from countersign.access.evidence.models import Allowance
from countersign.access.evidence.noting import account_label
from countersign.access.evidence.states import Grounds
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict
from countersign.base.words import _
from countersign.review import acts, proposing
from countersign.review.acts import Act, Lines
from countersign.review.models import Proposal


def propose(actor: PersonActor, account: Account, *, days: str, reason: str, at: datetime) -> Proposal:
    """Propose that an account may publish for so many days without evidence; at most thirty, counted from now."""
    with refusals_recorded(actor, at=at, matter=account_label(account)):
        gate.require(actor, Right.EVIDENCE_EXCEPT, on=account)
    content = {"account": str(account.uid), "until": rules.until(days, at=at).isoformat()}
    return proposing.propose(
        actor, rules.EXCEPT, matter=account_label(account), account=str(account.uid), content=content, reason=reason, at=at
    )


def account_of(proposal: Proposal) -> Account:
    """The account a proposal is about. Conflict when there is none."""
    found = Account.objects.filter(uid=proposal.content["account"]).first()
    if found is None or str(found.uid) != str(proposal.account):
        raise Conflict(_("There is no such account."))
    return found


def _require_may(actor: PersonActor, proposal: Proposal) -> None:
    gate.require(actor, Right.EVIDENCE_EXCEPT, on=account_of(proposal))


def _lines(proposal: Proposal) -> Lines:
    account, until = account_of(proposal), datetime.fromisoformat(proposal.content["until"])
    return [
        (gettext("Account"), f"{account.handle} · {account.network}"),
        (gettext("May publish until"), date_format(timezone.localtime(until), "DATETIME_FORMAT")),
        (gettext("What is accepted"), gettext("Nothing shows that the network asks for a second factor, so a password alone may open this account.")),
    ]


def _next(proposal: Proposal) -> str:
    return reverse("evidence:account", args=[proposal.content["account"]])


def _carry_out(actor: PersonActor, proposal: Proposal, at: datetime) -> None:
    account, until = account_of(proposal), datetime.fromisoformat(proposal.content["until"])
    if until <= at:
        raise Conflict(_("The time that was proposed is over."), remedy=_("Propose it again."))
    with recorded(actor, at=at, matter=account_label(account), account=account) as record:
        Allowance.objects.create(
            account=account, grounds=Grounds.EXCEPTED, given_at=at, ends_at=until, reason=proposal.reason, proposal=proposal.uid
        )
        record("evidence.excepted", account_label(account), account=account, until=until.isoformat())


ACT = Act(
    name=rules.EXCEPT, title=_("Publish for a while without evidence of the second factor"), lives=timedelta(days=7),
    require_may_propose=_require_may, require_may_sign=_require_may, lines=_lines, next_url=_next, carry_out=_carry_out,
)


def register() -> None:
    """Make the act known, when the program starts."""
    acts.register(ACT)

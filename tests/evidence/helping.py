"""What the tests of evidence have in common."""
from __future__ import annotations

from datetime import datetime, timedelta

from countersign.access.evidence import asking, noting
from countersign.access.evidence.models import Allowance, Evidence
from countersign.access.evidence.states import Source
from countersign.access.grants.models import Account
from countersign.base.actor import PersonActor
from countersign.content.posts.jobs import let_go
from countersign.content.posts.models import Delivery
from countersign.review import proposing
from countersign.review.models import Proposal
from tests.house import House, now

EVIDENCE = asking.EVIDENCE


def account_of(house: House) -> Account:
    return house.account  # type: ignore[attr-defined,no-any-return]


def end_first_days() -> None:
    """As if the account had been there for long: only evidence counts."""
    Allowance.objects.all().delete()


def shown(account: Account, source: Source = Source.DRILL, *, ago: timedelta = timedelta()) -> Evidence:
    """Its second factor was seen to be on."""
    return noting.note(EVIDENCE, account, source, seen_at=now() - ago, words="Seen.", at=now())


def again(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def work(house: House) -> None:
    """What the worker does: let go what evidence held, release what is due."""
    let_go(now())
    house.release()


def sign(house: House, signer: PersonActor, proposal: Proposal, *, at: datetime | None = None) -> bool:
    """Sign a proposal with this person's passkey."""
    statement = proposing.statement_for(signer, proposal, at=at or now())
    return proposing.sign(signer, proposal, statement, house.assertion(signer, statement), at=at or now())

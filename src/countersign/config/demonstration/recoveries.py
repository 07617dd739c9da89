"""Recovery in the demonstration: the company's domain, who reads the role mailbox, a phone that Leo still holds.

No mailbox is read: the demonstration has no mail server. The recovery address itself comes from the practice network's API.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from countersign.access.grants.models import Account
from countersign.access.recovery import comparing, describing, listing
from countersign.access.recovery.models import Contact
from countersign.base.actor import PersonActor
from countersign.people.models import Person


def fill(accounts: Mapping[str, Account], actor: Callable[[str], PersonActor], people: Mapping[str, Person], now: Callable[[], datetime]) -> None:
    """List the domain, ask the network, and write down what it does not tell."""
    kim, at = actor("Kim"), now()
    listing.add(kim, "delinde.example", registered_until=(at + timedelta(days=700)).date(), at=at)
    for account in accounts.values():
        comparing.compare(kim, account, at=now())
    for contact in Contact.objects.standing().filter(account=accounts["nl"]):
        describing.name_receivers(kim, contact, [people["Kim"], people["Tom"]], at=now())
        describing.state_second_factor(kim, contact, at=now())
    describing.add(kim, accounts["nl"], "phone", "… 47", receivers=[people["Leo"]], at=now())
    describing.add(kim, accounts["fr"], "administrator", "Brasserie Ann", receivers=[people["Ann"]], at=now())

"""Which recovery addresses and phone numbers of our accounts are somebody's own.

The one place in which a departure asks about recovery.
"""
from __future__ import annotations

from django.db.models import Q

from countersign.access.grants.models import Account
from countersign.access.recovery.models import Contact
from countersign.people.models import Person


def recovery_ways(person: Person, accounts: list[Account]) -> dict[int, str]:
    """What is written down of each account's recovery ways that this person reads, holds or is, by the account's key. What nobody
    wrote down is not known, so every account is asked about by hand all the same."""
    theirs = Q(receivers=person) | Q(value__iexact=person.email)
    found: dict[int, str] = {}
    rows = Contact.objects.standing().filter(theirs, account__in=accounts).distinct().order_by("pk")
    for pk, value in rows.values_list("account_id", "value"):
        found[pk] = f"{found[pk]}, {value}" if pk in found else value
    return found

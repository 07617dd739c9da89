"""Printed cards: a code that locks its owner and can do nothing else."""
from __future__ import annotations

from datetime import datetime

from countersign.access.lockout import rules
from countersign.access.lockout.models import Card
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.values import Secret
from countersign.people import codes
from countersign.people.equipping import require_fresh
from countersign.people.models import Person


def make_card(actor: PersonActor, *, at: datetime) -> Secret:
    """A fresh lock-only code of 80 random bits for oneself, returned this once; the card before it stops working."""
    code = codes.make()
    with recorded(actor, at=at, matter=actor.label) as record:
        require_fresh(actor, at=at)
        person = Person.objects.select_for_update().get(uid=actor.uid)
        Card.objects.filter(person=person, ended_at=None).update(ended_at=at)
        Card.objects.create(person=person, code_hash=rules.code_hash(code), made_at=at)
        record("lock_card.made", actor.label)
    return Secret(code)

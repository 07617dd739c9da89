"""Whether somebody is at work here: all that is asked of whoever reports a loss."""
from __future__ import annotations

from countersign.base.actor import PersonActor
from countersign.base.errors import Refused
from countersign.base.words import _
from countersign.people import queries as people
from countersign.people.models import Person
from countersign.people.states import PersonState


def require_at_work(actor: PersonActor) -> None:
    """Refuse whoever is locked, or not active. No role is needed, nor a device that is known."""
    sessions, devices = [actor.session] if actor.session else [], [actor.device] if actor.device else []
    locked = people.locks_on(persons=[actor.uid], sessions=sessions, devices=devices)
    if locked or not Person.objects.filter(uid=actor.uid, state=PersonState.ACTIVE).exists():
        raise Refused(_("Your access is locked."), remedy=_("Ask a security officer to lift the lock."))

"""Keys of the company's own programs: made and ended by officers, checked whenever one is shown."""
from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout.states import KEY_PURPOSES
from countersign.audit.recording import recorded, refuse
from countersign.base.actor import PersonActor, ProgramActor
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.people import queries as people
from countersign.people.models import ApiKey, Person
from countersign.people.queries import token_hash
from countersign.people.states import PersonState

LONGEST = 400  # days
_SEEN = timedelta(minutes=1)  # how old "last used" may grow


def make_key(actor: PersonActor, *, name: str, purpose: str, days: int, at: datetime) -> tuple[ApiKey, Secret]:
    """Make a key of 256 random bits for one purpose; its text is returned this once. It belongs to who made it."""
    text = f"cs_{purpose}_{secrets.token_urlsafe(32)}"
    with recorded(actor, at=at, matter="api-key") as record:
        gate.require(actor, Right.API_KEY_MAKE, on=None)
        if purpose not in KEY_PURPOSES:
            raise Invalid(_("Choose what it is for."), field="purpose")
        if not name.strip():
            raise Invalid(_("Give it a name."), field="name")
        if not 1 <= days <= LONGEST:
            raise Invalid(_("A key lasts between one and {most} days."), field="days", most=LONGEST)
        key = ApiKey.objects.create(
            name=name.strip()[:80], purpose=purpose, key_hash=token_hash(text), made_by=Person.objects.get(uid=actor.uid),
            made_at=at, expires_at=at + timedelta(days=days),
        )
        record("api_key.made", f"key:{key.uid}", purpose=purpose, days=days)
        return key, Secret(text)


def end_key(actor: PersonActor, key: ApiKey, *, at: datetime) -> None:
    """End a key at once. Conflict when it has ended."""
    with recorded(actor, at=at, matter=f"key:{key.uid}") as record:
        gate.require(actor, Right.API_KEY_MAKE, on=None)
        if not ApiKey.objects.filter(pk=key.pk, ended_at=None).update(ended_at=at):
            raise Conflict(_("This key has ended already."))
        record("api_key.ended", f"key:{key.uid}")


def shown(text: str, *, purpose: str, at: datetime) -> ProgramActor:
    """The program that shows this key, for this purpose. Refused, and recorded, for a key that no longer counts; Invalid for
    a text that is no key of ours, which leaves no trace: whoever is nobody could fill the log at will."""
    key = ApiKey.objects.select_related("made_by").filter(key_hash=token_hash(text)).first() if text else None
    if key is None:
        raise Invalid(_("That is no key of this installation."))
    actor = ProgramActor(str(key.uid), key.name, key.purpose)
    if why := _why_not(key, purpose, at):
        refusal = Refused(why)
        refuse(actor, at=at, matter=f"key:{key.uid}", refusal=refusal)
        raise refusal
    if key.last_used_at is None or at - key.last_used_at > _SEEN:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return actor


def _why_not(key: ApiKey, purpose: str, at: datetime) -> str:
    if key.purpose != purpose:
        return _("This key is for something else.")
    if key.ended_at is not None or (key.expires_at is not None and at >= key.expires_at):
        return _("This key has ended.")
    if key.made_by.state != PersonState.ACTIVE or people.is_locked(person=str(key.made_by.uid)):
        return _("Whoever made this key is locked or gone, so it no longer counts.")
    return ""


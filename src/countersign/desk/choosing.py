"""Choosing: a person's own language."""
from __future__ import annotations

from datetime import datetime

from django.conf import settings

from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Invalid
from countersign.base.words import _
from countersign.people.models import Person


def choose_language(actor: PersonActor, language: str, *, at: datetime) -> None:
    """Set the language in which one reads pages and mails."""
    with recorded(actor, at=at) as record:
        if language not in dict(settings.LANGUAGES):
            raise Invalid(_("Choose one of the languages."), field="language")
        Person.objects.filter(uid=actor.uid).update(language=language)
        record("settings.changed", f"person:{actor.uid}", language=language)

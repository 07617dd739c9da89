"""Telling officers by mail that a secret must be replaced, and that it was not replaced in time; each once."""
from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext, override

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.vault.models import Rotation
from countersign.access.vault.words import kind_words
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor
from countersign.notices.models import Notice
from countersign.people.models import Person


def tell(actor: DutyActor, rotation: Rotation, *, is_late: bool, at: datetime) -> int:
    """Tell whoever may replace it; how many were told."""
    matter = f"rotation:{rotation.uid}:{'late' if is_late else 'due'}"
    told = 0
    for person in gate.holders(Right.SECRET_ROTATE, on=rotation.account):
        if _note(actor, matter, person, at):
            _send(rotation, person, is_late=is_late)
            told += 1
    return told


def _note(actor: DutyActor, matter: str, person: Person, at: datetime) -> bool:
    """Note that a notice goes out, before it does: a crash in between loses one mail and never repeats a hundred."""
    if Notice.objects.filter(person=person, matter=matter).exists():
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.NOTICE_SEND, on=None)
        Notice.objects.create(person=person, matter=matter, noted_at=at)
        record("notice.sent", f"person:{person.uid}", about=matter)
        return True


def _send(rotation: Rotation, person: Person, *, is_late: bool) -> None:
    with override(person.language):
        what = kind_words(rotation.secret) if rotation.secret else gettext("Our own key")
        handle = rotation.account.handle
        subject = gettext("Overdue: replace {what} of {handle}") if is_late else gettext("To be replaced: {what} of {handle}")
        words = gettext("{what} of {handle} must be replaced by {due} UTC.\n\nWhy: {why}\n\n{url}\n").format(
            what=what, handle=handle, due=f"{rotation.due_at:%d-%m %H:%M}", why=gettext(rotation.why),
            url=f"{settings.ORIGIN}{reverse('grants:rotation', args=[rotation.uid])}",
        )
        send_mail(" ".join(subject.format(what=what, handle=handle).split()), words, settings.DEFAULT_FROM_EMAIL, [person.email])

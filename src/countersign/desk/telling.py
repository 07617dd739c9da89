"""Telling people by mail what waits for them, with the fingerprint of what they would sign."""
from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext, override

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import DutyActor
from countersign.base.values import Digest
from countersign.content.posts.models import Post, Revision
from countersign.content.posts.titles import title_of
from countersign.notices.models import Notice
from countersign.people.models import Person


def tell_reviewers(actor: DutyActor, post: Post, *, at: datetime) -> int:
    """Tell everybody who may sign a submitted post that it waits; each once a revision. How many were told."""
    revision = Revision.objects.get(post=post, number=post.revision)
    told = 0
    for person in _who_may_sign(post, revision):
        if _note(actor, post, person, at):
            _send(post, revision, person)
            told += 1
    return told


def _who_may_sign(post: Post, revision: Revision) -> list[Person]:
    holders = [set(gate.holders(Right.POST_COUNTERSIGN, on=v.account)) for v in post.variants.select_related("account")]
    people = set.intersection(*holders) if holders else set()
    return sorted((p for p in people if str(p.uid) not in revision.authors), key=lambda p: p.pk)


def _note(actor: DutyActor, post: Post, person: Person, at: datetime) -> bool:
    """Note that a notice goes out, before it does: a crash in between loses one mail and never repeats a hundred."""
    if Notice.objects.filter(person=person, matter=post.matter).exists():
        return False
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.NOTICE_SEND, on=None)
        Notice.objects.create(person=person, matter=post.matter, noted_at=at)
        record("notice.sent", f"person:{person.uid}", about=post.matter)
        return True


def _send(post: Post, revision: Revision, person: Person) -> None:
    with override(person.language):
        title = title_of(post)
        subject = gettext("Waiting for your signature: {title}").format(title=title)
        words = gettext(
            "{author} submitted “{title}” (revision {number}).\n\nFingerprint: {fingerprint}\n"
            "It must be the one you see on the page before you sign.\n\n{url}\n"
        ).format(
            author=post.author.name, title=title, number=revision.number,
            fingerprint=Digest(revision.digest).fingerprint,
            url=f"{settings.ORIGIN}{reverse('posts:review', args=[post.uid])}",
        )
        send_mail(" ".join(subject.split()), words, settings.DEFAULT_FROM_EMAIL, [person.email])

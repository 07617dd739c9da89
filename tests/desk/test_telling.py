"""Reviewers are told by mail what waits, once, with the fingerprint they will see; its author is not."""
from __future__ import annotations

from django.core import mail

from countersign.base.values import Digest
from countersign.content.posts import submitting
from countersign.content.posts.models import Revision
from countersign.desk.jobs import tell_reviewers
from tests.house import House, now


def test_who_may_sign_is_told_once_with_the_fingerprint(brewery: House) -> None:
    ann = brewery.actor("Ann")
    post = brewery.write(ann, "Zaterdag open dag.", brewery.account, title="Open dag")  # type: ignore[attr-defined]
    submitting.submit(ann, post, at=now())
    mail.outbox.clear()
    told = tell_reviewers(now())
    assert (told, tell_reviewers(now())) == (2, 0)
    assert sorted(message.to[0] for message in mail.outbox) == ["ben@delinde.example", "kim@delinde.example"]
    fingerprint = Digest(Revision.objects.get(post=post).digest).fingerprint
    assert all(fingerprint in message.body and "Open dag" in message.subject for message in mail.outbox)


def test_whoever_edited_it_is_not_told(brewery: House) -> None:
    ben = brewery.actor("Ben")
    post = brewery.write(ben, "Van Ben.", brewery.account)  # type: ignore[attr-defined]
    submitting.submit(ben, post, at=now())
    mail.outbox.clear()
    tell_reviewers(now())
    assert [message.to for message in mail.outbox] == [["kim@delinde.example"]]

"""Drafting: writing a post, changing it, talking about it."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.content.media.models import File
from countersign.content.posts.models import Attachment, Edit, Post, Remark, Variant
from countersign.content.posts.states import PostState
from countersign.people.models import Person


@dataclass(frozen=True, slots=True)
class Described:
    """A picture taken in, by UUID, with its description."""

    file: str
    alt: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an author has written: a wording for each account by UUID, pictures, when, in which language."""

    texts: Mapping[str, str]
    languages: Mapping[str, str] = field(default_factory=dict)
    pictures: Sequence[Described] = ()
    title: str = ""
    release_at: datetime | None = None
    zone: str = "Europe/Brussels"
    answers: dict[str, Any] | None = field(default=None)


def is_empty(content: Content) -> bool:
    """Whether nothing has been written yet: no title, no words, no picture."""
    return not (content.title.strip() or content.pictures or any(text.strip() for text in content.texts.values()))


def draft(actor: PersonActor, content: Content, *, at: datetime) -> Post:
    """Begin a post. Invalid when nothing is written yet, unless it is an answer."""
    with recorded(actor, at=at) as record:
        accounts = require_accounts(actor, content)
        if is_empty(content) and not content.answers:
            raise Invalid(_("There is nothing to keep yet."), remedy=_("Write something or add a picture first."))
        post = Post.objects.create(
            author=Person.objects.get(uid=actor.uid), state=PostState.DRAFT, state_since=at, drafted_at=at, edited_at=at,
            answers=content.answers, **_plain(content),
        )
        _write(actor, post, content, accounts, at)
        record("post.drafted", post, accounts=sorted(content.texts))
        return post


def edit(actor: PersonActor, post: Post, content: Content, *, seen: datetime, at: datetime) -> Post:
    """Change a draft. `seen` is when the version the writer began from was written; Conflict when it is no longer that.

    Only a draft changes: a submitted post is withdrawn first, an approved one recalled, and either voids signatures.
    """
    with recorded(actor, at=at) as record:
        require_on_all(actor, Right.POST_DRAFT, post)
        accounts = require_accounts(actor, content)
        if post.state != PostState.DRAFT:
            raise Conflict(_("This is {state}; only a draft can be changed."), state=post.state)
        changed = Post.objects.filter(pk=post.pk, state=PostState.DRAFT, edited_at=seen).update(
            edited_at=at, **_plain(content)
        )
        if not changed:
            raise Conflict(
                _("This draft was changed meanwhile, by somebody else or in another window."),
                remedy=_("Copy what you wrote here, reload the page and put it in."),
            )
        post.refresh_from_db()
        _write(actor, post, content, accounts, at)
        record("post.edited", post)
        return post


def discard(actor: PersonActor, post: Post, *, at: datetime) -> None:
    """Delete a draft for good. Conflict once it has been submitted: what others saw of it is kept."""
    with recorded(actor, at=at, matter=post) as record:
        require_on_all(actor, Right.POST_DRAFT, post)
        hold(post)
        if post.state != PostState.DRAFT:
            raise Conflict(_("This is {state}; only a draft can be deleted."), state=post.state)
        if post.revision:
            raise Conflict(
                _("This was submitted before, so it is kept with what was said about it."), remedy=_("Leave it as it is.")
            )
        record("post.discarded", post)
        post.delete()


def discuss(actor: PersonActor, post: Post, text: str, *, at: datetime) -> Remark:
    """Say something about a post; only the team sees it."""
    with recorded(actor, at=at) as record:
        require_on_all(actor, Right.POST_DISCUSS, post)
        if not text.strip():
            raise Invalid(_("Write something."), field="text")
        record("post.discussed", post)
        return remark(actor, post, text, kind="said", at=at)


def remark(actor: PersonActor, post: Post, text: str, *, kind: str, at: datetime) -> Remark:
    """Add a line to the discussion; inside an open record."""
    person = Person.objects.get(uid=actor.uid)
    return Remark.objects.create(post=post, person=person, kind=kind, text=text.strip(), said_at=at)


def require_on_all(actor: PersonActor, right: Right, post: Post) -> None:
    """Raise Refused unless the actor has a right on every account of a post; a post without accounts is its author's."""
    variants = list(post.variants.select_related("account"))
    if not variants and str(post.author.uid) != actor.uid:
        gate.require(actor, right, on=None)
    for variant in variants:
        gate.require(actor, right, on=variant.account)


def hold(post: Post) -> None:
    """Read a post anew and let nobody else move or edit it until the open change ends."""
    post.refresh_from_db(from_queryset=Post.objects.select_for_update())


def _plain(content: Content) -> dict[str, Any]:
    return {
        "title": content.title.strip()[:120], "release_at": content.release_at, "zone": content.zone,
    }


def require_accounts(actor: PersonActor, content: Content) -> dict[str, Account]:
    """The accounts of a wording by UUID. Refused unless the actor may draft on each, Invalid when one is not there."""
    gate.require_anywhere(actor, Right.POST_DRAFT)
    accounts = {str(account.uid): account for account in Account.objects.filter(uid__in=known_uuids(content.texts))}
    if set(accounts) != set(content.texts):
        raise Invalid(_("One of the accounts is not there."), field="accounts")
    for account in accounts.values():
        gate.require(actor, Right.POST_DRAFT, on=account)
    return accounts


def _write(actor: PersonActor, post: Post, content: Content, accounts: dict[str, Account], at: datetime) -> None:
    post.variants.exclude(account__in=accounts.values()).delete()
    for uid, text in content.texts.items():
        wording = {"text": text, "language": content.languages.get(uid, "en")}
        Variant.objects.update_or_create(post=post, account=accounts[uid], defaults=wording)
    post.attachments.all().delete()
    files = {str(file.uid): file for file in File.objects.filter(uid__in=known_uuids(p.file for p in content.pictures))}
    for position, picture in enumerate(content.pictures):
        if picture.file not in files:
            raise Invalid(_("One of the pictures is not there."), field="files")
        Attachment.objects.create(post=post, file=files[picture.file], alt=picture.alt.strip(), position=position)
    person = Person.objects.get(uid=actor.uid)
    Edit.objects.update_or_create(post=post, person=person, defaults={"edited_at": at})


def with_picture(content: Content, file: str) -> Content:
    """The same content with one picture more; twice the same picture is once."""
    if any(picture.file == file for picture in content.pictures):
        return content
    return replace(content, pictures=[*content.pictures, Described(file, "")])


def without_picture(content: Content, file: str) -> Content:
    """The same content without a picture."""
    return replace(content, pictures=[picture for picture in content.pictures if picture.file != file])

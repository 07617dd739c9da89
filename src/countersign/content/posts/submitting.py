"""Submitting: a draft is frozen for a second person, or taken back from them."""
from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from countersign.access.grants.rights import Right
from countersign.access.grants.states import AccountState
from countersign.audit.recording import recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.values import Digest
from countersign.base.words import _
from countersign.content.media.telling import TRACES
from countersign.content.posts import rules
from countersign.content.posts.drafting import hold, remark, require_on_all
from countersign.content.posts.manifest import OPEN_FOR, Medium, Request, Target, Window
from countersign.content.posts.models import Post, Revision, Variant
from countersign.content.posts.states import PostState
from countersign.networks.contract import Counts, Handles
from countersign.networks.registry import CONNECTORS
from countersign.people.models import Person
from countersign.review.statement import iso

REVISION = "countersign/revision/v1"


def submit(actor: PersonActor, post: Post, *, at: datetime) -> Revision:
    """Freeze a draft as a revision that a second person can sign. Invalid when it could not go out as it stands."""
    with recorded(actor, at=at) as record:
        require_on_all(actor, Right.POST_DRAFT, post)
        hold(post)  # nobody changes it between what is read here and what is frozen
        if post.release_at is not None and post.release_at <= at:
            raise Invalid(_("The release time has passed."), remedy=_("Choose a later one."), field="release_date")
        wordings = [_wording(post, variant, at) for variant in post.variants.order_by("account_id")]
        rules.require_fitting(wordings)
        found = [finding.content() for finding in rules.findings(wordings, removed=_removed(post))]
        requests = [wording.request.content() for wording in wordings]
        number = post.revision + 1
        post.move(PostState.SUBMITTED, at=at, revision=number)
        revision = Revision.objects.create(
            post=post, number=number, requests=requests, authors=authors(post), findings=found,
            digest=Digest.of(REVISION, requests).hex, submitted_by=Person.objects.get(uid=actor.uid), submitted_at=at,
            signatures=max(variant.account.signatures for variant in post.variants.all()),
        )
        record("post.submitted", post, revision=number, digest=revision.digest)
        return revision


def withdraw(actor: PersonActor, post: Post, *, at: datetime) -> None:
    """Take a submitted post back to change it. Signatures given so far are void."""
    with recorded(actor, at=at) as record:
        require_on_all(actor, Right.POST_DRAFT, post)
        if post.state not in {PostState.SUBMITTED, PostState.REJECTED}:
            raise Conflict(_("This is {state}; it is not waiting for a signature."), state=post.state)
        post.move(PostState.DRAFT, at=at)
        remark(actor, post, "", kind="withdrawn", at=at)
        record("post.withdrawn", post, revision=post.revision)


def authors(post: Post) -> list[str]:
    """The UUIDs of whoever wrote or edited a post, sorted."""
    wrote = {str(edit.person.uid) for edit in post.edits.select_related("person")}
    return sorted(wrote | {str(post.author.uid)})


def _wording(post: Post, variant: Variant, at: datetime) -> rules.Wording:
    account, text = variant.account, variant.text
    if account.state != AccountState.CONNECTED:
        raise Invalid(_("{handle} is not connected."), field="accounts", handle=account.handle)
    if (post.answers or {}).get("account", str(account.uid)) != str(account.uid):
        raise Invalid(_("The comment stands under a post of another account: {handle} cannot answer it."), field="accounts", handle=account.handle)
    connector = CONNECTORS[account.network]
    handle = connector.new_handle(at, secrets.randbits(32)) if isinstance(connector, Handles) else str(uuid.uuid4())
    window = Window(iso(post.release_at) if post.release_at else "", iso((post.release_at or at) + OPEN_FOR))
    request = Request(
        Target(str(account.uid), account.network, account.origin, account.remote_id), str(uuid.uuid4()), handle, text,
        variant.language, _media(post), (post.answers or {}).get("reply_to"), window,
    )
    limits = account.limits
    counted = connector.count(text) if isinstance(connector, Counts) else len(text)
    return rules.Wording(
        request, account.handle, counted, limits["characters"], limits["attachments"], limits["image_bytes"],
        limits["alt_characters"],
    )


def _media(post: Post) -> tuple[Medium, ...]:
    attachments = post.attachments.select_related("file").order_by("position")
    return tuple(Medium(a.file.sha256, a.file.mime, a.file.size, a.alt, a.file.width, a.file.height) for a in attachments)


def _removed(post: Post) -> list[tuple[str, dict[str, str]]]:
    traces = [trace for a in post.attachments.select_related("file").order_by("position") for trace in a.file.traces]
    return [(TRACES[t["kind"]], {name: str(t[name]) for name in t if name not in {"kind", "picture"}}) for t in traces]

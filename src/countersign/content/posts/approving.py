"""Approving: a second person countersigns a submitted post, or says why not."""
from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from countersign.access.grants.rights import Right
from countersign.audit.recording import recorded, refusals_recorded, refuse
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Invalid
from countersign.base.words import _
from countersign.content.posts import manifest, rules
from countersign.content.posts.drafting import hold, remark, require_on_all
from countersign.content.posts.models import Delivery, Post, Revision
from countersign.content.posts.states import DeliveryState, PostState
from countersign.review import statement as statements
from countersign.review.countersigning import countersign
from countersign.review.models import Countersignature
from countersign.review.rules import require_second_person
from countersign.review.verifying import Assertion


def statement_for(actor: PersonActor, post: Post, *, at: datetime) -> dict[str, Any]:
    """The statement this person would sign for the post as it now stands. Refused to its authors; changes nothing."""
    with refusals_recorded(actor, at=at, matter=post):
        require_on_all(actor, Right.POST_COUNTERSIGN, post)
        revision = current(post)
        require_second_person(authors=set(revision.authors), signer=actor.uid)
    return _statement(actor.uid, post, revision, nonce=secrets.token_urlsafe(16), at=at)


def approve(actor: PersonActor, post: Post, statement: dict[str, Any], assertion: Assertion, *, at: datetime) -> bool:
    """Countersign a submitted post; True when it has all its signatures and will go out.

    Conflict when the post is no longer what the statement says, even if it changed while the passkey was being used; that is
    recorded as a refusal, for a signature was given.
    """
    try:
        return _approved(actor, post, statement, assertion, at)
    except Conflict as late:
        refuse(actor, at=at, matter=post, refusal=late)
        raise


def _approved(actor: PersonActor, post: Post, statement: dict[str, Any], assertion: Assertion, at: datetime) -> bool:
    with recorded(actor, at=at) as record:
        require_on_all(actor, Right.POST_COUNTERSIGN, post)
        hold(post)  # of two last signatures at once, the second counts the first
        revision = current(post)
        signed_at = statements.moment(str(statement["signed_at"]))
        expected = _statement(actor.uid, post, revision, nonce=str(statement["nonce"]), at=signed_at)
        if statement != expected or at - signed_at > timedelta(minutes=10):
            raise Conflict(_("The post changed while you were signing."), remedy=_("Read it again, then sign."))
        countersign(actor, post.matter, statement, assertion, authors=set(revision.authors), at=at)
        remark(actor, post, "", kind="signed", at=at)
        record("post.signed", post, revision=revision.number, digest=revision.digest)
        if Countersignature.objects.filter(matter=post.matter).count() < revision.signatures:
            return False
        post.move(PostState.APPROVED, at=at)
        _make_deliveries(post, revision, at)
        record("post.approved", post, revision=revision.number, digest=revision.digest)
        return True


def ask_for_changes(actor: PersonActor, post: Post, words: str, *, at: datetime) -> None:
    """Send a submitted post back to its author, with words."""
    with recorded(actor, at=at) as record:
        _require_reviewer_with_words(actor, post, words)
        post.move(PostState.DRAFT, at=at)
        remark(actor, post, words, kind="changes", at=at)
        record("post.changes_asked", post, revision=post.revision)


def reject(actor: PersonActor, post: Post, words: str, *, at: datetime) -> None:
    """Reject a submitted post, with words."""
    with recorded(actor, at=at) as record:
        _require_reviewer_with_words(actor, post, words)
        post.move(PostState.REJECTED, at=at)
        remark(actor, post, words, kind="rejected", at=at)
        record("post.rejected", post, revision=post.revision)


def current(post: Post) -> Revision:
    """The revision that waits for signatures; Conflict when the post is not submitted."""
    post.refresh_from_db()
    if post.state != PostState.SUBMITTED:
        raise Conflict(_("This is {state}; it is not waiting for a signature."), state=post.state)
    return Revision.objects.get(post=post, number=post.revision)


def _require_reviewer_with_words(actor: PersonActor, post: Post, words: str) -> None:
    require_on_all(actor, Right.POST_COUNTERSIGN, post)
    require_second_person(authors=set(current(post).authors), signer=actor.uid)
    if not words.strip():
        raise Invalid(_("Say what should change."), field="words")


def _statement(signer: str, post: Post, revision: Revision, *, nonce: str, at: datetime) -> dict[str, Any]:
    requests = [manifest.request(content) for content in revision.requests]
    return statements.release(
        signer=signer, authors=revision.authors, post=str(post.uid), revision=revision.number,
        signatures=revision.signatures, findings=rules.digest_of(revision.findings), nonce=nonce, at=at,
        requests=[statements.SignedRequest(r.account.uid, r.delivery, r.digest.hex) for r in requests],
        expires_at=max(statements.moment(r.window.not_after) for r in requests),
    )


def _make_deliveries(post: Post, revision: Revision, at: datetime) -> None:
    due_at = max(post.release_at or at, at + timedelta(seconds=settings.RECALL_SECONDS))
    accounts = {str(variant.account.uid): variant.account for variant in post.variants.select_related("account")}
    Delivery.objects.bulk_create(
        Delivery(
            uid=content["delivery"], post=post, revision=revision, account=accounts[content["account"]["uid"]],
            request=content, state=DeliveryState.DUE, state_since=at, due_at=due_at,
            signed_digest=manifest.request(content).digest.hex,
        )
        for content in revision.requests
    )

"""Deciding: a moderator keeps, answers, hides, deletes or escalates a comment, by a clause of the charter."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.vault import keeping
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import Actor, PersonActor
from countersign.base.errors import Conflict, CountersignError, Invalid
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.content.comments.models import Comment, Decision
from countersign.content.comments.states import CommentState
from countersign.content.posts import drafting
from countersign.content.posts.models import Post
from countersign.people.models import Person
from countersign.policy.charter.models import Clause
from countersign.policy.charter.states import CharterState

DEEDS = ("keep", "answer", "hide", "delete", "escalate")


def decide(actor: PersonActor, comment: Comment, deed: str, clause: Clause, *, words: str = "", at: datetime) -> Comment:
    """Decide a comment by a clause of the adopted charter. Hiding and deleting happen at the network, or by hand.

    Conflict when its writer changed it or somebody else decided while it was being read.
    """
    if deed not in {"keep", "hide", "delete", "escalate"}:
        raise Invalid(_("Choose what to do."), field="deed")
    if comment.is_ours:  # a countersigned post: who may delete it is asked on its own page
        raise Invalid(_("This is our own answer."), remedy=_("Delete it on the page of its post."), field="deed")
    if clause.stays and deed in {"hide", "delete"}:
        raise Invalid(_("By this clause a comment stays."), remedy=_("Choose the clause that it breaks."), field="clause")
    state = {"keep": CommentState.KEPT, "escalate": CommentState.ESCALATED}.get(deed, CommentState.HIDING)
    with recorded(actor, at=at) as record:
        _require(actor, comment, clause)
        comment.move(state, at=at, **_read(actor, at))
        _note(actor, comment, deed, clause, words, at)
        record("comment.decided", comment, account=comment.account, decision=deed, clause=clause.code)
    if state == CommentState.HIDING:
        act(actor, comment, "delete" if deed == "delete" else "hide", by=actor.uid, at=at)
    return comment


def answer(actor: PersonActor, comment: Comment, clause: Clause, *, text: str, at: datetime) -> Post:
    """Keep a comment and draft an answer to it. The answer is a post: a second person countersigns it."""
    reply = {"parent": comment.remote_id, "root": comment.root, "parent_cid": comment.cid, "root_cid": _root_cid(comment)}
    content = drafting.Content(
        texts={str(comment.account.uid): text}, languages={str(comment.account.uid): comment.language or "en"},
        title=_("Answer to {handle}").format(handle=comment.author_handle),
        answers={"comment": str(comment.uid), "account": str(comment.account.uid), "reply_to": reply, "quoted": _quoted(comment)},
    )
    with recorded(actor, at=at) as record:
        _require(actor, comment, clause)
        if comment.state != CommentState.KEPT:
            comment.move(CommentState.KEPT, at=at, **_read(actor, at))
        _note(actor, comment, "answer", clause, "", at)
        record("comment.decided", comment, account=comment.account, decision="answer", clause=clause.code)
        return drafting.draft(actor, content, at=at)


def mark_read(actor: PersonActor, comments: list[Comment], *, at: datetime) -> None:
    """Mark what somebody who decides has read, so that the page can say up to when everything has been."""
    with refusals_recorded(actor, at=at, matter="comments"):
        gate.require_anywhere(actor, Right.COMMENT_DECIDE)
    unread = [comment for comment in comments if comment.read_at is None]
    if not unread:
        return
    with recorded(actor, at=at) as record:
        for account in {comment.account for comment in unread}:
            gate.require(actor, Right.COMMENT_DECIDE, on=account)
            mine = [comment.pk for comment in unread if comment.account_id == account.pk]
            Comment.objects.filter(pk__in=mine, read_at__isnull=True).update(**_read(actor, at))
            record("comments.read", account, account=account, count=len(mine))


def done_by_hand(actor: PersonActor, comment: Comment, *, at: datetime) -> None:
    """Say that what we could not do was done at the network by hand."""
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.COMMENT_DECIDE, on=comment.account)
        comment.move(CommentState.HIDDEN, at=at, why="")
        record("comment.done_by_hand", comment, account=comment.account)


def show_again(actor: PersonActor, comment: Comment, clause: Clause, *, at: datetime) -> None:
    """Show a hidden comment again, where the network can."""
    with refusals_recorded(actor, at=at, matter=comment):
        gate.require(actor, Right.COMMENT_DECIDE, on=comment.account)
    outcome = client.ask(messages.ActOnComment(str(comment.account.uid), comment.remote_id, comment.root, "show", actor.uid))
    with recorded(actor, at=at) as record:
        _require(actor, comment, clause)
        if outcome.state != "kept":
            raise Conflict(_("The network does not let us show it again."), remedy=_("Open it there: {url}"), url=comment.url)
        comment.move(CommentState.KEPT, at=at, why="")
        _note(actor, comment, "keep", clause, "", at)
        record("comment.decided", comment, account=comment.account, decision="keep", clause=clause.code)


def act(actor: Actor, comment: Comment, deed: str, *, by: str = "", at: datetime) -> None:
    """Have the broker hide or delete a comment that was decided so, and write down what the network said. `by` is the UUID
    of the person who decided it: a lock on them binds it."""
    with refusals_recorded(actor, at=at, matter=comment):
        gate.require(actor, Right.COMMENT_CARRY_OUT, on=comment.account)
    call = messages.ActOnComment(str(comment.account.uid), comment.remote_id, comment.root, deed, by)
    try:
        outcome = client.ask(call)
    except CountersignError as error:
        outcome = messages.Outcome("unconfirmed", why=error.what)
    if outcome.key_refused:
        keeping.mark_refused(actor, comment.account, outcome.why, at=at)
    same = Comment.objects.filter(pk=comment.pk, state=outcome.state)
    if same.update(state_since=at, why=outcome.why[:300]):  # nothing new: asked again after the same pause, not logged anew
        return
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.COMMENT_CARRY_OUT, on=comment.account)
        comment.refresh_from_db()
        comment.move(CommentState(outcome.state), at=at, why=outcome.why[:300])
        record(f"comment.{outcome.state}", comment, account=comment.account, deed=deed)


def _require(actor: PersonActor, comment: Comment, clause: Clause) -> None:
    gate.require(actor, Right.COMMENT_DECIDE, on=comment.account)
    if clause.charter.state != CharterState.ADOPTED:
        raise Invalid(_("That clause is not in the charter that is in force."), field="clause")
    now = Comment.objects.only("text", "changed_at").get(pk=comment.pk)
    if now.text != comment.text:
        raise Conflict(_("Its writer has changed this comment."), remedy=_("Read it again, then decide."))


def _note(actor: PersonActor, comment: Comment, deed: str, clause: Clause, words: str, at: datetime) -> None:
    Decision.objects.create(
        comment=comment, person=Person.objects.get(uid=actor.uid), deed=deed, clause=clause, words=words.strip(),
        text_then=comment.text, decided_at=at,
    )


def _read(actor: PersonActor, at: datetime) -> dict[str, object]:
    return {"read_at": at, "read_by": Person.objects.get(uid=actor.uid)}


def _root_cid(comment: Comment) -> str:
    return comment.delivery.cid if comment.delivery else ""


def _quoted(comment: Comment) -> dict[str, str]:
    return {
        "name": comment.author_name or comment.author_handle, "handle": comment.author_handle, "text": comment.text,
        "url": comment.url, "at": comment.written_at.isoformat(),
    }

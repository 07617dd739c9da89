"""The pages of comments."""
from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.base.errors import Invalid
from countersign.base.values import known_uuids
from countersign.base.words import _
from countersign.content.comments import deciding, queries
from countersign.content.comments.models import Comment
from countersign.content.comments.states import CommentState
from countersign.people.requests import ActingRequest, person_actor
from countersign.policy.charter import queries as charter
from countersign.web.errors import said


def _after(text: str) -> tuple[datetime, int] | None:
    moment, _bar, pk = text.partition("|")
    try:
        return (datetime.fromisoformat(moment), int(pk)) if text else None
    except ValueError:
        return None


def _comment(request: ActingRequest, uid: UUID, right: Right) -> Comment:
    comment = get_object_or_404(Comment.objects.select_related("account", "delivery"), uid=uid)
    gate.require(person_actor(request), right, on=comment.account)
    return comment


def _told(request: ActingRequest) -> queries.Told | None:
    found = known_uuids([request.GET.get("told", "")])
    return queries.Told(found[0], request.GET.get("by") == "hand") if found else None


def _show(
    request: ActingRequest, chosen: Comment | None, *, mistakes: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    page = queries.queue(
        person_actor(request), tab=request.GET.get("tab", "waiting"), after=_after(request.GET.get("after", "")),
        chosen=chosen, at=timezone.now(), told=_told(request),
        typed=request.POST.dict() if mistakes else None, mistakes=mistakes,
    )
    return render(request, "comments/queue.html", {"page": page}, status=status)


@require_GET
def queue(request: ActingRequest) -> HttpResponse:
    """What readers wrote, the oldest waiting first."""
    gate.require_anywhere(person_actor(request), Right.COMMENT_READ)
    return _show(request, None)


@require_GET
def comment(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One comment with the thread around it."""
    return _show(request, _comment(request, uid, Right.COMMENT_READ))


@require_POST
def decide(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Decide a comment by a clause; then the next one is shown, with what was done. An answer goes on to its draft."""
    actor, at = person_actor(request), timezone.now()
    found = _comment(request, uid, Right.COMMENT_DECIDE)
    try:
        clause = next((c for c in charter.clauses() if c.code == request.POST.get("clause")), None)
        if clause is None:
            raise Invalid(_("Choose the clause by which you decide."), field="clause")
        if request.POST.get("deed") == "answer":
            post = deciding.answer(actor, found, clause, text="", at=at)
            return redirect("posts:edit", uid=post.uid)
        deciding.decide(
            actor, found, request.POST.get("deed", ""), clause, words=request.POST.get("words", ""), at=at
        )
    except Invalid as mistake:
        words = f"{said(mistake.template, mistake.facts)} {said(mistake.remedy_template, mistake.facts)}".strip()
        return _show(request, found, mistakes={mistake.field or "deed": words}, status=422)
    following = queries.neighbour(actor, uid)
    if found.state == CommentState.BY_HAND or following is None:
        return _telling(found, on=found)
    return _telling(found, on=following)


def _telling(decided: Comment, *, on: Comment) -> HttpResponse:
    """Go on to a comment, whose page says what was done about the one decided."""
    return redirect(f"{reverse('comments:comment', args=[on.uid])}?told={decided.uid}")


@require_POST
def by_hand(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Say that it was done at the network by hand."""
    found = _comment(request, uid, Right.COMMENT_DECIDE)
    deciding.done_by_hand(person_actor(request), found, at=timezone.now())
    return redirect(f"{reverse('comments:comment', args=[uid])}?told={uid}&by=hand")


@require_POST
def mark_read(request: ActingRequest) -> HttpResponse:
    """Mark the page of waiting comments as read."""
    actor, at = person_actor(request), timezone.now()
    gate.require_anywhere(actor, Right.COMMENT_DECIDE)
    uids = known_uuids(request.POST.getlist("comment"))
    comments = list(Comment.objects.filter(uid__in=uids).select_related("account"))
    deciding.mark_read(actor, comments, at=at)
    return redirect("comments:queue")

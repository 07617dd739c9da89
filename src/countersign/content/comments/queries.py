"""What the comments page shows."""
from __future__ import annotations

import heapq
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.queries import face, may
from countersign.access.grants.rights import Right
from countersign.base.actor import PersonActor
from countersign.content.comments.models import Comment, CommentQuerySet, Reading
from countersign.content.comments.states import CommentState
from countersign.networks.contract import DeletesComments, HidesComments
from countersign.networks.registry import CONNECTORS
from countersign.policy.charter import queries as charter
from countersign.web import values
from countersign.web.values import Deed, Notice, Who

PAGE = 50
LATE = timedelta(hours=24)  # the default service level: every comment decided within a day

# What stands under each tab, by shelf.
TABS = {
    "waiting": (_("Waiting"), ("waiting", "escalated")),
    "escalated": (_("Escalated"), ("escalated",)),
    "by_hand": (_("By hand"), ("by_hand",)),
    "decided": (_("Decided"), ("decided",)),
    "gone": (_("Gone"), ("gone",)),
}


def visible(actor: PersonActor) -> CommentQuerySet:
    """The comments a person may read."""
    return Comment.objects.on(gate.accounts(actor, Right.COMMENT_READ))


def waiting_count(actor: PersonActor) -> int:
    """How many comments wait, counted up to a hundred: beyond that the exact number helps nobody."""
    accounts = list(gate.accounts(actor, Right.COMMENT_READ).values_list("pk", flat=True))
    return Comment.objects.filter(account__in=accounts).waiting().order_by()[:100].count() if accounts else 0


def waiting_card(actor: PersonActor, *, at: datetime) -> values.WaitingComments | None:
    """The card on the home page; None for whoever may not read comments."""
    accounts = list(gate.accounts(actor, Right.COMMENT_READ))
    if not accounts:
        return None
    found = Comment.objects.filter(account__in=accounts).waiting().aggregate(
        count=Count("pk"), oldest=Min("written_at"), escalated=Count("pk", filter=Q(state=CommentState.ESCALATED))
    )
    late = found["oldest"] is not None and at - found["oldest"] > LATE
    read_until = min((until for a in accounts if (until := read_to(a, at=at).until)), default=None)
    url = reverse("comments:queue")
    return values.WaitingComments(url, found["count"], found["oldest"], found["escalated"], read_until, late)


def read_to(account: Account, *, at: datetime) -> values.ReadTo:
    """Up to when everything on an account has been read: until the oldest unread comment, or the last collection."""
    oldest = (
        Comment.objects.filter(account=account, read_at__isnull=True, is_ours=False)
        .exclude(state=CommentState.GONE).order_by("written_at").values_list("written_at", flat=True).first()
    )
    reading = Reading.objects.filter(account=account).first()
    collected = reading.collected_at if reading else None
    return values.ReadTo(face(account), oldest or collected, collected, bool(oldest and at - oldest > LATE))


def queue(
    actor: PersonActor, *, tab: str, after: tuple[datetime, int] | None, chosen: Comment | None, at: datetime,
    mistakes: dict[str, str] | None = None,
) -> values.CommentQueue:
    """`comments/queue.html`: the oldest waiting first; of what is decided, the newest first."""
    tab = tab if tab in TABS else "waiting"
    accounts = list(gate.accounts(actor, Right.COMMENT_READ).order_by("network", "handle"))
    rows = page(accounts, tab=tab, after=after)
    here, older = reverse("comments:queue"), ""
    if len(rows) > PAGE:
        rows = rows[:PAGE]
        last = rows[-1]
        older = f"{here}?{urlencode({'tab': tab, 'after': f'{last.written_at.isoformat()}|{last.pk}'})}"
    tabs = tuple(values.Tab(str(label), f"{here}?tab={name}", is_current=name == tab) for name, (label, _shelves) in TABS.items())
    return values.CommentQueue(
        tuple(_row(comment, tab, chosen) for comment in rows), tabs,
        read_to=tuple(read_to(account, at=at) for account in accounts),
        detail=_detail(actor, chosen, mistakes or {}) if chosen else None,
        newer_url=f"{here}?tab={tab}" if after else "", older_url=older, read_url=_read_url(actor, accounts),
    )


def _read_url(actor: PersonActor, accounts: list[Account]) -> str:
    """Where to mark what is shown as read; empty for whoever only reads some of it."""
    decides = set(gate.accounts(actor, Right.COMMENT_DECIDE))
    return reverse("comments:mark-read") if decides.issuperset(accounts) else ""


def page(accounts: list[Account], *, tab: str, after: tuple[datetime, int] | None) -> list[Comment]:
    """One page of comments and one more, by keyset: its cost does not grow with how many there are.

    One index range an account and shelf, merged here: the planner of SQLite would sort everything instead.
    """
    oldest_first = tab in {"waiting", "escalated"}
    runs = [_run(account, shelf, after, oldest_first=oldest_first) for account in accounts for shelf in TABS[tab][1]]
    merged = heapq.merge(*runs, key=lambda comment: (comment.written_at, comment.pk), reverse=not oldest_first)
    return list(islice(merged, PAGE + 1))


def _run(account: Account, shelf: str, after: tuple[datetime, int] | None, *, oldest_first: bool) -> list[Comment]:
    rows = Comment.objects.filter(account=account, shelf=shelf)
    if after:
        moment, pk = after
        if oldest_first:
            rows = rows.filter(written_at__gte=moment).exclude(written_at=moment, pk__lte=pk)
        else:
            rows = rows.filter(written_at__lte=moment).exclude(written_at=moment, pk__gte=pk)
    order = ("written_at", "pk") if oldest_first else ("-written_at", "-pk")
    found = list(rows.order_by(*order)[: PAGE + 1])
    for comment in found:
        comment.account = account
    return found


def _writer(comment: Comment) -> Who:
    """Who wrote it; by the handle where the network knows no other name."""
    return Who(comment.author_name or comment.author_handle, comment.author_handle if comment.author_name else "")


def _row(comment: Comment, tab: str, chosen: Comment | None) -> values.CommentRow:
    flag = gettext("changed by its writer") if comment.changed_at else ""
    return values.CommentRow(
        f"{reverse('comments:comment', args=[comment.uid])}?tab={tab}", _writer(comment),
        comment.text, comment.written_at, face(comment.account), comment.state,
        is_current=chosen is not None and chosen.pk == comment.pk, flag=flag, uid=str(comment.uid),
        is_read=comment.read_at is not None,
    )


def _detail(actor: PersonActor, comment: Comment, mistakes: dict[str, str]) -> values.CommentDetail:
    at = [comment.uid]
    delivery = comment.delivery
    may_decide = may(actor, Right.COMMENT_DECIDE, on=comment.account)
    decisions = comment.decisions.select_related("person", "clause").order_by("pk")
    waits_by_hand = comment.state == CommentState.BY_HAND
    return values.CommentDetail(
        _writer(comment), comment.text, comment.written_at, comment.state,
        face(comment.account), _thread(comment), delivery.request["text"] if delivery else "",
        delivery.url if delivery else "", reverse("comments:decide", args=at), reverse("comments:queue"),
        deeds=_deeds(comment, may_decide), clauses=tuple(charter.shown(clause) for clause in charter.clauses()),
        decisions=tuple(
            values.DecisionMade(Who(d.person.name), d.decided_at, str(_LABELS[d.deed]), charter.shown(d.clause), d.words)
            for d in decisions
        ),
        url=comment.url, language=comment.language, state_note=_note(comment),
        done_by_hand_url=reverse("comments:by-hand", args=at) if waits_by_hand else "", mistakes=mistakes,
    )


def _note(comment: Comment) -> Notice | None:
    match comment.state:
        case CommentState.BY_HAND:
            title = gettext("Do this by hand at the network")
            return Notice("warn", title, comment.why, comment.url, gettext("Open it there"))
        case CommentState.UNCONFIRMED:
            return Notice("warn", gettext("The network did not say whether it is done; we ask again."), comment.why)
        case CommentState.GONE:
            return Notice("info", gettext("Its writer, or the network, has deleted it."))
    earlier = comment.earlier.order_by("-pk").first()
    return Notice("info", gettext("Its writer changed it. Before:"), earlier.text) if earlier else None


_LABELS = {"keep": _("Keep"), "answer": _("Answer"), "hide": _("Hide"), "delete": _("Delete"), "escalate": _("Escalate")}


def _deeds(comment: Comment, may_decide: values.Verdict) -> tuple[Deed, ...]:
    connector = CONNECTORS[comment.account.network]
    allowed = may_decide
    if comment.state not in {CommentState.WAITING, CommentState.ESCALATED, CommentState.KEPT}:
        return ()  # what was decided, and by whom, stands below
    hide, delete = isinstance(connector, HidesComments), isinstance(connector, DeletesComments)
    return (
        Deed("keep", gettext("Keep"), gettext("It stays, readers see it."), "check", may=_unless_kept(comment, allowed)),
        Deed("answer", gettext("Answer"), gettext("It stays; you draft an answer that a colleague signs."), "reply", may=allowed),
        Deed("hide", gettext("Hide"), gettext("Readers no longer see it."), "eye-off", is_by_hand=not hide,
             by_hand_url=comment.url, may=allowed),
        Deed("delete", gettext("Delete"), gettext("It is gone for good."), "trash-2", is_by_hand=not delete,
             by_hand_url=comment.url, may=allowed),
        Deed("escalate", gettext("Escalate"), gettext("A colleague decides."), "arrow-up-right",
             may=_unless_kept(comment, allowed)),
    )


def _unless_kept(comment: Comment, allowed: values.Verdict) -> values.Verdict:
    if comment.state == CommentState.KEPT:
        return values.Verdict(False, gettext("It has been kept."))
    return allowed


def _thread(comment: Comment) -> tuple[values.Said, ...]:
    """The thread around a comment, nested as it was written."""
    found = list(Comment.objects.filter(account=comment.account, root=comment.root).order_by("written_at", "pk")[:500])
    below = defaultdict[str, list[Comment]](list)
    known = {c.remote_id for c in found}
    for one in found:
        below[one.parent if one.parent in known else comment.root].append(one)

    def said(one: Comment, depth: int) -> values.Said:
        answers = tuple(said(answer, depth + 1) for answer in below[one.remote_id]) if depth < 40 else ()
        return values.Said(
            _writer(one), one.text, one.written_at, one.state, one.url, one.is_ours,
            one.pk == comment.pk, one.state == CommentState.GONE, one.changed_at, answers,
        )

    return tuple(said(one, 0) for one in below[comment.root])


def neighbour(actor: PersonActor, uid: UUID) -> Comment | None:
    """The next comment that waits, to go on with after deciding one."""
    accounts = list(gate.accounts(actor, Right.COMMENT_DECIDE))
    return next((c for c in page(accounts, tab="waiting", after=None) if c.uid != uid), None)

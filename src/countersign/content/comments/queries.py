"""What the comments page shows."""
from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
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


_COUNTED = {"escalated", "by_hand"}  # what is left to do beside the queue itself, which the rail counts


def waiting_count(actor: PersonActor) -> int:
    """How many comments wait, counted up to a hundred: beyond that the exact number helps nobody."""
    return _count(list(gate.accounts(actor, Right.COMMENT_READ)), TABS["waiting"][1])


def _count(accounts: list[Account], shelves: tuple[str, ...]) -> int:
    rows = Comment.objects.filter(account__in=accounts, shelf__in=shelves)
    return rows.order_by()[:100].count() if accounts else 0


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
    by_hand = _count(accounts, TABS["by_hand"][1])
    return values.WaitingComments(url, found["count"], found["oldest"], found["escalated"], read_until, late, by_hand)


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
    told: Told | None = None, typed: Mapping[str, str] | None = None, mistakes: Mapping[str, str] | None = None,
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
    tabs = tuple(
        values.Tab(str(label), f"{here}?tab={name}", _count(accounts, shelves) if name in _COUNTED else 0, name == tab)
        for name, (label, shelves) in TABS.items()
    )
    return values.CommentQueue(
        tuple(_row(comment, tab, chosen) for comment in rows), tabs,
        read_to=tuple(read_to(account, at=at) for account in accounts),
        detail=_detail(actor, chosen, typed or {}, mistakes or {}) if chosen else None,
        newer_url=f"{here}?tab={tab}" if after else "", older_url=older, read_url=_read_url(actor, accounts),
        told=_told(actor, told, chosen) if told else None,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says first: which comment this person has just decided, or done by hand."""

    uid: UUID
    is_by_hand: bool = False


def _told(actor: PersonActor, told: Told, chosen: Comment | None) -> Notice | None:
    """What has just been decided, by which clause, and whether it is done; with the way to go on."""
    comment = visible(actor).filter(uid=told.uid).select_related("account").first()
    decision = comment.decisions.select_related("clause").order_by("-pk").first() if comment else None
    if comment is None or decision is None or str(decision.person.uid) != actor.uid:
        return None
    clause = f"{decision.clause.code} {charter.spoken(decision.clause.title)}"
    title = gettext("{deed}, by clause {clause}").format(deed=_done(comment, decision.deed), clause=clause)
    words = " ".join(comment.text.split())
    quoted = gettext("“{words}” of {name}.").format(words=words[:80] + ("…" if len(words) > 80 else ""), name=_writer(comment).name)
    where = gettext("You have done it there by hand.") if told.is_by_hand else _where_done(comment, decision.deed)
    text = f"{quoted} {where}".strip()
    url, link = _go_on(actor, comment, is_shown=chosen is not None and chosen.pk == comment.pk)
    return Notice("ok" if comment.state in _SETTLED else "warn", title, text, url, link)


_SETTLED = {CommentState.KEPT, CommentState.ESCALATED, CommentState.HIDDEN, CommentState.GONE}


def _done(comment: Comment, deed: str) -> str:
    if comment.state in _SETTLED:
        return str(_DONE[deed])
    template = gettext("To do by hand: {deed}") if comment.state == CommentState.BY_HAND else gettext("Under way: {deed}")
    return template.format(deed=str(_LABELS[deed]).lower())


def _where_done(comment: Comment, deed: str) -> str:
    """Who carried a hiding or a deletion out, or must."""
    network = face(comment.account).network_name
    if deed not in {"hide", "delete"}:
        return ""
    if comment.state == CommentState.BY_HAND:
        return gettext("{network} does not let a program do it.").format(network=network)
    if comment.state not in _SETTLED:
        return gettext("{network} has not said yet whether it is done; it is asked again.").format(network=network)
    return gettext("{network} has done it.").format(network=network)


def _go_on(actor: PersonActor, comment: Comment, *, is_shown: bool) -> tuple[str, str]:
    if not is_shown:
        return reverse("comments:comment", args=[comment.uid]) + "?tab=decided", gettext("Look at it again")
    following = neighbour(actor, comment.uid)
    if following is None:
        return reverse("home"), gettext("Nothing else waits. My work")
    return reverse("comments:comment", args=[following.uid]), gettext("Show the next one")


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


def _detail(
    actor: PersonActor, comment: Comment, typed: Mapping[str, str], mistakes: Mapping[str, str]
) -> values.CommentDetail:
    at = [comment.uid]
    delivery = comment.delivery
    may_decide = may(actor, Right.COMMENT_DECIDE, on=comment.account)
    decisions = comment.decisions.select_related("person", "clause").order_by("pk")
    waits_by_hand = comment.state == CommentState.BY_HAND
    return values.CommentDetail(
        _writer(comment), comment.text, comment.written_at, comment.state,
        face(comment.account), _thread(comment), delivery.request["text"] if delivery else "",
        delivery.url if delivery else "", reverse("comments:decide", args=at), reverse("comments:queue"),
        deeds=_deeds(comment, may_decide, typed.get("deed", "")), words=typed.get("words", ""),
        clauses=tuple(charter.shown(c, is_chosen=c.code == typed.get("clause")) for c in charter.clauses()),
        charter_url=reverse("charter:charter"),
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
            title = gettext("Do this by hand at {network}").format(network=face(comment.account).network_name)
            return Notice("warn", title, comment.why, comment.url, gettext("Open it there"))
        case CommentState.UNCONFIRMED:
            return Notice("warn", gettext("The network did not say whether it is done; we ask again."), comment.why)
        case CommentState.GONE:
            return Notice("info", gettext("Its writer, or the network, has deleted it."))
    earlier = comment.earlier.order_by("-pk").first()
    return Notice("info", gettext("Its writer changed it. Before:"), earlier.text) if earlier else None


_LABELS = {"keep": _("Keep"), "answer": _("Answer"), "hide": _("Hide"), "delete": _("Delete"), "escalate": _("Escalate")}
_DONE = {"keep": _("Kept"), "answer": _("Answered"), "hide": _("Hidden"), "delete": _("Deleted"), "escalate": _("Escalated")}


def _does_itself(account: Account, deed: str) -> bool:
    """Whether the network lets a program do this to a reader's comment."""
    return isinstance(CONNECTORS[account.network], HidesComments if deed == "hide" else DeletesComments)


def _deeds(comment: Comment, may_decide: values.Verdict, chosen: str) -> tuple[Deed, ...]:
    allowed = may_decide
    if comment.state not in {CommentState.WAITING, CommentState.ESCALATED, CommentState.KEPT}:
        return ()  # what was decided, and by whom, stands below
    hide, delete = _does_itself(comment.account, "hide"), _does_itself(comment.account, "delete")
    deeds = (
        Deed("keep", gettext("Keep"), gettext("It stays, readers see it."), "check", may=_unless_kept(comment, allowed)),
        Deed("answer", gettext("Answer"), gettext("It stays; you draft an answer that a colleague signs."), "reply", may=allowed),
        Deed("hide", gettext("Hide"), gettext("Readers no longer see it."), "eye-off", is_by_hand=not hide,
             by_hand_url=comment.url, may=allowed),
        Deed("delete", gettext("Delete"), gettext("It is gone for good."), "trash-2", is_by_hand=not delete,
             by_hand_url=comment.url, may=allowed),
        Deed("escalate", gettext("Escalate"), gettext("A colleague decides."), "arrow-up-right",
             may=_unless_kept(comment, allowed)),
    )
    return tuple(replace(deed, is_chosen=deed.word == chosen) for deed in deeds)


def _unless_kept(comment: Comment, allowed: values.Verdict) -> values.Verdict:
    if comment.state == CommentState.KEPT:
        return values.Verdict(False, gettext("It has been kept already."))
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

"""My work: what waits for this person, and the first steps of a new installation."""
from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from countersign.access.departures import queries as departures
from countersign.access.evidence import queries as evidence
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.grants.states import AccountState
from countersign.access.recovery import queries as recovery
from countersign.access.vault import pages as vault
from countersign.base.actor import PersonActor
from countersign.base.words import _
from countersign.content.comments.queries import waiting_card
from countersign.content.posts.models import Delivery, Post
from countersign.content.posts.queries.composing import may_compose
from countersign.content.posts.queries.reviewing import signatures, waits_for
from countersign.content.posts.queries.standing import SOON
from countersign.content.posts.queries.visible import discarding, faces, picture_url, visible, with_parts
from countersign.content.posts.states import DeliveryState, PostState
from countersign.content.posts.titles import title_of
from countersign.desk import proposals
from countersign.people.models import Person
from countersign.people.states import PersonState
from countersign.review.models import RosterEntry
from countersign.web import values

FRESH = timedelta(days=7)  # what failed longer ago is history, not an alert
_STUCK = {
    DeliveryState.HELD: _("Held back, not out on {handle} yet"),
    DeliveryState.UNCONFIRMED: _("Not known yet whether it is out on {handle}"),
    DeliveryState.FAILED: _("Not published on {handle}"),
}


def home(actor: PersonActor, *, at: datetime) -> values.Home:
    """`desk/home.html`."""
    return values.Home(
        gettext("Good day, {name}").format(name=actor.name.split()[0] if actor.name else ""),
        waiting=tuple(_waiting(post) for post in waits_for(actor)),
        drafts=tuple(_draft(post) for post in _my_drafts(actor)),
        going_out=tuple(_going_out(actor, delivery, at) for delivery in _due(actor)),  # the first of each post
        comments=waiting_card(actor, at=at), alerts=tuple(_alerts(actor, at)), steps=_steps(actor),
        proposals=proposals.waiting_rows(actor, at=at),
        compose_url=reverse("posts:new"), may_compose=may_compose(actor),
        posts_url=reverse("posts:list"), may_sign=gate.may_anywhere(actor, Right.POST_COUNTERSIGN).allowed,
    )


def _waiting(post: Post) -> values.WaitingPost:
    revision = post.revisions.get(number=post.revision)
    first = next(iter(post.attachments.all()), None)
    return values.WaitingPost(
        reverse("posts:review", args=[post.uid]), title_of(post), values.Who(post.author.name), faces(post),
        post.release_at, len(signatures(post)), revision.signatures,
        sum(1 for finding in revision.findings if finding["weight"] != "ok"),
        picture_url(first.file) if first else "",
    )


def _my_drafts(actor: PersonActor) -> list[Post]:
    mine = Post.objects.filter(author__uid=actor.uid).exclude(state__in=[PostState.DONE, PostState.APPROVED])
    return list(with_parts(mine).order_by("-edited_at")[:10])


def _draft(post: Post) -> values.MyDraft:
    page = "posts:edit" if post.state == PostState.DRAFT else "posts:post"
    back = post.remarks.filter(kind__in=["changes", "rejected"]).select_related("person").order_by("-pk").first()
    note = back if back and post.state in {PostState.DRAFT, PostState.REJECTED} else None
    return values.MyDraft(
        reverse(page, args=[post.uid]), title_of(post), post.state, faces(post), post.edited_at,
        note=note.text if note else "", by=values.Who(note.person.name) if note else None, discard=discarding(post),
    )


def _due(actor: PersonActor) -> list[Delivery]:
    due = Delivery.objects.filter(state=DeliveryState.DUE, post__in=visible(actor)).select_related("post__author")
    first = {delivery.post_id: delivery for delivery in reversed(due.order_by("due_at")[:30])}
    return sorted(first.values(), key=lambda delivery: delivery.due_at)[:10]


def _going_out(actor: PersonActor, delivery: Delivery, at: datetime) -> values.GoingOut:
    post = with_parts(Post.objects.filter(pk=delivery.post_id)).get()
    may_recall = gate.may(actor, Right.POST_RECALL, on=delivery.account).allowed
    return values.GoingOut(
        reverse("posts:post", args=[post.uid]), title_of(post), faces(post), delivery.due_at,
        delivery.due_at if may_recall and at < delivery.due_at < at + SOON else None, reverse("posts:recall", args=[post.uid]),
    )


def _alerts(actor: PersonActor, at: datetime) -> list[values.Notice]:
    found = []
    for account in gate.accounts(actor, Right.ACCOUNT_CONNECT).filter(state=AccountState.REFUSED):
        title = gettext("{handle} no longer accepts our key").format(handle=account.handle)
        url = reverse("grants:account", args=[account.uid])
        found.append(values.Notice("bad", title, account.trouble, url, gettext("Connect it again")))
    found = [
        *recovery.alerts(actor, at=at), *found, *departures.alerts(actor, at=at), *evidence.alerts(actor, at=at), *vault.alerts(actor, at=at)
    ]  # fmt: skip
    open_ones = Q(state__in=[DeliveryState.HELD, DeliveryState.UNCONFIRMED])
    stuck = Delivery.objects.filter(open_ones | Q(state=DeliveryState.FAILED, state_since__gt=at - FRESH))
    for delivery in stuck.filter(post__in=visible(actor)).select_related("post", "account").order_by("-state_since")[:5]:
        title = gettext(_STUCK[DeliveryState(delivery.state)]).format(handle=delivery.account.handle)
        url = reverse("posts:post", args=[delivery.post.uid])
        found.append(values.Notice("warn", title, delivery.why, url, gettext("Look at it")))
    return found


def _steps(actor: PersonActor) -> tuple[values.Step, ...]:
    """First steps, for whoever may take them, until all are done."""
    if not gate.may(actor, Right.PERSON_INVITE, on=None).allowed:
        return ()
    roster, connect, invite = reverse("grants:roster"), reverse("grants:connect"), reverse("grants:invite")
    entries = list(RosterEntry.objects.values_list("content", flat=True))
    signers = {e["person"] for e in entries if e["act"] in {"begin", "add"}}
    officers = {e["person"] for e in entries if e["act"] in {"begin", "add"} and "officer" in e["roles"]}
    steps = (
        values.Step(gettext("Sign the roster"), gettext("Your passkey becomes the first that counts."), roster,
                    gettext("Sign it"), bool(entries)),
        values.Step(gettext("Connect an account"), gettext("Begin with the practice network: nothing there is real."),
                    connect, gettext("Connect"), Account.objects.exists()),
        values.Step(gettext("Invite a second person"), gettext("Nobody countersigns their own: it takes two."), invite,
                    gettext("Invite"), Person.objects.filter(state=PersonState.ACTIVE).count() > 1),
        values.Step(gettext("Put a reviewer on the roster"), gettext("Only passkeys on the roster can let a post go out."),
                    roster, gettext("The roster"), len(signers) > 1),
        values.Step(gettext("Enrol a second security officer"), gettext("From then on the roster takes two."),
                    roster, gettext("The roster"), len(officers) > 1),
    )
    return () if all(step.is_done for step in steps) else steps



"""The list of posts."""
from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.base.actor import PersonActor
from countersign.content.posts.models import Delivery, Post
from countersign.content.posts.queries.composing import may_compose
from countersign.content.posts.queries.visible import (
    discarding,
    faces,
    picture_url,
    shown_state,
    visible,
    with_parts,
)
from countersign.content.posts.states import PostState
from countersign.content.posts.titles import title_of
from countersign.review.models import Countersignature
from countersign.web import values

PAGE = 30

TABS: dict[str, tuple[Any, Q]] = {
    "all": (_("All"), Q()),
    "draft": (_("Drafts"), Q(state=PostState.DRAFT)),
    "submitted": (_("Waiting for a signature"), Q(state=PostState.SUBMITTED)),
    "approved": (_("Going out"), Q(state=PostState.APPROVED)),
    "done": (_("Out"), Q(state=PostState.DONE)),
    "rejected": (_("Rejected"), Q(state=PostState.REJECTED)),
}
_DELIVERIES = Prefetch("deliveries", Delivery.objects.select_related("revision").only("state", "post", "revision__number"))


def post_list(actor: PersonActor, *, tab: str, before: datetime | None) -> values.Posts:
    """`posts/list.html`: newest change first."""
    tab = tab if tab in TABS else "all"
    found = visible(actor)
    rows = found.filter(TABS[tab][1])
    rows = rows.filter(edited_at__lt=before) if before else rows
    page = list(with_parts(rows).prefetch_related(_DELIVERIES).order_by("-edited_at", "-pk")[: PAGE + 1])
    here, older = reverse("posts:list"), ""
    if len(page) > PAGE:
        page = page[:PAGE]
        older = f"{here}?{urlencode({'tab': tab, 'before': page[-1].edited_at.isoformat()})}"
    tabs = tuple(
        values.Tab(str(label), f"{here}?tab={name}", 0 if name == "all" else found.filter(where).count(), name == tab)
        for name, (label, where) in TABS.items()
    )
    drafts_on = set(gate.accounts(actor, Right.POST_DRAFT).values_list("pk", flat=True))
    return values.Posts(
        tuple(row(post, drafts_on) for post in page), tabs, reverse("posts:new"), may_compose(actor),
        newer_url=f"{here}?tab={tab}" if before else "", older_url=older,
    )


def row(post: Post, drafts_on: set[int]) -> values.PostRow:
    """A post in a list. `drafts_on` are the keys of the accounts for which the reader may write."""
    may_change = all(variant.account_id in drafts_on for variant in post.variants.all())
    matter = Countersignature.objects.filter(matter=post.matter)
    first = next(iter(post.attachments.all()), None)
    return values.PostRow(
        reverse("posts:post", args=[post.uid]), title_of(post), shown_state(post, post.deliveries.all()),
        values.Who(post.author.name), faces(post),
        post.edited_at, release_at=post.release_at,
        signatures=matter.count() if post.state == PostState.SUBMITTED else 0,
        needed=max([v.account.signatures for v in post.variants.all()], default=1),
        thumb_url=picture_url(first.file) if first else "", discard=discarding(post) if may_change else None,
    )

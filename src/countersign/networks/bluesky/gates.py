"""Hiding replies under a post of ours: the list of hidden ones in the record beside it, its threadgate."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from countersign.base.errors import Rejected, Unreachable
from countersign.base.values import RemoteId
from countersign.base.words import _
from countersign.networks.bluesky import asking
from countersign.networks.bluesky.keys import THREADGATE, Address, own_post, stamp
from countersign.networks.contract import Client

TRIES = 8
MOST = 300  # app.bsky.feed.threadgate: hiddenReplies maxLength


def hidden(client: Client, post: Address) -> frozenset[str]:
    """The addresses hidden under a post of ours, as the PDS holds them now."""
    return frozenset(_listed(asking.record(client, THREADGATE, post.key)))


def hide(client: Client, comment: RemoteId, *, root: RemoteId) -> None:
    """Add a comment to the list."""
    _change(client, root, lambda listed: listed if comment in listed else [*listed, comment])


def show(client: Client, comment: RemoteId, *, root: RemoteId) -> None:
    """Take a comment from the list."""
    _change(client, root, lambda listed: [one for one in listed if one != comment])


def _change(client: Client, root: RemoteId, change: Callable[[list[str]], list[str]]) -> None:
    """Read, change and write back; whoever wrote in between is read again, so that nobody's change is lost."""
    post = own_post(root, client.identity.remote_id)
    for _number in range(TRIES):
        held = asking.record(client, THREADGATE, post.key)
        before = _listed(held)
        after = change(before)
        if after == before:
            return
        if len(after) > MOST:
            raise Rejected(_("Bluesky hides at most {most} comments under one post."), most=MOST)
        try:
            asking.write(client, THREADGATE, post.key, _record(held, post, after), over=str(held["cid"]) if held else None)
            return
        except Rejected as refusal:
            if refusal.facts.get("error") != "InvalidSwap":
                raise
    raise Unreachable(_("Others kept changing the hidden comments of this post; nothing was changed by us."))


def _listed(held: Mapping[str, Any] | None) -> list[str]:
    value = held.get("value") if held else None
    listed = value.get("hiddenReplies") if isinstance(value, dict) else None
    return [str(one) for one in listed] if isinstance(listed, list) else []


def _record(held: Mapping[str, Any] | None, post: Address, hidden_replies: list[str]) -> dict[str, Any]:
    """The record as it was, with another list; a new one says nothing about who may reply, so everybody may."""
    before = held["value"] if held else {"$type": THREADGATE, "post": str(post), "createdAt": stamp(datetime.now(UTC))}
    return {**before, "hiddenReplies": hidden_replies}

"""Reading what is said under our posts: whole threads, and which of them have news."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from countersign.base.errors import Rejected
from countersign.base.values import RemoteId
from countersign.networks.bluesky import asking, gates
from countersign.networks.bluesky.facets import written_out
from countersign.networks.bluesky.keys import POST, moment, own_post, page
from countersign.networks.contract import Client, Mentions, RemoteComment, Thread

DEPTH = 100  # levels asked for at once; the server may give fewer
DIVES = 50  # how often one reading goes on below a comment whose replies were left out
OVERLAP = timedelta(minutes=10)  # notifications may arrive in the AppView out of order
PAGES = 10


@dataclass(slots=True)
class _Reading:
    """A thread while it is being read: comments by address, and where replies are said to be that did not come."""

    comments: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def thread(client: Client, root: RemoteId, *, depth: int = DEPTH, dives: int = DIVES) -> Thread:
    """Everything under one post of ours.

    It is whole when every comment brought as many replies as it is said to have, after asking again below those that
    did not. What hides behind a block or a deleted comment in between does not come, as it does not for readers.
    """
    post = own_post(root, client.identity.remote_id)
    top = _ask(client, root, depth)
    if top is None:
        is_gone = asking.record(client, POST, post.key) is None  # the AppView may not have it yet: the PDS knows
        return Thread(root, (), is_whole=is_gone, root_is_gone=is_gone)
    hidden, did = gates.hidden(client, post), client.identity.remote_id
    try:
        reading = _Reading()
        _take(reading, top, is_root=True)
        is_whole = _dive(client, reading, depth, dives)
        comments = tuple(_comment(view, root, did, hidden) for view in reading.comments.values())
    except (KeyError, TypeError, ValueError) as error:
        raise asking.nonsense() from error
    return Thread(root, comments, is_whole=is_whole)


def _ask(client: Client, uri: str, depth: int) -> dict[str, Any] | None:
    try:
        told = asking.query(client, "app.bsky.feed.getPostThread", uri=uri, depth=depth, parentHeight=0)
    except Rejected as refusal:
        if refusal.facts.get("error") == "NotFound":
            return None
        raise
    node = told.get("thread")
    return node if isinstance(node, dict) and isinstance(node.get("post"), dict) else None


def _dive(client: Client, reading: _Reading, depth: int, dives: int) -> bool:
    """Ask again below every comment whose replies did not all come; whether all have come in the end."""
    asked: set[str] = set()
    while waiting := [uri for uri in reading.left_out if uri not in asked]:
        for uri in waiting:
            if len(asked) >= dives:
                return False
            asked.add(uri)
            reading.left_out.remove(uri)
            if node := _ask(client, uri, depth):
                _take(reading, node, is_root=True)
    return not reading.left_out


def _take(reading: _Reading, node: dict[str, Any], *, is_root: bool = False) -> None:
    """Take a node and all below it. Blocked and missing posts are nodes without a post: they are passed over."""
    stack = [(node, is_root)]
    while stack:
        here, is_top = stack.pop()
        view = here["post"]
        replies = [one for one in here.get("replies") or [] if isinstance(one, dict) and isinstance(one.get("post"), dict)]
        if not is_top:
            reading.comments[str(view["uri"])] = view
        if len(replies) < int(view.get("replyCount") or 0):
            reading.left_out.append(str(view["uri"]))
        stack.extend((one, False) for one in replies)


def _comment(view: dict[str, Any], root: RemoteId, did: str, hidden: frozenset[str]) -> RemoteComment:
    record: dict[str, Any] = view["record"]
    author, uri = view["author"], str(view["uri"])
    reply, languages = record.get("reply"), record.get("langs")
    return RemoteComment(
        remote_id=RemoteId(uri),
        on=root,
        parent=RemoteId(str(reply["parent"]["uri"]) if isinstance(reply, dict) else root),
        author_id=RemoteId(str(author["did"])),
        author_handle=f"@{author['handle']}",
        author_name=str(author.get("displayName") or ""),
        text=written_out(record),
        at=_at(record, view),
        url=page(uri),
        cid=str(view["cid"]),
        language=str(languages[0]) if isinstance(languages, list) and languages else "",
        is_hidden=uri in hidden,
        is_ours=author["did"] == did,
    )


def _at(record: dict[str, Any], view: dict[str, Any]) -> datetime:
    """The earlier of the time the writer claims and the time it was first seen: nobody writes from the future."""
    claimed, seen = moment(record.get("createdAt")), moment(view.get("indexedAt"))
    return min(claimed or datetime.max.replace(tzinfo=UTC), seen or datetime.now(UTC))


def mentions(client: Client, *, cursor: str) -> Mentions:
    """Which posts of ours were answered since `cursor`, the time of the newest notification seen last time."""
    since = moment(cursor)
    roots: dict[str, None] = {}
    newest = since
    for told in _notifications(client, since - OVERLAP if since else None):
        seen = moment(told.get("indexedAt"))
        newest = max(newest, seen) if newest and seen else seen or newest
        if root := _root(told, client.identity.remote_id):
            roots[root] = None
    return Mentions(tuple(RemoteId(root) for root in roots), newest.isoformat() if newest else cursor)


def _notifications(client: Client, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Newest first, back to `since`."""
    following = ""
    for _number in range(PAGES if since else 1):
        params: dict[str, str | int] = {"limit": 100} | ({"cursor": following} if following else {})
        told = asking.query(client, "app.bsky.notification.listNotifications", **params)
        for one in told.get("notifications") or []:
            if since and (moment(one.get("indexedAt")) or since) < since:
                return
            yield one
        following = str(told.get("cursor") or "")
        if not following:
            return


def _root(told: dict[str, Any], did: str) -> str:
    """The post of ours that a reply, a mention or a quote is about; empty where it is about none."""
    record = told.get("record")
    if told.get("reason") == "quote":
        uri = str(told.get("reasonSubject") or "")
    elif told.get("reason") in {"reply", "mention"} and isinstance(record, dict) and isinstance(record.get("reply"), dict):
        root = record["reply"].get("root")
        uri = str(root.get("uri") or "") if isinstance(root, dict) else ""
    else:
        return ""
    return uri if uri.startswith(f"at://{did}/{POST}/") else ""

"""Reading what is said under our posts at Mastodon."""
from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from countersign.base.errors import Rejected, Unreachable
from countersign.base.values import RemoteId
from countersign.base.words import _
from countersign.networks.asking import as_json, is_gone
from countersign.networks.contract import Client, Mentions, RemoteComment, Thread
from countersign.networks.mastodon.entities import Entity, entities, entity, is_list, number_at, text_at, time_at
from countersign.networks.mastodon.signing_in import full_name
from countersign.networks.mastodon.text import plain

_OVERLAP = timedelta(minutes=10)
_PAGES = 5
_LARGEST_CONTEXT = 4000  # Mastodon cuts a context at 4,096


def thread(client: Client, root: RemoteId) -> Thread:
    """Everything under one post of ours, parents before answers.

    A server may leave comments out (filters, mutes, its own limits) and does not say so. The thread counts as whole only
    where every post in it has exactly as many answers here as the server's own counter says; where a server keeps no
    counters, nothing can be concluded from absence. A comment below one that was deleted leaves the thread with it.
    """
    try:
        status = entity(as_json(client.request("GET", f"/api/v1/statuses/{root}")))
        context = entity(as_json(client.request("GET", f"/api/v1/statuses/{root}/context")))
    except Rejected as error:
        if not is_gone(error):
            raise
        return Thread(root, (), is_whole=False, root_is_gone=True)
    if not text_at(status, "id") or not isinstance(context.get("descendants"), list):
        raise Unreachable(_("The network gave no usable answer."))
    below = [found for found in entities(context["descendants"]) if text_at(found, "id")]
    host = client.identity.handle.rpartition("@")[2]
    comments = tuple(_comment(found, root, host, client.identity.remote_id) for found in below)
    return Thread(root, comments, is_whole=_is_whole([status, *below]))


def _is_whole(statuses: list[Entity]) -> bool:
    here = Counter(text_at(status, "in_reply_to_id") for status in statuses[1:])
    agrees = all(number_at(status, "replies_count") == here[text_at(status, "id")] for status in statuses)
    return agrees and len(statuses) <= _LARGEST_CONTEXT


def _comment(status: Entity, root: RemoteId, host: str, ours: RemoteId) -> RemoteComment:
    author = entity(status.get("account"))
    return RemoteComment(
        remote_id=RemoteId(text_at(status, "id")),
        on=root,
        parent=RemoteId(text_at(status, "in_reply_to_id") or root),
        author_id=RemoteId(text_at(author, "id")),
        author_handle=full_name(text_at(author, "acct") or text_at(author, "username"), host),
        author_name=text_at(author, "display_name") or text_at(author, "username"),
        text=_everything_said(status),
        at=time_at(status, "created_at") or datetime.now(UTC),
        url=text_at(status, "url") or text_at(status, "uri"),
        language=text_at(status, "language"),
        edited_at=time_at(status, "edited_at"),
        is_ours=text_at(author, "id") == ours,
    )


def _everything_said(status: Entity) -> str:
    """All that a reader of the comment sees: warning, words, poll, and the address and description of each attachment."""
    parts = [text_at(status, "spoiler_text"), plain(text_at(status, "content"))]
    parts += [f"• {text_at(option, 'title')}" for option in entities(entity(status.get("poll")).get("options"))]
    for media in entities(status.get("media_attachments")):
        address = text_at(media, "remote_url") or text_at(media, "url")
        parts.append(" ".join(filter(None, (address, text_at(media, "description")))))
    return "\n\n".join(filter(None, parts))


def mentions(client: Client, *, cursor: str) -> Mentions:
    """Which posts of ours were answered since the cursor, which is a moment; ten minutes before it are read again."""
    until = _read_cursor(cursor)
    newest, roots = cursor, dict[str, None]()
    seen: dict[str, str] = {}
    for notification in _notifications(client, until):
        newest = max(newest, text_at(notification, "created_at")) if _is_later(notification, newest) else newest
        parent = text_at(entity(notification.get("status")), "in_reply_to_id")
        if parent and parent not in seen:
            seen[parent] = _root_above(client, text_at(entity(notification.get("status")), "id"))
        if root := seen.get(parent):
            roots[root] = None
    return Mentions(tuple(RemoteId(root) for root in roots), newest)


def _read_cursor(cursor: str) -> datetime | None:
    at = time_at({"at": cursor}, "at")
    return at - _OVERLAP if at else None


def _is_later(notification: Entity, cursor: str) -> bool:
    at, known = time_at(notification, "created_at"), time_at({"at": cursor}, "at")
    return at is not None and (known is None or at > known)


def _notifications(client: Client, until: datetime | None) -> list[Entity]:
    """Mentions, newest first, back to `until`; the newest page alone when there is no cursor yet."""
    found: list[Entity] = []
    params: dict[str, str | int | list[str]] = {"types[]": ["mention"], "limit": 40}
    for _page in range(_PAGES):
        answer = client.request("GET", "/api/v1/notifications", params=params)
        if not is_list(answer):
            raise Unreachable(_("The network gave no usable answer."))
        page = entities(as_json(answer))
        found += [one for one in page if text_at(one, "type") == "mention"]
        oldest = time_at(page[-1], "created_at") if page else None
        if until is None or oldest is None or oldest < until:
            break
        params = {**params, "max_id": text_at(page[-1], "id")}
    return found


def _root_above(client: Client, status: str) -> str:
    """The topmost post of ours above this one; empty when there is none, or the post is gone."""
    try:
        context = entity(as_json(client.request("GET", f"/api/v1/statuses/{status}/context")))
    except Rejected as error:
        if not is_gone(error):
            raise
        return ""
    ours = client.identity.remote_id
    above = (text_at(one, "id") for one in entities(context.get("ancestors")) if text_at(entity(one.get("account")), "id") == ours)
    return next(above, "")

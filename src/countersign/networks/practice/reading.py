"""The practice network's answers, in the words of the contract."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx

from countersign.base.errors import OutcomeUnknown, Unreachable
from countersign.base.values import RemoteId
from countersign.base.words import _
from countersign.networks.contract import Publication, Published, RemoteComment


def said(response: httpx.Response, *needed: str, changes: bool = False) -> dict[str, Any]:
    """The answer as a JSON object with these names in it; nonsense leaves the outcome of a change unknown."""
    try:
        content = response.json()
    except ValueError:
        content = None
    if isinstance(content, dict) and all(name in content for name in needed):
        return content
    if changes:
        raise OutcomeUnknown(_("The network did not say whether it was done."))
    raise Unreachable(_("The network gave no usable answer."))


@contextmanager
def understood() -> Iterator[None]:
    """Reading an answer whose parts may be missing or of another shape: then it is no usable answer."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise Unreachable(_("The network gave no usable answer.")) from error


def published(post: Mapping[str, Any]) -> Published:
    """What stands on the network."""
    return Published(RemoteId(post["id"]), post["url"])


def is_same(post: Mapping[str, Any], publication: Publication, *, since: datetime) -> bool:
    """Whether this own post is that publication: by its key where the network tells one, else by everything that was
    sent, and then only if it appeared since `since`: equal words of an earlier day are another post."""
    key = post.get("idempotency_key")
    if key:
        return bool(key == publication.handle)
    parent = publication.reply_to.parent if publication.reply_to else None
    stands = (post["text"], post["language"], post["parent"], [picture["alt"] for picture in post["pictures"]])
    sent = (publication.text, publication.language, parent, [picture.alt for picture in publication.pictures])
    return stands == sent and moment(post["created_at"]) >= since


def comment(post: Mapping[str, Any], *, root: RemoteId, ours: RemoteId) -> RemoteComment:
    """A reply of the thread under `root`; `ours` is the account that reads it."""
    account = post["account"]
    return RemoteComment(
        remote_id=RemoteId(post["id"]), on=root, parent=RemoteId(post["parent"]), author_id=RemoteId(account["id"]),
        author_handle=f"@{account['handle']}", author_name=account["name"], text=post["text"], at=moment(post["created_at"]),
        url=post["url"], language=post["language"], is_hidden=post["is_hidden"], is_ours=account["id"] == ours,
        edited_at=moment(post["edited_at"]) if post["edited_at"] else None,
    )  # fmt: skip


def moment(text: str) -> datetime:
    """A time of the network; always with its zone."""
    return datetime.fromisoformat(text)

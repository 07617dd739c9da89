"""Collecting: what the network shows becomes rows, each once; edits and deletions by their writers are noticed."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.audit.recording import Record, recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.base.errors import NetworkError
from countersign.calls import client, messages
from countersign.content.comments.models import Comment, Earlier, Reading, ThreadReading
from countersign.content.comments.states import CommentState
from countersign.content.posts.models import Delivery

_DECIDED = {CommentState.KEPT, CommentState.HIDDEN, CommentState.ESCALATED}


def collect(actor: DutyActor, account: Account, roots: Sequence[Delivery], *, at: datetime) -> int:
    """Read the threads under these deliveries and whatever has news; how many comments are new, changed or gone.

    What was read is kept before the cursor moves, so a crash in between reads it again and keeps it once.
    """
    with refusals_recorded(actor, at=at, matter=account):
        gate.require(actor, Right.COMMENT_COLLECT, on=account)
    reading, _is_new = Reading.objects.get_or_create(account=account)
    found = client.ask(messages.Collect(str(account.uid), [d.remote_id for d in roots], reading.cursor))
    changes = keep(actor, account, found.threads, at=at)
    Reading.objects.filter(pk=reading.pk).update(cursor=found.cursor, collected_at=at, trouble="")
    read = {thread["on"] for thread in found.threads}
    for delivery in roots:
        if delivery.remote_id in read:
            ThreadReading.objects.update_or_create(delivery=delivery, defaults={"read_at": at})
    return changes


def note_trouble(account: Account, error: NetworkError) -> None:
    """Keep why an account's comments could not be collected, for the page; the next collection forgets it."""
    Reading.objects.update_or_create(account=account, defaults={"trouble": error.what[:300]})


def keep(actor: DutyActor, account: Account, threads: Sequence[dict[str, Any]], *, at: datetime) -> int:
    """Store threads as the network shows them; one entry in the log for the batch, none when nothing changed."""
    with refusals_recorded(actor, at=at, matter=account):
        gate.require(actor, Right.COMMENT_COLLECT, on=account)
    differing = [thread for thread in map(_plain, threads) if _differs(account, thread)]
    if not differing:
        return 0
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.COMMENT_COLLECT, on=account)
        counts = [_keep_thread(record, account, thread, at) for thread in differing]
        new, changed, gone = (sum(column) for column in zip(*counts, strict=True))
        record("comments.collected", account, account=account, count=new + changed + gone, new=new, changed=changed, gone=gone)
        return int(new + changed + gone)


_LONGEST = {"author_handle": 300, "author_name": 300, "url": 600}


def _plain(thread: dict[str, Any]) -> dict[str, Any]:
    """The thread as it can be stored. What a stranger wrote must never stop the collecting, so it is mended, not refused:
    no database takes half of a pair of surrogates, PostgreSQL no NUL and nothing longer than its column."""
    return {**thread, "comments": [{name: _mended(name, part) for name, part in c.items()} for c in thread["comments"]]}


def _mended(name: str, part: Any) -> Any:
    if not isinstance(part, str):
        return part
    text = part.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    return text[: _LONGEST.get(name, len(text))]


def _differs(account: Account, thread: dict[str, Any]) -> bool:
    there = {c["remote_id"]: (c["text"], c["is_hidden"]) for c in thread["comments"]}
    rows = Comment.objects.filter(account=account, root=thread["on"]).exclude(state=CommentState.GONE)
    here = {c.remote_id: (c.text, c.is_hidden_there) for c in rows}
    missing = thread["is_whole"] and set(here) - set(there)
    return bool(missing) or any(here.get(remote_id) != seen for remote_id, seen in there.items())


def _keep_thread(record: Record, account: Account, thread: dict[str, Any], at: datetime) -> tuple[int, int, int]:
    delivery = Delivery.objects.filter(account=account, remote_id=thread["on"]).first()
    known = {c.remote_id: c for c in Comment.objects.filter(account=account, root=thread["on"])}
    fresh = [c for c in thread["comments"] if c["remote_id"] not in known]
    Comment.objects.bulk_create([_row(account, delivery, content, at) for content in fresh], ignore_conflicts=True)
    changed = [_notice(known[c["remote_id"]], c, at) for c in thread["comments"] if c["remote_id"] in known]
    gone = 0
    if thread["is_whole"]:
        there = {c["remote_id"] for c in thread["comments"]}
        for comment in known.values():
            if comment.remote_id not in there and comment.state != CommentState.GONE:
                comment.move(CommentState.GONE, at=at)
                gone += 1
    return len(fresh), sum(changed), gone


def _row(account: Account, delivery: Delivery | None, content: dict[str, Any], at: datetime) -> Comment:
    return Comment(
        account=account, delivery=delivery, remote_id=content["remote_id"], root=content["on"],
        parent=content["parent"], author_id=content["author_id"], author_handle=content["author_handle"],
        author_name=content["author_name"], text=content["text"], language=content["language"][:10],
        url=content["url"], cid=content["cid"], is_ours=content["is_ours"], is_hidden_there=content["is_hidden"],
        written_at=datetime.fromisoformat(content["at"]), collected_at=at,
        state=CommentState.KEPT if content["is_ours"] else CommentState.WAITING, state_since=at,
    )


def _notice(comment: Comment, content: dict[str, Any], at: datetime) -> bool:
    """Notice what its writer changed: what stood before is kept, and a decided comment waits again."""
    plain = {"is_hidden_there": content["is_hidden"], "cid": content["cid"], "author_name": content["author_name"]}
    if comment.text == content["text"]:
        was_hidden = comment.is_hidden_there
        Comment.objects.filter(pk=comment.pk).update(**plain)
        return bool(was_hidden != content["is_hidden"])
    Earlier.objects.create(comment=comment, text=comment.text, until=at)
    plain |= {"text": content["text"], "changed_at": at, "read_at": None, "read_by": None}
    if comment.state in _DECIDED and not comment.is_ours:
        comment.move(CommentState.WAITING, at=at, **plain)
    else:
        Comment.objects.filter(pk=comment.pk).update(**plain)
    return True

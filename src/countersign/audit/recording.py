"""Recording: change things and write down what changed, or do neither.

`recorded` owns the only transaction in the product. What is noted inside it is appended to the log in the same
transaction, so there is no entry without its act and no act without its entry.
"""
from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from django.db import connection, models, transaction

from countersign.audit import events, leaf, tree
from countersign.audit.leaf import Noted
from countersign.audit.models import Entry, Frontier
from countersign.base import undertaking
from countersign.base.actor import Actor
from countersign.base.errors import CountersignError, OffLimits, Refused
from countersign.base.values import canonical

_APPEND_LOCK = 0x6175_6469_7400  # any constant: names the lock that orders the log on PostgreSQL
_RECORDED = "This refusal is in the audit log."


class Record:
    """What one change will leave behind. Call it to note an event.

    `matter` and `account` say what the change is about, for the entry of a refusal; set them as soon as they are known.
    """

    def __init__(self, actor: Actor, at: datetime, noted: list[Noted], matter: object, account: object) -> None:
        self.actor, self.at, self.noted = actor, at, noted
        self.matter, self.account = matter, account
        self.is_refused = False

    def __call__(
        self,
        event: str,
        matter: object,
        *,
        account: object = "",
        personal: Mapping[str, str] | None = None,
        **details: object,
    ) -> None:
        """Note one thing that happened.

        `matter` is a label such as `post:<uid>`, or a row, or an actor, which have labels; `account` the uid of the
        account concerned, or its row. Names, addresses, e-mail and people's free words belong in `personal`, never in
        `details`. RuntimeError for an event that `events` does not list.
        """
        events.require_known(event)
        words = canonical(dict(personal)) if personal else b""
        self.noted.append(
            Noted(
                at=self.at,
                actor=self.actor.label,
                event=event,
                matter=label(matter),
                account=account_uid(account),
                details=leaf.plain(details),
                personal=words,
                salt=secrets.token_bytes(leaf.SALT_BYTES) if words else b"",
            )
        )


_open: ContextVar[Record | None] = ContextVar("open_record", default=None)


@contextmanager
def recorded(actor: Actor, *, at: datetime, matter: object = "", account: object = "") -> Iterator[Record]:
    """Run a change in one transaction that ends by appending its entries to the log.

    A change that notes nothing is a fault (RuntimeError). A refusal undoes the change and is itself recorded, with
    `matter` and `account` if they were given. A change made inside another joins its transaction.
    """
    if outer := _open.get():
        with _joined(outer, Record(actor, at, outer.noted, matter, account)) as record:
            yield record
        return
    record = Record(actor, at, [], matter, account)
    tokens = _open.set(record), undertaking.is_open.set(True)
    try:
        with transaction.atomic():
            yield record
            _require_whole(record)
            _append(record.noted)
    except Refused as refusal:
        _append_refusal(record.actor, at, record.matter or _first_matter(record), record.account, refusal)
        raise
    finally:
        _open.reset(tokens[0])
        undertaking.is_open.reset(tokens[1])


def refuse(actor: Actor, *, at: datetime, matter: object, refusal: CountersignError, account: object = "") -> None:
    """Record a refusal that was found outside an action: by a middleware, a view, or at a link that is not valid.

    Does nothing for a refusal that `recorded` has recorded already.
    """
    if undertaking.is_open.get():
        raise RuntimeError("A refusal inside a recorded change is recorded by the change: raise it.")
    if _RECORDED not in getattr(refusal, "__notes__", ()):
        _append_refusal(actor, at, matter, account, refusal)


@contextmanager
def refusals_recorded(actor: Actor, *, at: datetime, matter: object) -> Iterator[None]:
    """Record a refusal that comes before a change is opened: in a view, or where the broker is asked first."""
    try:
        yield
    except (Refused, OffLimits) as refusal:
        refuse(actor, at=at, matter=matter, refusal=refusal)
        raise


def label(matter: object) -> str:
    """How the log names a thing, without personal data: `kind:uid`.

    Takes a label, a row, or an actor. Never `str()` of a row, which may be somebody's name.
    """
    if isinstance(matter, str):
        return matter
    if isinstance(matter, models.Model):
        return f"{matter._meta.model_name}:{getattr(matter, 'uid', matter.pk)}"
    if isinstance(own := getattr(matter, "label", None), str):
        return own
    raise TypeError(f"The log has no name for a {type(matter).__name__}; give it a label such as 'post:<uid>'.")


def account_uid(account: object) -> str:
    """The uid of an account, given as text, UUID, row, or label `account:<uid>`."""
    if account is None:
        return ""
    return label(str(account) if isinstance(account, UUID) else account).removeprefix("account:")


@contextmanager
def _joined(outer: Record, inner: Record) -> Iterator[Record]:
    already = len(outer.noted)
    try:
        yield inner
    except Refused:
        # Whoever was refused is who the log must name, not the one who called them.
        outer.actor, outer.matter = inner.actor, inner.matter or outer.matter
        outer.account, outer.is_refused = inner.account or outer.account, True
        raise
    _require_noted(inner, since=already)


def _require_whole(record: Record) -> None:
    if record.is_refused:
        raise RuntimeError("A refusal was swallowed inside a change: half of it would have been kept.")
    _require_noted(record, since=0)


def _require_noted(record: Record, *, since: int) -> None:
    if len(record.noted) == since:
        raise RuntimeError("A change was made without recording anything.")


def _first_matter(record: Record) -> str:
    return record.noted[0].matter if record.noted else "-"


def _append_refusal(actor: Actor, at: datetime, matter: object, account: object, refusal: CountersignError) -> None:
    # The template, not the sentence: what fills it in may be somebody's name.
    details = {"why": refusal.template}
    noted = Noted(at, actor.label, "act.refused", label(matter), account_uid(account), details)
    with transaction.atomic():
        _append([noted])
    refusal.add_note(_RECORDED)


def _append(noted: list[Noted]) -> None:
    """Append entries in the open transaction. Appends are in single file until it ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # SQLite needs none: each transaction is IMMEDIATE
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_APPEND_LOCK])
    row = Frontier.objects.filter(pk=Frontier.ONLY).first() or Frontier.objects.create()
    edge = tree.CompactRange.unpack(row.size, bytes(row.peaks))
    entries = [_entry(each, number) for number, each in enumerate(noted, start=edge.size + 1)]
    edge.extend(bytes(entry.leaf_hash) for entry in entries)
    Entry.objects.bulk_create(entries)
    Frontier.objects.filter(pk=Frontier.ONLY).update(size=edge.size, peaks=edge.pack())


def _entry(noted: Noted, number: int) -> Entry:
    content = noted.leaf(number)
    return Entry(
        number=number,
        at=noted.at,
        actor=noted.actor,
        event=noted.event,
        matter=noted.matter,
        account=noted.account,
        leaf=content.decode(),
        leaf_hash=tree.leaf_hash(content),
        salt=noted.salt or None,
        personal=noted.personal.decode() or None,
    )

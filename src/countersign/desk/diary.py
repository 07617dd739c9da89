"""The diary: what the audit log holds, as days and sentences for people to read.

Names are looked up when the page is made, for the log has none: whoever was erased is shown as such.
"""
from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from countersign.access.grants.models import Account
from countersign.access.grants.rights import ROLE_WORDS
from countersign.access.recovery.words import CONTACTS
from countersign.access.recovery.words import KINDS as EVENTS
from countersign.audit import events
from countersign.audit.models import Checkpoint, Entry
from countersign.base.words import _
from countersign.content.comments.models import Comment
from countersign.content.posts.models import Delivery, Post
from countersign.content.posts.titles import title_of
from countersign.networks.registry import NAMES
from countersign.people.models import Person

PAGE = 100

_KINDS: dict[str, str] = {
    "announcement": _("an announcement"),
    "attachment": _("a picture"),
    "case": _("the case {short}"),
    "charter": _("version {short} of the charter"),
    "comment": _("the comment {short}"),
    "contact": _("a contact"),
    "delivery": _("the delivery {short}"),
    "device": _("the device {short}"),
    "domain": _("a domain"),
    "enrolment": _("an invitation"),
    "file": _("a picture"),
    "invitation": _("an invitation"),
    "key": _("the key {short}"),
    "lock": _("the lock {short}"),
    "mail": _("a mail"),
    "mailbox": _("the role mailbox {short}"),
    "post": _("the post {short}"),
    "posture": _("the key of device management {short}"),
    "reset_drill": _("the reset drill {short}"),
    "roster": _("the entry {short}"),
    "session": _("the session {short}"),
    "unexplained": _("the unexplained event {short}"),
}
_ICONS = {
    "account": "plug", "act": "ban", "change": "bell", "charter": "scroll-text", "comment": "message-square", "comments": "inbox",
    "contact": "life-buoy", "delivery": "send", "domain": "globe", "factor": "key-round", "file": "image", "grant": "user-check", "invitation": "mail",
    "api_key": "key-round", "app": "smartphone", "lock": "lock", "lock_card": "id-card", "log": "archive", "mail": "mail", "mailbox": "inbox", "mails": "mail", "person": "users", "post": "pencil-line", "recovery": "life-buoy", "reset_drill": "clock", "roster": "fingerprint", "session": "log-out", "sign_out": "log-out",
    "unexplained": "bell",
}  # fmt: skip
# Words of entries that are code, as people say them.
_WORDS: dict[str, dict[str, str]] = {
    "kind": {
        "passkey": _("passkey"), "webauthn": _("passkey"), "totp": _("code from an app"),
        "recovery_codes": _("recovery code"), "recovery_code": _("recovery code"), **CONTACTS, **EVENTS,
    },
    "decision": {
        "keep": _("it stays"), "answer": _("it gets an answer"), "hide": _("it is hidden"),
        "delete": _("it is deleted"), "escalate": _("a colleague decides"),
    },
    "network": NAMES,
    "role": {role.value: name for role, (name, _does) in ROLE_WORDS.items()},
}
# What personal data of an entry are called.
_PERSONAL = {
    "address": _("mail address"), "email": _("mail address"), "name": _("name"), "purpose": _("for"), "reason": _("reason"), "where": _("from"),
    "value": _("value"), "who": _("as"), "why": _("why"), "words": _("words"),
}  # fmt: skip
_A_DAY = re.compile(r"\d{4}-\d\d-\d\d(T|$)")
_NO_ADDRESS = "@invalid.example"  # stands where the first officer's address will, until they give it
_SEALS = {"post.approved", "post.signed", "roster.entry_added", "roster.entry_signed"}
_NAME_IN_BRACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader asked to see. `person` and `account` are uids, `before` the number the page ends before."""

    person: str = ""
    account: str = ""
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a sentence that goes on from `who`. `personal` are its personal data, `is_erased` when they are gone."""

    number: int
    at: datetime
    who: str
    sentence: str
    account: str
    icon: str
    tone: str
    is_refusal: bool
    personal: tuple[tuple[str, str], ...]
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day and what happened on it, newest first."""

    day: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One person or account to filter by."""

    uid: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Diary:
    """One page. `older` is the number to go on before, None on the last page; `signed` counts entries under a checkpoint."""

    days: tuple[Day, ...]
    people: tuple[Option, ...]
    accounts: tuple[Option, ...]
    chosen: Filter
    older: int | None
    size: int
    signed: int
    signed_at: datetime | None

    @property
    def is_filtered(self) -> bool:
        """Whether the page shows less than everything."""
        return bool(self.chosen.person or self.chosen.account or self.chosen.day)


def diary(chosen: Filter) -> Diary:
    """One page of the log, newest first."""
    rows = list(_entries(chosen).order_by("-number")[: PAGE + 1])
    people, accounts = _people(), _accounts()
    names = {f"person:{uid}": name for uid, name in people} | {f"account:{uid}": name for uid, name in accounts}
    names |= _matters(row.matter for row in rows)
    newest, last = Entry.objects.order_by("-number").first(), Checkpoint.objects.order_by("-size").first()
    return Diary(
        days=_days(_line(row, names) for row in rows[:PAGE]),
        people=tuple(Option(uid, name, uid == chosen.person) for uid, name in people),
        accounts=tuple(Option(uid, name, uid == chosen.account) for uid, name in accounts),
        chosen=chosen,
        older=rows[PAGE - 1].number if len(rows) > PAGE else None,
        size=newest.number if newest else 0,
        signed=last.size if last else 0,
        signed_at=last.at if last else None,
    )


def read_filter(given: Mapping[str, str]) -> Filter:
    """A filter from what stands in an address; what is not understood does not filter."""
    return Filter(
        person=_uid(given.get("person", "")),
        account=_uid(given.get("account", "")),
        day=_day(given.get("day", "")),
        before=_number(given.get("before", "")),
    )


def _entries(chosen: Filter) -> QuerySet[Entry]:
    rows = Entry.objects.all()
    if chosen.person:
        label = f"person:{chosen.person}"
        rows = rows.filter(Q(actor=label) | Q(matter=label))
    if chosen.account:
        rows = rows.filter(account=chosen.account)
    if chosen.day:
        start = timezone.make_aware(datetime.combine(chosen.day, time.min))
        end = timezone.make_aware(datetime.combine(chosen.day + timedelta(days=1), time.min))
        rows = rows.filter(at__gte=start, at__lt=end)
    return rows.filter(number__lt=chosen.before) if chosen.before else rows


def _line(row: Entry, names: Mapping[str, str]) -> Line:
    # The leaf is what is signed; the columns beside it are for searching only.
    content = json.loads(row.leaf)
    event, account = content["event"], names.get(f"account:{content['account']}", "")
    return Line(
        number=row.number,
        at=datetime.fromisoformat(content["at"]),
        who=_name(content["actor"], names),
        sentence=_sentence(content, names, account),
        account="" if "{account}" in events.SENTENCES.get(event, "") else account,
        icon=_ICONS.get(event.partition(".")[0], "circle-dot"),
        tone="bad" if event == "act.refused" else "seal" if event in _SEALS else "",
        is_refusal=event == "act.refused",
        personal=_personal(json.loads(row.personal), names) if row.personal else (),
        is_erased="personal" in content and row.personal is None,
    )


def _sentence(content: Mapping[str, Any], names: Mapping[str, str], account: str) -> str:
    facts = {name: _read(str(value)) for name, value in content["details"].items()}
    facts |= {name: gettext(words[facts[name]]) for name, words in _WORDS.items() if facts.get(name) in words}
    facts |= {"matter": _name(content["matter"], names), "account": account or _name(content["matter"], names)}
    if "why" in facts:
        facts["why"] = _fill(gettext(facts["why"]) if facts["why"] else "", {})
    template = events.SENTENCES.get(content["event"])
    return _fill(gettext(template), facts) if template else f"{content['event']} {facts['matter']}"


def _read(text: str) -> str:
    """A fact of an entry; a moment or a day as people read them, in the reader's zone."""
    if not _A_DAY.match(text):
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    if at.tzinfo is None:
        return date_format(at, "j F Y")
    return date_format(timezone.localtime(at), "j F Y, H:i")


def _personal(found: Mapping[str, str], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Personal data as people read them: their names in words, people by their names."""
    told = {name: names.get(f"person:{value}", value) for name, value in sorted(found.items())}
    told |= {name: gettext("not given yet") for name, value in told.items() if value.endswith(_NO_ADDRESS)}
    return tuple((gettext(_PERSONAL[name]) if name in _PERSONAL else name, value) for name, value in told.items())


def _fill(template: str, facts: Mapping[str, str]) -> str:
    """Fill a sentence in; a fact the entry does not have becomes an ellipsis."""
    return _NAME_IN_BRACES.sub(lambda found: facts.get(found[1], "…"), template)


def _name(label: str, names: Mapping[str, str]) -> str:
    if label in names:
        return names[label]
    kind, _colon, uid = label.partition(":")
    if kind == "duty":
        return gettext("Countersign ({duty})").format(duty=uid)
    if label == "visitor":
        return gettext("A visitor")
    if kind == "person":
        return gettext("Somebody no longer known")
    if kind in _KINDS and uid:
        return gettext(_KINDS[kind]).format(short=uid[:8])
    return pgettext("what an entry of the log is about", "the house") if label in {"", "-"} else label[:40]


def _matters(labels: Iterable[str]) -> dict[str, str]:
    """What posts, deliveries and comments are called, by label, for those a page is about."""
    uids: dict[str, set[str]] = {"post": set(), "delivery": set(), "comment": set()}
    for label in labels:
        kind, _colon, uid = label.partition(":")
        if kind in uids and _uid(uid):
            uids[kind].add(uid)
    posts = Post.objects.filter(uid__in=uids["post"]).prefetch_related("variants")
    deliveries = Delivery.objects.filter(uid__in=uids["delivery"]).select_related("post").prefetch_related("post__variants")
    comments = Comment.objects.filter(uid__in=uids["comment"]).values_list("uid", "author_name", "author_handle")
    return (
        {f"post:{one.uid}": gettext("the post “{title}”").format(title=title_of(one)) for one in posts}
        | {f"delivery:{one.uid}": gettext("the delivery of “{title}”").format(title=title_of(one.post)) for one in deliveries}
        | {f"comment:{uid}": gettext("the comment of {name}").format(name=name or handle) for uid, name, handle in comments}
    )


def _days(lines: Iterable[Line]) -> tuple[Day, ...]:
    by_day = groupby(lines, key=lambda line: timezone.localtime(line.at).date())
    return tuple(Day(day, tuple(group)) for day, group in by_day)


def _people() -> list[tuple[str, str]]:
    return [(str(uid), name) for uid, name in Person.objects.order_by("name").values_list("uid", "name")]


def _accounts() -> list[tuple[str, str]]:
    return [(str(uid), f"@{handle.removeprefix('@')}") for uid, handle in Account.objects.order_by("handle").values_list("uid", "handle")]


def _uid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 9999 else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) <= 15 else None

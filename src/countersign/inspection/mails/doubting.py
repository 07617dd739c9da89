"""What makes one doubt a mail whose signature holds: networks sign what strangers type into their forms.

An invitation carries the name and the words of whoever invites; the network signs them like its own.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from countersign.inspection.mails.classifying import is_hurried, kind_of_text
from countersign.inspection.mails.kinds import FREE_TEXT, Kind
from countersign.inspection.mails.letters import Letter
from countersign.inspection.mails.pages import MOST_LINKS, Link
from countersign.inspection.mails.reasons import Reason
from countersign.inspection.mails.senders import Sender, is_elsewhere, plain

LATEST = timedelta(days=1)  # a mail may be so long on its way; an older one may be one that was sent again
AHEAD = timedelta(hours=1)
_INVISIBLE = re.compile(r"[\u202a-\u202e\u2066-\u2069\u2060-\u2064]|(?<=\w)[\u200b\u200c\u200d\ufeff\u00ad](?=\w)")
_MIXED = re.compile(r"\b(?=\w*[a-z])(?=\w*[\u0370-\u03ff\u0400-\u04ff])\w+\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.:/-])(\+|00)?\(?\d{1,5}\)?(?:[ .\-/\u00a0]{0,2}\(?\d{2,4}\)?){2,6}(?![\w:/-])")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,3}(?:\.\d{1,3}){3}")
_SHOWN = re.compile(r"^(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#]\S*)?$", re.IGNORECASE)
_LONGEST = 20_000  # characters that are searched; a network's mail about safety has fewer
_FEW_WORDS = 8  # a plain part may be nothing but "see the page"


def doubts(letter: Letter, network: Sender, kind: Kind | None, *, at: datetime, addresses: Sequence[str]) -> list[Reason]:
    """Everything odd about it, as of when it arrived (`at`). `addresses` are ours; with none the recipient is not looked at."""
    return [reason for reason in (
        *_of_time(letter, at), *_of_recipients(letter, addresses), *_of_answers(letter, network), *_of_links(letter, network, kind),
        *_of_words(letter, kind),
    ) if reason]  # fmt: skip


def _of_time(letter: Letter, at: datetime) -> list[Reason]:
    if letter.sent_at is None:
        return [Reason.DATE_MISSING]
    if letter.sent_at < at - LATEST:
        return [Reason.DATE_PAST]
    return [Reason.DATE_AHEAD] if letter.sent_at > at + AHEAD else []


def _of_recipients(letter: Letter, addresses: Sequence[str]) -> list[Reason]:
    """It must be written to an address of ours, or to another at the same domain: role mailboxes have many names."""
    domains = {address.rpartition("@")[2] for address in addresses}
    written_to = {address.rpartition("@")[2] for _name, address in letter.head.addresses("to")}
    return [Reason.OTHER_RECIPIENT] if domains and not domains & written_to else []


def _of_answers(letter: Letter, network: Sender) -> list[Reason]:
    there = [address.rpartition("@")[2] for _name, address in letter.head.addresses("reply-to")]
    return [Reason.REPLY_ELSEWHERE] if any(not network.leads_to(domain) for domain in there if domain) else []


def _of_links(letter: Letter, network: Sender, kind: Kind | None) -> list[Reason]:
    strictly = kind in FREE_TEXT
    found = []
    if any(_leaves(link.target, network, strictly=strictly) for link in letter.links):
        found.append(Reason.LINKS_ELSEWHERE)
    if any(_is_disguised(link) for link in letter.links):
        found.append(Reason.DISGUISED_LINK)
    return found


def _leaves(target: str, network: Sender, *, strictly: bool) -> bool:
    """Whether a link leads away: by its host, or by an address that it carries along to be sent on to."""
    try:
        parts = urlsplit(target.strip())
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return True
    if parts.scheme.lower() == "mailto":
        return not network.leads_to(parts.path.rpartition("@")[2].lower())
    if parts.scheme.lower() == "tel" or target.startswith("#"):
        return False
    if parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc or is_elsewhere(host, network, strictly=strictly):
        return True
    carried = [value for _name, value in parse_qsl(parts.query) if value.lower().startswith(("http://", "https://", "//"))]
    return any(_leaves(value, network, strictly=strictly) for value in carried[:20] if value != target)


def _is_disguised(link: Link) -> bool:
    shown = _SHOWN.match(link.shown.strip())
    if not shown or "." not in shown[1]:
        return False
    host = (urlsplit(link.target.strip()).hostname or "").lower() if link.target.isascii() else ""
    name = shown[1].lower()
    return not (host == name or host.endswith(f".{name}") or name.endswith(f".{host.removeprefix('www.')}") or not host)


def _of_words(letter: Letter, kind: Kind | None) -> list[Reason]:
    words = f"{letter.subject}\n{letter.page[:_LONGEST]}\n{letter.plain[:_LONGEST]}"
    found = []
    if max(len(letter.page), len(letter.plain)) > _LONGEST or len(letter.links) >= MOST_LINKS:
        found.append(Reason.TOO_LARGE)
    if letter.has_attachment:
        found.append(Reason.ATTACHMENT)
    if _INVISIBLE.search(words) or _MIXED.search(words) or _INVISIBLE.search(letter.head.text("from")):
        found.append(Reason.DISGUISED_TEXT)
    if kind != Kind.PHONE_CHANGED and (_has_number(words) or any(link.target.lower().startswith("tel:") for link in letter.links)):
        found.append(Reason.PHONE_NUMBER)
    if kind in FREE_TEXT and is_hurried(words):  # about its own matters a network hurries people itself: "change your password immediately"
        found.append(Reason.URGENCY)
    if _parts_differ(letter):
        found.append(Reason.PARTS_DIFFER)
    return found


def _has_number(words: str) -> bool:
    """A number that one could call: nine to fifteen digits, with a plus, a zero or a bracket before them, or as toll-free ones are."""
    for found in _NUMBER.finditer(_DATE.sub(" ", words)):
        digits = re.sub(r"\D", "", found[0])
        if 9 <= len(digits) <= 15 and (found[0][0] in "+0(" or re.match(r"1?[ .-]?(8\d\d|9\d\d)\b", found[0])):
            return True
    return False


def _parts_differ(letter: Letter) -> bool:
    """Whether the plain text and the page tell different things."""
    if not letter.plain.strip() or not letter.page.strip():
        return False
    few, many = sorted((set(plain(letter.plain).split()), set(plain(letter.page).split())), key=len)
    shared = len(few & many) / max(len(few), 1)
    one, other = kind_of_text("", letter.plain), kind_of_text("", letter.page)
    return (len(few) >= _FEW_WORDS and shared < 0.25) or (shared < 0.6 and one is not None and other is not None and one != other)

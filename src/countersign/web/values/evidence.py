"""Evidence of the second factor: one account, every account, and how to turn it on."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from countersign.web.values.shared import ALLOWED, Action, Face, Notice, Verdict


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """How an account's second factor stands, in one line. `tone` is `ok`, `warn` or `bad`; `until` is None where nothing counts."""

    url: str
    tone: str
    words: str
    until: datetime | None = None
    account: Face | None = None


@dataclass(frozen=True, slots=True)
class EvidenceList:
    """`evidence/list.html`."""

    rows: tuple[EvidenceLine, ...]
    accounts_url: str
    guides: tuple[tuple[str, str], ...] = ()  # name of a network, address of its guide


@dataclass(frozen=True, slots=True)
class Looked:
    """One look. `state` is `counts`, `old`, `ended` or `off`; `picture` opens what was put beside it."""

    source: str
    state: str
    seen_at: datetime
    noted_by: str
    words: str = ""
    until: datetime | None = None
    ended_at: datetime | None = None
    picture: Action | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Excepted:
    """What stands, or stood, in for evidence."""

    what: str
    since: datetime
    until: datetime
    is_over: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """`evidence/account.html`. Forms: `state_url` (`words`, `picture`) and `except_url` (`days`, `reason`)."""

    account: Face
    line: EvidenceLine
    account_url: str
    list_url: str
    guide_url: str
    ask: Action
    asked_at: datetime | None
    told: str
    state_url: str
    except_url: str
    rows: tuple[Looked, ...] = ()
    excepted: tuple[Excepted, ...] = ()
    may_state: Verdict = ALLOWED
    may_except: Verdict = ALLOWED
    notice: Notice | None = None
    shelf: tuple[tuple[str, int], ...] = ()  # a source in words, and for how many days it counts
    waiting: tuple[tuple[str, str], ...] = ()  # what waits for a second person: title and address


@dataclass(frozen=True, slots=True)
class GuideSection:
    """A heading, and what to do or to know, one after the other."""

    title: str
    steps: tuple[str, ...]
    is_ordered: bool = True


@dataclass(frozen=True, slots=True)
class GuidePage:
    """`evidence/guide.html`. `written` is its day, networks move their settings; `address` may be empty."""

    title: str
    network: str
    written: str
    address: str
    sections: tuple[GuideSection, ...]
    list_url: str
    others: tuple[tuple[str, str], ...] = ()

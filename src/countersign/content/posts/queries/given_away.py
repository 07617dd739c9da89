"""What the words of a post give away, as its author and whoever signs it see it. Only shown: nothing has to be answered yet."""
from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from countersign.inspection.texts.finding import findings
from countersign.inspection.texts.kinds import LABELS, Finding, Kind, OwnList
from countersign.web import values

_ICONS = {
    Kind.KEY: "key-round", Kind.PASSWORD: "key-round", Kind.MAIL: "at-sign", Kind.PHONE: "smartphone", Kind.STREET: "house", Kind.NATIONAL: "id-card",
    Kind.CONFIDENTIAL: "eye-off", Kind.NAME: "building-2", Kind.WHEREABOUTS: "calendar-clock",
}  # fmt: skip
_LONGEST = 60  # characters of a finding that are shown; a private key has thousands
_MOST = 20  # findings that are shown
_NO_LIST = OwnList()  # a company cannot write its list yet


def given_away(texts: Iterable[str]) -> tuple[values.Check, ...]:
    """Each kind and words once, however many accounts are to say them."""
    found = {(one.kind, one.words): one for text in texts for one in findings(text, own=_NO_LIST)}
    return tuple(_check(one) for one in list(found.values())[:_MOST])


def _check(finding: Finding) -> values.Check:
    words = " ".join(finding.words.split())
    short = words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
    title = gettext("{kind}: “{words}”").format(kind=gettext(LABELS[finding.kind]), words=short)
    return values.Check("warn", _ICONS.get(finding.kind, "scan-text"), title, gettext(finding.reason))

"""Keys: the forms that vendors give theirs, blocks of private keys, and tokens that look drawn by chance."""
from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from countersign.inspection.texts.kinds import RANDOM_KEY, VENDORS_KEY, Certainty, Kind, Span
from countersign.inspection.texts.reading import Reading

_VENDORS = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}", r"gh[pousr]_[A-Za-z0-9]{36,255}", r"github_pat_[A-Za-z0-9_]{50,120}", r"glpat-[\w-]{20,60}",
    r"xox[abeoprs]-[A-Za-z0-9-]{10,200}", r"xapp-\d-[A-Za-z0-9-]{20,200}", r"https://hooks\.slack\.com/services/[A-Za-z0-9/]{20,120}",
    r"AIza[\w-]{35}", r"ya29\.[\w-]{20,300}", r"GOCSPX-[\w-]{28}", r"[srp]k_(?:live|test)_[A-Za-z0-9]{16,250}", r"whsec_[A-Za-z0-9+/=]{24,80}",
    r"SG\.[\w-]{16,32}\.[\w-]{32,64}", r"npm_[A-Za-z0-9]{36}", r"pypi-[\w-]{50,250}", r"sk-(?:proj-|ant-|svcacct-)?[\w-]{20,200}", r"hf_[A-Za-z0-9]{30,50}", r"dop_v1_[0-9a-f]{64}",
    r"SK[0-9a-f]{32}", r"key-[0-9a-f]{32}", r"EAA[A-Za-z0-9]{60,300}", r"AAAA[\w-]{7}:[\w-]{100,180}", r"\d{8,10}:AA[\w-]{33}", r"eyJ[\w-]{8,2000}\.[\w-]{8,4000}(?:\.[\w-]{8,2000})?",
)  # fmt: skip
_KNOWN = re.compile(r"(?<![A-Za-z0-9])(?:" + "|".join(_VENDORS) + r")(?![A-Za-z0-9])")
_BEGIN = re.compile(r"-----BEG[Il1|]N [A-Za-z0-9 ]{0,40}PR[Il1|]VATE KEY(?: B[Ll1]OCK)?-----")
_END = re.compile(r"-----END [A-Za-z0-9 ]{0,40}PR[Il1|]VATE KEY(?: B[Ll1]OCK)?-----")
_LONGEST_BLOCK = 12_000
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{20,200}")
_HEX = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})")
_ASSIGNED = re.compile(r"\b[A-Z_]{0,30}(?:SECRET|TOKEN|KEY|PASS|PWD|PASSWORD|PASSWD)[A-Z_]{0,30}\s?[=:]\s?['\"]?(?!\.?/|https?:)(\S{8,4000})")
_SAID = re.compile(r"\b(?:api|token|jeton|secret|key|cle|sleutel|schlussel)\b|(?:token|key|sleutel|schlussel)\s?:")
_BEFORE = 40  # characters in which a word for a key may stand
_BITS, _CHANGES = 3.4, 0.4  # of entropy a character; of neighbours that are of different classes


def keys(reading: Reading) -> Iterator[Span]:
    """Every key in a reading."""
    for found in _KNOWN.finditer(reading.shown):
        yield Span(Kind.KEY, found.start(), found.end(), Certainty.CERTAIN, VENDORS_KEY)
    yield from _blocks(reading)
    links = reading.links()
    for found in _ASSIGNED.finditer(reading.shown):
        yield Span(Kind.KEY, found.start(1), found.end(1), Certainty.LIKELY, RANDOM_KEY)
    for found in _TOKEN.finditer(reading.shown):
        if any(start <= found.start() < end for start, end in links):
            continue
        is_said = bool(_SAID.search(reading.folded[max(0, found.start() - _BEFORE) : found.start()]))
        if is_random(found[0]) or (is_said and _HEX.fullmatch(found[0])):
            yield Span(Kind.KEY, found.start(), found.end(), Certainty.LIKELY if is_said else Certainty.POSSIBLE, RANDOM_KEY)


def _blocks(reading: Reading) -> Iterator[Span]:
    """A private key from its first line to its last; with no last line, to where its lines end or a little after."""
    done = 0
    for found in _BEGIN.finditer(reading.shown):
        if found.start() < done:
            continue
        last = _END.search(reading.shown, found.end(), found.end() + _LONGEST_BLOCK)
        done = last.end() if last else found.end()
        yield Span(Kind.KEY, found.start(), done, Certainty.CERTAIN, VENDORS_KEY)


def is_random(token: str) -> bool:
    """Whether a token has small and capital letters and digits in an order that no words have."""
    kinds = [_class(letter) for letter in token]
    if not {"a", "A", "9"} <= set(kinds):
        return False
    changes = sum(one != other for one, other in pairwise(kinds))
    return changes >= _CHANGES * len(token) and entropy(token) >= _BITS


def entropy(token: str) -> float:
    """Bits a character, by how often each occurs."""
    return -sum(count / len(token) * math.log2(count / len(token)) for count in Counter(token).values())


def _class(letter: str) -> str:
    if letter.isdigit():
        return "9"
    if letter.isalpha():
        return "A" if letter.isupper() else "a"
    return "-"

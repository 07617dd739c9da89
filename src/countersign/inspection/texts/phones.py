"""Phone numbers: international ones, and as they are written in Belgium, the Netherlands, France and Germany."""
from __future__ import annotations

import re
from collections.abc import Iterator

from countersign.inspection.texts.kinds import A_PHONE, Certainty, Kind, Span
from countersign.inspection.texts.reading import Reading
from countersign.inspection.texts.words import ours

_NUMBER = re.compile(r"(?<![\w.,:/+@#-])(?:\+|\(?0)[\d(](?:[ .\-/()]{0,3}\d){6,16}(?![\w%€]|[.,:]\d|-\d)")
_GROUP = re.compile(r"\d{1,17}")
_COUNTRIES = re.compile(r"(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[789]\d|8[058]\d|9[679]\d)")
_NEAR = re.compile(r"(?:3[1-4]|39|4[1-9]|35[1-8]|420|421|1)")
_COMPANY = re.compile(r"0\d{3}\.\d{3}\.\d{3}")
_DATE = re.compile(r"\d{1,2}[ ./-]\d{1,2}[ ./-](?:19|20)\d\d|(?:19|20)\d\d[ ./-]\d{1,2}[ ./-]\d{1,2}")
_BEFORE, _AFTER = 30, 12
_UNIT = re.compile(r" ?(?:€|eur|euros?|cl|ml|liters?|litres?|l|kg|km|%|st(?:uk)?s?|vol)\b| ?[€%]")
_MONEY = re.compile(r"(?:[€$£]|\d[ .-]) ?$")  # or the rest of a longer number
_TRUNK = "(0)"


def phones(reading: Reading) -> Iterator[Span]:
    """Every number that one could call. Years, prices, sizes, numbers of companies and of orders are none."""
    links = reading.links()
    for found in _NUMBER.finditer(reading.shown):
        if any(start <= found.start() < end for start, end in links) or _is_something_else(reading, found.start(), found.end()):
            continue
        text = found[0].rstrip(" .-/(")
        certainty = _international(text) or _national(text)
        if certainty:
            yield Span(Kind.PHONE, found.start(), found.start() + len(text), certainty, A_PHONE)


def _is_something_else(reading: Reading, start: int, end: int) -> bool:
    before, after = reading.folded[max(0, start - _BEFORE) : start], reading.folded[end : end + _AFTER]
    if _MONEY.search(before) or _UNIT.match(after) or _DATE.search(reading.shown[start:end]):
        return True
    words = list(ours("company_number", r"\b(?:{})\b[^\d+]{0,12}$").finditer(before))
    return bool(words) or (before.endswith("be ") and bool(_COMPANY.match(reading.shown[start:end])))


def _international(text: str) -> Certainty | None:
    """Behind a plus, or two noughts of a country nearby, eight to fifteen digits."""
    digits = "".join(_GROUP.findall(text.replace(_TRUNK, "")))
    if text.startswith("+"):
        return Certainty.CERTAIN if 8 <= len(digits) <= 15 and _COUNTRIES.match(digits) else None
    if digits.startswith("00"):
        return Certainty.LIKELY if 11 <= len(digits) <= 16 and _NEAR.match(digits[2:]) and not _COMPANY.fullmatch(text) else None
    return None


def _national(text: str) -> Certainty | None:
    """Behind a nought and another digit, nine to twelve digits, in groups as they are dialled."""
    digits = "".join(_GROUP.findall(text))
    if not re.match(r"0[1-9]", digits) or text.startswith("+"):
        return None
    groups = [len(group) for group in _GROUP.findall(text)]
    if _COMPANY.fullmatch(text) and _is_company(digits):
        return None
    if len(groups) == 1:
        return Certainty.LIKELY if len(digits) in {9, 10} else Certainty.POSSIBLE if len(digits) == 11 or (len(digits) == 12 and digits.startswith("01")) else None
    is_grouped = max(groups[1:]) <= 8 and groups[0] <= 5 and len(groups) <= 6
    return Certainty.LIKELY if 9 <= len(digits) <= 12 and is_grouped else None


def _is_company(digits: str) -> bool:
    """Whether the check digits of a Belgian enterprise hold, or it starts as no phone number does."""
    return 97 - int(digits[:8]) % 97 == int(digits[8:]) or not digits.startswith("04")

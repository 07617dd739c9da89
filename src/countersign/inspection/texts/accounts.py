"""Numbers with check digits: bank accounts, payment cards and Belgian national numbers."""
from __future__ import annotations

import re
from collections.abc import Iterator

from countersign.inspection.texts.kinds import ACCOUNT_HOLDS, CARD_HOLDS, NATIONAL_HOLDS, Certainty, Kind, Span
from countersign.inspection.texts.reading import Reading

SHAPES: dict[str, str] = {  # what follows the two letters and the two check digits: n digits, a letters, c either (ISO 13616, SEPA)
    "AD": "n8c12", "AL": "n8c16", "AT": "n16", "BE": "n12", "BG": "a4n6c8", "CH": "n5c12", "CY": "n8c16", "CZ": "n20", "DE": "n18", "DK": "n14", "EE": "n16", "ES": "n20", "FI": "n14", "FO": "n14",
    "FR": "n10c11n2", "GB": "a4n14", "GI": "a4c15", "GL": "n14", "GR": "n7c16", "HR": "n17", "HU": "n24", "IE": "a4n14", "IS": "n22", "IT": "a1n10c12", "LI": "n5c12", "LT": "n16", "LU": "n3c13", "LV": "a4c13",
    "MC": "n10c11n2", "MD": "c20", "ME": "n18", "MK": "n3c10n2", "MT": "a4n5c18", "NL": "a4n10", "NO": "n11", "PL": "n24", "PT": "n21", "RO": "a4c16", "RS": "n18", "SE": "n20", "SI": "n15", "SK": "n20", "SM": "a1n10c12", "VA": "n18",
}  # fmt: skip
_PARTS = re.compile(r"([nac])(\d{1,2})")
_EXPANDED = {country: "aann" + "".join(kind * int(count) for kind, count in _PARTS.findall(shape)) for country, shape in SHAPES.items()}
_ACCOUNT = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[ .-]?\d{2}(?=(?:[ .-]?[A-Z0-9]){11})")
_ACCOUNT_READ = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{2} ?[0-9OQDILSBZG|]{2}(?=(?:[ .-]{0,2}[A-Z0-9|]){11})")
_TO_DIGIT, _TO_LETTER = str.maketrans("OQDIL|SBZG", "0001115826"), str.maketrans("01580", "OISBO")
_OTHER_WAY = {"O": "0", "0": "O", "I": "1", "L": "1", "1": "I", "S": "5", "5": "S", "B": "8", "8": "B", "|": "1"}
_FURTHEST = 80  # characters over which an account number may be spread

_CARD = re.compile(r"(?<![\w.,+/-])\d(?:[ -]?\d){13,18}(?!\w|[.,]\d|-\d)")
_CARD_READ = re.compile(r"(?<![\w.,+/-])\d(?:[ -]{0,2}\d){13,18}(?!\w|[.,]\d|-\d)")
_STARTS = re.compile(r"(?:4\d{15}(?:\d{3})?|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|(?:50[1-9]\d|5018|56\d\d|57\d\d|58\d\d|6[37]\d\d|62\d\d)\d{12,15})")
_GROUPS = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (4, 4, 4, 5), (4, 4, 4, 2), (6, 13)}
_GROUP = re.compile(r"\d{1,19}")

_NATIONAL = re.compile(r"(?<![\w.,+/-])(\d\d)[. /-]?(\d\d)[. /-]?(\d\d)[ .-]{0,3}(\d{3})[ .-]{0,3}(\d\d)(?!\w|[.,]\d|-\d)")


def accounts(reading: Reading) -> Iterator[Span]:
    """Bank accounts whose form is their country's and whose check digits hold."""
    upper = reading.shown.upper() if len(reading.shown.upper()) == len(reading.shown) else reading.shown
    for found in (_ACCOUNT_READ if reading.is_from_picture else _ACCOUNT).finditer(upper):
        end = _account_end(upper, found.start(), is_from_picture=reading.is_from_picture)
        if end:
            yield Span(Kind.IBAN, found.start(), end, Certainty.CERTAIN, ACCOUNT_HOLDS)


def _account_end(upper: str, start: int, *, is_from_picture: bool) -> int:
    """Where an account number ends that begins here; 0 if none does."""
    country = upper[start : start + 2]
    if is_from_picture and country not in _EXPANDED:
        country = country.translate(_TO_LETTER)
        country = country if country in _EXPANDED else country.replace("L", "I")
    shape = _EXPANDED.get(country)
    if shape is None:
        return 0
    letters, at = list[str](), start
    while len(letters) < len(shape) and at < min(len(upper), start + _FURTHEST):
        if upper[at].isascii() and (upper[at].isalnum() or upper[at] == "|"):
            letters.append(upper[at])
        elif upper[at] not in " .-":
            return 0
        at += 1
    is_cut = len(letters) < len(shape) or (at < len(upper) and upper[at].isalnum())
    if is_cut:
        return 0
    letters[:2] = country
    read = _readings(letters, shape) if is_from_picture else ["".join(letters)]
    return at if any(_fits(one, shape) and holds_97(one) for one in read) else 0


def _readings(letters: list[str], shape: str) -> list[str]:
    """What may have been meant: digits where a country has digits, and where it may have both, one of them the other way at most."""
    likely = _mended(letters, shape)
    unclear = [place for place, kind in enumerate(shape) if kind == "c" and likely[place] in _OTHER_WAY]
    return [likely, *(likely[:place] + _OTHER_WAY[likely[place]] + likely[place + 1 :] for place in unclear)]


def _mended(letters: list[str], shape: str) -> str:
    """With digits where the country has digits, and letters where it has letters."""
    tables = {"n": _TO_DIGIT, "a": _TO_LETTER, "c": {}}
    return "".join(letter.translate(tables[kind]) for letter, kind in zip(letters, shape, strict=True))


def _fits(number: str, shape: str) -> bool:
    return all(letter.isdigit() if kind == "n" else letter.isalpha() if kind == "a" else letter.isalnum() for letter, kind in zip(number, shape, strict=True))


def holds_97(number: str) -> bool:
    """Whether the check digits of a bank account hold (ISO 7064, 97-10)."""
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 == 1


def cards(reading: Reading) -> Iterator[Span]:
    """Payment cards: an issuer's first digits and length, Luhn's check digit, and the groups in which cards are written."""
    for found in (_CARD_READ if reading.is_from_picture else _CARD).finditer(reading.shown):
        digits = "".join(_GROUP.findall(found[0]))
        groups = tuple(len(group) for group in _GROUP.findall(found[0]))
        if _STARTS.fullmatch(digits) and holds_luhn(digits) and (len(groups) == 1 or groups in _GROUPS or reading.is_from_picture):
            yield Span(Kind.CARD, found.start(), found.end(), Certainty.CERTAIN, CARD_HOLDS)


def holds_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def nationals(reading: Reading) -> Iterator[Span]:
    """Belgian national numbers, of both centuries, and those of people who have no birthday or no residence here."""
    for found in _NATIONAL.finditer(reading.shown):
        year, month, day, number, check = found.groups()
        is_date = int(month) % 20 <= 12 and int(month) < 60 and int(day) <= 31
        body = year + month + day + number
        if is_date and number not in {"000", "999"} and any(97 - int(start + body) % 97 == int(check) for start in ("", "2")):
            yield Span(Kind.NATIONAL, found.start(), found.end(), Certainty.CERTAIN, NATIONAL_HOLDS)

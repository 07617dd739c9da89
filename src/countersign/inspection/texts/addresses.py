"""E-mail addresses, and streets with a number as they are written in four languages."""
from __future__ import annotations

import re
from collections.abc import Iterator

from countersign.inspection.texts.kinds import A_MAIL, A_STREET, Certainty, Kind, Span
from countersign.inspection.texts.reading import Reading
from countersign.inspection.texts.words import ours

_AT, _DOT = r"(?:@| ?[(\[] ?(?:at|a|bij) ?[)\]] ?)", r"(?:\.| ?[(\[] ?(?:dot|punt|point|punkt) ?[)\]] ?)"
_MAIL = re.compile(rf"(?<![\w.+@-])[a-z0-9][\w.+'-]{{0,63}}{_AT}[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{1,63}}){{0,5}}{_DOT}[a-z]{{2,24}}(?![\w@])")
_MAIL_READ = re.compile(r"(?<![\w.+@-])[a-z0-9][\w.+'-]{0,63} ?[@©] ?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}(?:\.[a-z]{2,24}|(?: \.|\. )(?:be|nl|fr|de|com|org|net|eu|lu|uk|io))(?![\w@])")

_NUMBER = r"(?!(?:18|19|20)\d\d\b)\d{1,4}[A-Za-z]?\b(?:[ /]?(?:bus|bte|bt|box|boite|b) ?\w{1,4}\b)?(?:[-/]\d{1,4}\b)?"
_POSTCODE = r"(?:,? {1,2}(?:in |te |a |- )?|, {0,2}|\n)(?:[A-Z]{1,2}-)?(?:\d{5}|\d{4}(?: ?[A-Z]{2}\b)?),? {1,2}[A-Z][A-Za-z'-]{1,30}(?: [A-Z][A-Za-z'-]{1,20})?"
_BRITISH = r"(?:,? {1,2}|, {0,2}|\n)(?:[A-Z][A-Za-z'-]{1,20}(?: [A-Z][A-Za-z'-]{1,20})?,? )?(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]{2} \d{5}|[A-Z]\d[\dW] ?[A-Z0-9]{4})(?: [A-Z][a-z'-]{1,20})?"
_TAIL = re.compile(rf"{_POSTCODE}|{_BRITISH}")
_FRENCH = r"(?:[Rr]ue|RUE|[Aa]venue|[Aa]v\.|[Bb]oulevard|[Bb]d\.?|[Pp]lace|[Cc]haussee|[Qq]uai|[Ii]mpasse|[Aa]llee|[Cc]hemin|[Ss]quare|[Dd]reve|[Cc]los|[Rr]oute)"
_FRENCH_NAME = r"(?: (?:de |du |des |de la |de l'|d'|la |le |les |l')?[A-Z][A-Za-z'-]{1,24}(?: (?:et |de |du )?[A-Z][A-Za-z'-]{1,24}){0,3})"
_ENGLISH = r"(?:[A-Z][A-Za-z'-]{1,20} ){1,3}(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive|Dr|Square|Close|Terrace|Court|Crescent|Gardens|Row|Boulevard|Hill|Mews|Walk|Quay)\b\.?"
_ENDINGS = (
    "straat", "laan", "steenweg", "weg", "dreef", "plein", "markt", "gracht", "kade", "kaai", "singel", "dijk", "lei", "berg", "pad", "hof", "baan", "steeg", "boulevard", "avenue", "plaats", "park", "stiege", "promenade",
    "strasse", "allee", "platz", "gasse", "ring", "damm", "ufer", "chaussee",
)  # fmt: skip
_STREETS = (
    re.compile(rf"(?<![\w-])(?P<name>[A-Z][A-Za-z'-]{{3,34}}) {_NUMBER}"),
    re.compile(rf"(?<![\w-])[A-Z][A-Za-z'-]{{1,20}}(?:str|Str)\. ?{_NUMBER}"),
    re.compile(rf"(?<![\w-])[A-Z][A-Za-z'-]{{1,20}}(?: [A-Z][A-Za-z'-]{{1,20}})? (?:[Bb]aan|[Ss]traat|[Ll]aan|[Pp]lein|[Mm]arkt|[Ss]teenweg|[Kk]aai|[Dd]reef|Strasse|Str\.|Platz|Allee|Gasse|Ring|Damm|Ufer|Weg) {_NUMBER}"),
    re.compile(rf"(?<![\w,.-]){_NUMBER},? {_FRENCH}{_FRENCH_NAME}"),
    re.compile(rf"(?<![\w-]){_FRENCH}{_FRENCH_NAME},? {_NUMBER}"),
    re.compile(rf"(?<![\w,.€-])(?!(?:18|19|20)\d\d\b)\d{{1,4}}[A-Za-z]? {_ENGLISH}"),
)  # fmt: skip
_ONLY_WITH_POSTCODE = (
    re.compile(rf"(?<![\w-])(?:Am|An der|An den|Im|In der|Auf dem|Zum|Zur|Unter den) [A-Z][a-z'-]{{2,24}} {_NUMBER}"),
    re.compile(rf"(?<![\w-]){_FRENCH}{_FRENCH_NAME}"),
    re.compile(r"(?<![\w,.€-])\d{1,5}[A-Za-z]?(?: [A-Z][A-Za-z'-]{1,20}){1,3}(?:,? (?:Suite|Apt\.|Flat|Unit) \w{1,5})?(?=, )"),
)


def mails(reading: Reading) -> Iterator[Span]:
    """E-mail addresses, also with (at) and (dot); in a picture, with a space beside them."""
    for pattern in (_MAIL, _MAIL_READ) if reading.is_from_picture else (_MAIL,):
        yield from _mails(reading, pattern)


def _mails(reading: Reading, pattern: re.Pattern[str]) -> Iterator[Span]:
    for found in pattern.finditer(reading.folded):
        yield Span(Kind.MAIL, found.start(), found.end(), Certainty.CERTAIN if "@" in found[0] else Certainty.LIKELY, A_MAIL)


def streets(reading: Reading) -> Iterator[Span]:
    """A street with a number, and the postcode and town behind it if they are there: surer then."""
    not_one = ours("not_street", r" ?\.? ?(?:{})\b| ?[€%:]|,\d| ?[x+] ?\d")
    for pattern in (*_STREETS, *_ONLY_WITH_POSTCODE):
        for found in pattern.finditer(reading.shown):
            name = found.groupdict().get("name")
            if name and not name.lower().endswith(_ENDINGS):
                continue
            tail = _TAIL.match(reading.shown, found.end())
            if not tail and (pattern in _ONLY_WITH_POSTCODE or not_one.match(reading.folded, found.end())):
                continue
            end = tail.end() if tail else found.end()
            yield Span(Kind.STREET, found.start(), end, Certainty.LIKELY if tail else Certainty.POSSIBLE, A_STREET)

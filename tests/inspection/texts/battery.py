"""Posts of a brewery by chance, in four languages: half of them give something away, half look as if they did.

Committed before the rules that it judges. The rules are tuned on TUNING; HELD_OUT draws other values into sentences that no rule
was tuned on.
"""
from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

from tests.inspection.texts import company, frames_held_out, frames_tuning, values

TUNING, HELD_OUT = 20261126, 7401
LANGUAGES = ("nl", "fr", "de", "en")
KINDS = ("password", "key", "iban", "card", "national", "phone", "mail", "street", "plate", "confidential", "name", "whereabouts")
EACH = 24  # posts a kind and language, and a trap and language
CITIES = ("Gent", "Antwerpen", "Berlin", "Lyon", "Kopenhagen", "Brussel", "Namur", "München", "Leeds", "Den Haag")


@dataclass(frozen=True)
class Plant:
    """What somebody should find, from a place in the text to another."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Post:
    """A post, what it gives away, and which trap it holds."""

    language: str
    text: str
    plants: tuple[Plant, ...] = ()
    trap: str = ""


def battery(seed: int) -> list[Post]:
    """All posts of a seed. Nothing but the seed decides what they are."""
    chance = random.Random(seed)
    frames = frames_tuning if seed == TUNING else frames_held_out
    posts = list[Post]()
    for language in LANGUAGES:
        for kind in KINDS:
            posts += [_planted(chance, frames, language, kind) for _number in range(EACH)]
        for trap in frames.TRAPS[language]:
            posts += [_trapped(chance, frames, language, trap) for _number in range(EACH // 2)]
    return posts


def misread(text: str, chance: random.Random) -> str:
    """A text as it is read from a picture: every eighth digit or letter that is easily mistaken is, and no place is moved."""
    mistaken = {"0": "O", "1": "l", "5": "S", "8": "B", "O": "0", "l": "1", "I": "l"}
    return "".join(mistaken[one] if one in mistaken and chance.random() < 0.125 else one for one in text)


def _planted(chance: random.Random, frames: object, language: str, kind: str) -> Post:
    frame = chance.choice(frames.PLANTS[language][kind])  # type: ignore[attr-defined]
    if kind == "whereabouts":
        sentence = frame.format(h=chance.randrange(9, 21), first=_first(chance), city=chance.choice(CITIES))
        before, value, after = "", sentence, ""
    else:
        before, after = frame.split("{}")
        value = _value(chance, language, kind, frame)
    lead, tail = _surroundings(chance, frames, language)
    start = len(lead) + len(before)
    return Post(language, f"{lead}{before}{value}{after}{tail}", (Plant(kind, start, start + len(value)),))


def _trapped(chance: random.Random, frames: object, language: str, trap: str) -> Post:
    frame = chance.choice(frames.TRAPS[language][trap])  # type: ignore[attr-defined]
    sentence = frame.format(
        price=_beer_price(chance), code=_code(chance), order=values.drawn(chance, "99999999"), ean=_ean(chance), date=values.date(chance, language), iban=values.iban(chance, wrong=True),
        card=values.card(chance, wrong=True), phone=chance.choice(company.PHONES), mail=chance.choice(company.MAILS), street=chance.choice(company.STREETS), vat=values.drawn(chance, "999"),
        first=_first(chance), city=chance.choice(CITIES), slug=values.drawn(chance, "***********"),
    )  # fmt: skip
    lead, tail = _surroundings(chance, frames, language)
    return Post(language, lead + sentence + tail, trap=trap)


def _surroundings(chance: random.Random, frames: object, language: str) -> tuple[str, str]:
    first, last = chance.sample(frames.PLAIN[language], 2)  # type: ignore[attr-defined]
    lead = first + chance.choice((" ", "\n", "\n\n")) if chance.random() < 0.7 else ""
    return lead, chance.choice((" ", "\n")) + last if chance.random() < 0.5 else ""


def _first(chance: random.Random) -> str:
    return chance.choice(company.PEOPLE).split()[0]


def _value(chance: random.Random, language: str, kind: str, frame: str) -> str:
    if kind == "confidential":
        is_price = any(word in frame for word in ("budget", "Budget", "waarde", "valeur", "wert", "value"))
        return values.price(chance, language) if is_price else values.date(chance, language)
    if kind == "name":
        return _written(chance, chance.choice((*company.CUSTOMERS, *company.PROJECTS, *company.PEOPLE)))
    if kind == "street":
        return values.street(chance, language)
    makers = {"password": values.password, "key": values.key, "iban": values.iban, "card": values.card, "national": values.national, "phone": values.phone, "mail": values.mail, "plate": values.plate}
    return makers[kind](chance)


def _written(chance: random.Random, name: str) -> str:
    """A name as it is, in capitals, without accents, with one error, or as a hashtag."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    long = [word for word in name.split() if len(word) >= 7]
    way = chance.randrange(6)
    if way == 0:
        return name.upper()
    if way == 1:
        return plain
    if way == 2 and long:
        return name.replace(long[0], _mistyped(chance, long[0]))
    if way == 3:
        return "#" + name.replace(" ", "").replace("&", "")
    return name


def _mistyped(chance: random.Random, word: str) -> str:
    at = chance.randrange(1, len(word) - 1)
    return chance.choice((word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + chance.choice("aeinst") + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :]))


def _beer_price(chance: random.Random) -> str:
    amount = f"{chance.randrange(2, 9)},{chance.choice(('50', '20', '80', '00'))}"
    return chance.choice((f"€ {amount}", f"{amount} €", f"€{amount}", f"{amount.replace(',', '.')} EUR", f"{amount} euro"))


def _code(chance: random.Random) -> str:
    return values.drawn(chance, chance.choice(("LIN-330-24", "TRI75-9999", "VAT-20L-99", "SKU 999999", "DL.9999.99", "IPA-33CL-X9", "K9-20L")))


def _ean(chance: random.Random) -> str:
    body = "54" + values.drawn(chance, "9999999999")
    check = -sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(body)) % 10
    return chance.choice((f"{body}{check}", f"{body[0]} {body[1:7]} {body[7:]}{check}"))

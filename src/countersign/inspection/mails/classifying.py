"""What a mail is about: rules over concepts, each worth a few points, that can be read and argued with.

A sentence counts by where it stands (the subject most), and little when it only supposes something ("if you did not change …").
The language is the one whose small words the mail is full of; where two come close, the one that understands more speaks.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from countersign.inspection.mails.kinds import Kind
from countersign.inspection.mails.letters import Letter
from countersign.inspection.mails.senders import plain
from countersign.inspection.mails.words import concepts

ENOUGH = 4.0  # points from which a kind is believed
_SUBJECT, _OPENING, _REST, _SUPPOSED = 2.0, 1.0, 0.4, 0.25  # what a sentence counts
_OPENING_SENTENCES, _MOST_SENTENCES, _LONGEST_SENTENCE = 7, 60, 400
_NEAR = 0.75
_LONGEST = 30_000  # characters that are read
_END = re.compile(r"(?<=[.!?])\s+|\n+|[•|]")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_A_CODE = re.compile(r"^[a-z0-9]{5}-[a-z0-9]{5}$|(?<![\w-])(?!(19|20)\d\d(?!\d))(\d{3}[ -]?\d{3}|\d\d \d\d \d\d|\d{4,8}|(?=[a-z-]*\d)[a-z0-9]{5}-[a-z0-9]{5})(?![\w-])")


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence with all of `needs` and none of `without` speaks for a kind."""

    kind: Kind
    points: float
    needs: tuple[str, ...]
    without: tuple[str, ...] = ()


RULES: tuple[Rule, ...] = (
    Rule(Kind.SECOND_FACTOR_OFF, 5, ("factor", "off")),
    Rule(Kind.SECOND_FACTOR_CHANGED, 4, ("factor", "on"), ("off", "code")),
    Rule(Kind.SECOND_FACTOR_CHANGED, 5, ("item", "on")),
    Rule(Kind.SECOND_FACTOR_CHANGED, 5, ("item", "off")),
    Rule(Kind.ADDRESS_CHANGED, 4.5, ("address", "changed"), ("password", "phone", "factor")),
    Rule(Kind.ADDRESS_CHANGED, 3, ("address", "removed"), ("password", "phone", "factor", "confirm", "invite", "admin", "login")),
    Rule(Kind.PASSWORD_CHANGED, 5, ("password", "changed"), ("app",)),
    Rule(Kind.PHONE_CHANGED, 4.5, ("phone", "changed"), ("password", "factor", "login")),
    Rule(Kind.PHONE_CHANGED, 4, ("phone", "removed"), ("password", "factor", "login", "app")),
    Rule(Kind.ADMINISTRATOR_ADDED, 4.5, ("admin", "added"), ("invite",)),
    Rule(Kind.ACCOUNT_SUSPENDED, 4, ("account", "suspended"), ("factor", "item", "app")),
    Rule(Kind.NEW_APPLICATION, 4, ("app", "granted"), ("factor", "login")),
    Rule(Kind.NEW_APPLICATION, 4, ("access",), ("factor", "login", "admin", "invite", "app", "reset")),
    Rule(Kind.NEW_APPLICATION, 2, ("app", "granted", "account"), ("factor",)),
    Rule(Kind.RESET, 4.5, ("password", "reset"), ("changed",)),
    Rule(Kind.RESET, 2.5, ("account", "reset"), ("changed", "item")),
    Rule(Kind.RESET, 2.5, ("login", "reset"), ("changed", "item")),
    Rule(Kind.NEW_LOGIN, 4, ("login", "new"), ("code", "invite", "confirm")),
    Rule(Kind.NEW_LOGIN, 2, ("login", "place"), ("code", "invite", "confirm")),
    Rule(Kind.NEW_LOGIN, 3, ("entered", "place"), ("code", "invite", "confirm", "off")),
    Rule(Kind.INVITATION, 4.5, ("invite",)),
    Rule(Kind.INVITATION, 1.5, ("invite", "join")),
    Rule(Kind.CODE, 4, ("code",), ("item",)),
    Rule(Kind.CODE, 3.5, ("confirm", "account"), ("changed", "password", "if", "suspended", "login", "off", "reset")),
    Rule(Kind.CODE, 3.5, ("confirm", "address"), ("changed", "password", "if")),
)
_ORDER = list(Kind)


def kind_of(letter: Letter) -> Kind | None:
    """What the mail is about, or None when it is nothing that concerns an account's safety."""
    return kind_of_text(letter.subject, letter.words)


def kind_of_text(subject: str, words: str) -> Kind | None:
    """The same for a subject and a text."""
    points = scores(subject, words)
    best = max(points, key=lambda kind: (points[kind], -_ORDER.index(kind)), default=None)
    return best if best is not None and points[best] >= ENOUGH else None


def scores(subject: str, words: str) -> dict[Kind, float]:
    """The points of every kind, in the language that gives the most."""
    sentences = [(plain(subject).replace("’", "'")[:_LONGEST_SENTENCE], _SUBJECT)] + [
        (sentence, _OPENING if number < _OPENING_SENTENCES else _REST) for number, sentence in enumerate(_sentences(words))
    ]
    found = (_scores(sentences, _understood(language)) for language in languages_of(" ".join(one for one, _weight in sentences)))
    return max(found, key=lambda points: max(points.values(), default=0.0))


def languages_of(text: str) -> list[str]:
    """The languages whose small words stand in a text, most of them first; those that come near the first one count as well."""
    counts = {language: sum(1 for _found in known["language"].finditer(text)) for language, known in concepts().items()}
    most = max(counts.values())
    return [language for language in sorted(counts, key=lambda name: -counts[name]) if counts[language] >= _NEAR * most]


def is_hurried(words: str) -> bool:
    """Whether the text threatens or hurries, in any of the languages."""
    text = " ".join(_sentences(words))
    return any(known["threat"].search(text) for known in concepts().values())


def _sentences(words: str) -> list[str]:
    found = (sentence.strip() for sentence in _END.split(_ADDRESS.sub(" ", plain(words[:_LONGEST]).replace("’", "'"))))
    return [sentence[:_LONGEST_SENTENCE] for sentence in found if len(sentence) > 3][:_MOST_SENTENCES]


def _understood(language: str) -> Callable[[str], set[str]]:
    known = concepts()[language]
    return lambda sentence: {name for name, pattern in known.items() if pattern.search(sentence)}


def _scores(sentences: list[tuple[str, float]], understand: Callable[[str], set[str]]) -> dict[Kind, float]:
    """For each kind the best sentence of the subject, the best of the text, and a little for another one. A word for a code counts
    more beside something that looks like one, and less without."""
    hits: dict[Kind, list[float]] = {}
    subject = list[tuple[Kind, float]]()
    spoken, shown = set[int](), set[int]()
    for number, (sentence, weight) in enumerate(sentences):
        said = understand(sentence)
        spoken |= {number} if "code" in said else set()
        shown |= {number} if _A_CODE.search(sentence) else set()
        if number == 0 and "social" in said:
            return {}
        weight = _SUPPOSED * weight if "if" in said else weight
        for kind, points in _spoken_for(said).items():
            if number == 0:
                subject.append((kind, points * weight))
            else:
                hits.setdefault(kind, []).append(points * weight)
    totals = {kind: best[0] + 0.4 * sum(best[1:2]) for kind, found in hits.items() if (best := sorted(found, reverse=True))}
    for kind, points in subject:
        totals[kind] = totals.get(kind, 0.0) + points
    if Kind.CODE in totals:
        totals[Kind.CODE] += 2.0 if any(abs(one - other) <= 1 for one in spoken for other in shown) else -1.0
    return totals


def _spoken_for(said: set[str]) -> dict[Kind, float]:
    points: dict[Kind, float] = {}
    for rule in RULES:
        if said.issuperset(rule.needs) and not said.intersection(rule.without):
            points[rule.kind] = points.get(rule.kind, 0.0) + rule.points
    return points

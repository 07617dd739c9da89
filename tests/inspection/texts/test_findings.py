"""What is found on posts that no rule was tuned on, what is not, and what the company publishes itself."""
from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest

import countersign
from bench.texts import OWN, scored
from countersign.inspection.texts.finding import findings
from countersign.inspection.texts.kinds import LABELS, Certainty, Kind, OwnList
from tests.inspection.texts.battery import HELD_OUT, KINDS
from tests.inspection.texts.scoring import Score
from tests.inspection.texts.values import ACCOUNTS, _mod97, drawn

LEAST = dict.fromkeys(KINDS, 0.97) | {"plate": 0.93, "whereabouts": 0.95}
LEAST_READ = dict.fromkeys(KINDS, 0.95) | {"plate": 0.90, "street": 0.92, "iban": 0.82}
LOCALES = Path(countersign.__file__).parent / "web" / "locale"


@cache
def held_out(*, from_picture: bool) -> Score:
    return scored(HELD_OUT, from_picture=from_picture)


def kinds_in(text: str, own: OwnList = OWN, *, from_picture: bool = False) -> list[str]:
    return [str(found.kind) for found in findings(text, own=own, from_picture=from_picture)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found_in_sentences_that_no_rule_was_tuned_on(kind: str) -> None:
    typed, read = held_out(from_picture=False), held_out(from_picture=True)
    print(f"\n{kind}: typed {typed.recall(kind):.3f}, read {read.recall(kind):.3f}")
    assert typed.recall(kind) >= LEAST[kind], typed.missed_in
    assert read.recall(kind) >= LEAST_READ[kind], read.missed_in


def test_what_only_looks_like_a_finding_is_hardly_ever_one() -> None:
    typed, read = held_out(from_picture=False), held_out(from_picture=True)
    print(f"\nfalse findings a hundred posts: typed {typed.false_a_hundred():.2f}, read {read.false_a_hundred():.2f}")
    assert typed.false_a_hundred() <= 0.5, typed.false_in
    assert read.false_a_hundred() <= 1.5, read.false_in


def test_the_products_own_sentences_give_hardly_anything_away() -> None:
    """Some thousand sentences in three languages that were written for something else, full of passwords, people and dates."""
    texts = [line for path in LOCALES.rglob("django.po") for line in path.read_text().splitlines() if line.startswith(("msgstr ", '"'))]
    found = [(one.kind, one.words) for text in texts for one in findings(text, own=OwnList())]
    print(f"\n{len(found)} findings in {len(texts)} lines")
    assert len(texts) > 5_000
    assert len(found) <= len(texts) / 500, found


@pytest.mark.parametrize(("text", "kind"), [
    ("wachtwoord: Zomer2026!", "password"), ("ghp_" + "a1B2" * 9, "key"), ("BE71 0961 2345 6769", "iban"), ("4111 1111 1111 1111", "card"), ("85.07.30-033.28", "national"),
    ("+32 475 12 34 56", "phone"), ("kim@gmail.com", "mail"), ("Kerkstraat 12, 9000 Gent", "street"), ("1-ABC-234", "plate"), ("Vertrouwelijk: 12 mei", "confidential"),
    ("merci Léa Fontaine", "name"), ("Morgen om 10u is Kim in Gent", "whereabouts"), ("We zijn tot zondag op vakantie", "whereabouts"),
])  # fmt: skip
def test_one_of_each(text: str, kind: str) -> None:
    own = OwnList(OWN.customers, OWN.projects, OWN.people)
    found = findings(text, own=own)
    assert [str(one.kind) for one in found] == [kind]
    assert text[found[0].start : found[0].end] == found[0].words


@pytest.mark.parametrize("text", [
    "Since 1871, open 9-17u", "€ 12.500,00 in 2026", "Sinds 01.02.2026 20:00", "5412345678908", "#DeLinde2026 @hopfan_92", "BE 0417.497.106", "Hoger dan 0,5 % vol.", "Kerkstraat vol volk", "We brouwen tripel.",
    "BE71 0961 2345 6760", "4111 1111 1111 1112", "Wachtwoord vergeten?", "Geheim recept voor € 4,50", "24/12 - 01/01", "1.234.567,89 euro", "COVID-19, ISO-9001, CC BY-SA 4.0", "Last week Kim was in Gent", "Korenmarkt 12 december",
])  # fmt: skip
def test_none_of_these(text: str) -> None:
    assert findings(text, own=OWN) == []


def test_what_the_company_publishes_itself_is_no_finding_however_it_is_written() -> None:
    assert kinds_in("Bel 09 225 40 10 of 0032 9 225.40.10, INFO@delinde.example, Lindenstraat 14 in 9000 Gent, BE71096123456769") == []
    assert kinds_in("Bel 09 225 40 12 of schrijf naar kim@delinde.example") == ["phone", "mail"]
    assert kinds_in("Bel O9 225 4O 1O, inf0@de1inde.example", from_picture=True) == []
    assert kinds_in("Schrijf naar info@de1inde.example") == ["mail"]  # typed, it is another domain


def test_a_name_is_known_with_one_error_where_it_is_long_enough() -> None:
    own = OwnList(customers=("Vandersteen", "Nijsen"), projects=("Noorderlicht",))
    assert [found.words for found in findings("VANDERSTEEN, Vandersten, Nijsen, Nijssen, noorderlicht, Noordrelicht, Noorderlichten", own=own)] == [
        "VANDERSTEEN", "Vandersten", "Nijsen", "noorderlicht", "Noordrelicht",
    ]  # fmt: skip
    assert kinds_in("vandersteens bier", own) == [], "a small word one letter away may be any word"


def test_letters_are_found_behind_accents_and_invisible_signs() -> None:
    own = OwnList(projects=("Mésange bleue",))
    for text in ("MÉSANGE BLEUE", "Me\u0301sange bleue", "mes\u200bange  bleue", "#MesangeBleue", "Ｍｅｓａｎｇｅ bleue"):
        found = findings(text, own=own)
        assert [(one.kind, one.words) for one in found] == [(Kind.NAME, text)], text


def test_every_finding_says_how_sure_it_is_and_why() -> None:
    found = findings("Vertrouwelijk: op 12 mei tekent Vandersteen. Bel 0475 12 34 56.", own=OWN)
    assert [(one.kind, one.certainty) for one in found] == [(Kind.CONFIDENTIAL, Certainty.POSSIBLE), (Kind.NAME, Certainty.CERTAIN), (Kind.PHONE, Certainty.LIKELY)]
    assert all(one.reason.endswith(".") and LABELS[one.kind] for one in found)


def test_a_company_without_a_list_is_still_told_of_the_rest() -> None:
    assert kinds_in("Bel 0475 12 34 56, zegt Kim Peeters", OwnList()) == ["phone"]


def test_bank_accounts_of_all_of_sepa_are_found() -> None:
    for country, shape in ACCOUNTS.items():
        rest = drawn(random.Random(country), shape)
        number = f"{country}{98 - _mod97(rest + country + '00'):02}{rest}"
        assert kinds_in(f"Op {number}, met dank", OwnList()) == ["iban"], number

"""The battery itself: drawn by a seed, honest in its check digits, and true about where things stand."""
from __future__ import annotations

import random

from tests.inspection.texts import company, frames_held_out, frames_tuning, values
from tests.inspection.texts.battery import HELD_OUT, KINDS, LANGUAGES, TUNING, battery, misread
from tests.inspection.texts.scoring import score


def test_a_seed_decides_everything() -> None:
    assert battery(HELD_OUT) == battery(HELD_OUT)
    assert {post.text for post in battery(TUNING)} != {post.text for post in battery(HELD_OUT)}


def test_every_kind_is_planted_and_every_trap_is_set_in_every_language() -> None:
    for seed, frames in ((TUNING, frames_tuning), (HELD_OUT, frames_held_out)):
        posts = battery(seed)
        assert {(post.language, plant.kind) for post in posts for plant in post.plants} == {(language, kind) for language in LANGUAGES for kind in KINDS}
        assert {(post.language, post.trap) for post in posts if post.trap} == {(language, trap) for language in LANGUAGES for trap in frames.TRAPS[language]}
    print(f"\n{len(posts)} posts, {sum(bool(post.plants) for post in posts)} give something away")


def test_no_sentence_is_in_both_halves() -> None:
    def sentences(frames: object) -> set[str]:
        parts = (frames.PLANTS, frames.TRAPS)  # type: ignore[attr-defined]
        return {one for part in parts for languages in part.values() for group in languages.values() for one in group if len(one) > 20}

    assert not sentences(frames_tuning) & sentences(frames_held_out)


def test_what_is_drawn_has_its_check_digits_and_a_trap_has_not() -> None:
    chance = random.Random(1)
    for _number in range(300):
        for wrong in (False, True):
            account = "".join(one for one in values.iban(chance, wrong=wrong).upper() if one.isalnum())
            assert (int("".join(str(int(one, 36)) for one in account[4:] + account[:4])) % 97 == 1) is not wrong
            digits = "".join(one for one in values.card(chance, wrong=wrong) if one.isdigit())
            assert (values._luhn(digits) % 10 == 0) is not wrong
            number = "".join(one for one in values.national(chance, wrong=wrong) if one.isdigit())
            assert any(97 - int(start + number[:9]) % 97 == int(number[9:]) for start in ("", "2")) or wrong


def test_finding_nothing_scores_nothing_and_finding_what_was_planted_scores_everything() -> None:
    posts = battery(TUNING)
    nothing = score(posts, lambda _text: [])
    assert nothing.found.total() == nothing.false.total() == 0
    known = {post.text: [(plant.kind, plant.start, plant.end) for plant in post.plants] for post in posts}
    everything = score(posts, lambda text: known[text])
    assert everything.found == everything.planted
    assert everything.false.total() == 0


def test_misreading_moves_nothing() -> None:
    text = "Wachtwoord: Zomer2018! en " + company.ACCOUNT * 5
    assert misread(text, random.Random(3)) != text
    assert len(misread(text, random.Random(3))) == len(text)

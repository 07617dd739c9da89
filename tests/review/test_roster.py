"""The roster's own rules: one officer, then two, and for ever two; a new signer cools off, a known one goes on."""
from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.base.errors import Conflict, Refused
from countersign.review.roster import OFFICER, REVIEWER
from tests.review.officers import BEN, KIM, LATER, START, TOM, begun, entry, extended, key, removal, with_two


def test_one_officer_suffices_until_there_is_a_second_and_then_it_takes_two() -> None:
    known = begun()
    assert known.threshold == 1
    known = with_two(known)
    assert known.threshold == 2
    with pytest.raises(Refused, match="2 officers"):
        extended(known, entry(known, "add", "ben", BEN, REVIEWER, at=START), KIM, at=START)


def test_one_officers_two_keys_are_one_officer() -> None:
    known, second = with_two(begun()), key()
    known = extended(known, entry(known, "add", "kim", second, OFFICER, at=START), KIM, TOM, at=START)
    with pytest.raises(Refused, match="2 officers"):
        extended(known, entry(known, "add", "ben", BEN, REVIEWER, at=START), KIM, second, at=START)


def test_two_officers_stay_two_whoever_signs() -> None:
    known = with_two(begun())
    gone = removal(known, TOM, at=START)
    with pytest.raises(Refused, match="must remain"):
        extended(known, gone, KIM, TOM, at=START)


def test_a_new_signer_counts_at_once_during_the_set_up_and_after_a_day_later_on() -> None:
    known = with_two(begun())
    early = extended(known, entry(known, "add", "ben", BEN, REVIEWER, at=START), KIM, TOM, at=START)
    assert early.signer(BEN.credential_id_text, role=REVIEWER, at=START).person == "ben"
    late = extended(known, entry(known, "add", "ben", BEN, REVIEWER, at=LATER), KIM, TOM, at=LATER)
    with pytest.raises(Refused, match="counts from"):
        late.signer(BEN.credential_id_text, role=REVIEWER, at=LATER + timedelta(hours=23))
    assert late.signer(BEN.credential_id_text, role=REVIEWER, at=LATER + timedelta(hours=24)).person == "ben"


def test_a_reviewer_who_becomes_an_officer_goes_on_signing_and_cools_off_as_officer() -> None:
    known = with_two(begun())
    known = extended(known, entry(known, "add", "ben", BEN, REVIEWER, at=START), KIM, TOM, at=START)
    known = extended(known, entry(known, "add", "ben", BEN, OFFICER, REVIEWER, at=LATER), KIM, TOM, at=LATER)
    assert known.signer(BEN.credential_id_text, role=REVIEWER, at=LATER).person == "ben"
    with pytest.raises(Refused, match="counts from"):
        known.signer(BEN.credential_id_text, role=OFFICER, at=LATER)


def test_a_key_that_was_taken_off_signs_nothing_at_once() -> None:
    known = with_two(begun())
    known = extended(known, entry(known, "add", "ben", BEN, REVIEWER, at=START), KIM, TOM, at=START)
    gone = removal(known, BEN, at=LATER)
    known = extended(known, gone, KIM, TOM, at=LATER)
    with pytest.raises(Refused, match="not on the roster"):
        known.signer(BEN.credential_id_text, role=REVIEWER, at=LATER)


def test_an_entry_upon_an_older_head_is_a_conflict() -> None:
    known = begun()
    stale = entry(known, "add", "ben", BEN, REVIEWER, at=START)
    with pytest.raises(Conflict):
        extended(with_two(known), stale, KIM, TOM, at=START)


def test_a_key_is_one_persons() -> None:
    known = with_two(begun())
    with pytest.raises(Refused, match="another person"):
        extended(known, entry(known, "add", "tom", KIM, REVIEWER, at=START), KIM, TOM, at=START)

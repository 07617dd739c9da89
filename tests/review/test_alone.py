"""One officer alone: asks, waits in the open, enters; any other officer says no. Everything else is refused."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from countersign.base.errors import Conflict, Refused
from countersign.review import alone, roster
from countersign.review.roster import OFFICER, REVIEWER, Roster
from countersign.review.statement import ROSTER_ENTRY, STATEMENT, challenge, iso
from countersign.review.verifying import Assertion
from tests.review.officers import (
    BEN,
    KIM,
    LATER,
    LEO,
    START,
    TOM,
    asks,
    begun,
    begun_v1,
    enters,
    entry,
    extended,
    key,
    removal,
    said,
    says_no,
    with_two,
)

WAIT = timedelta(hours=72)
RIPE = LATER + WAIT


def house(**more: Any) -> Roster:
    """Kim and Tom are officers, Ben signs; Tom's passkey will be lost."""
    known = with_two(begun(**{"wait": 72, **more}))
    return extended(known, entry(known, "add", "ben", BEN, REVIEWER, at=START), KIM, TOM, at=START)


def leo(known: Roster, **more: Any) -> dict[str, Any]:
    return entry(known, "add", "leo", LEO, OFFICER, REVIEWER, at=LATER, **more)


def asked() -> tuple[Roster, str]:
    known = house()
    content = leo(known)
    return asks(known, content, KIM, at=LATER), roster.head_of(content)


def test_it_enters_after_the_wait_and_then_two_can_sign_again() -> None:
    known, head = asked()
    known = enters(known, head, KIM, at=RIPE)
    assert known.officers == {"kim", "tom", "leo"}
    with pytest.raises(Refused, match="counts from"):
        known.signer(LEO.credential_id_text, role=OFFICER, at=RIPE + timedelta(hours=23))
    day = RIPE + timedelta(days=1)
    known = extended(known, removal(known, TOM, at=day), KIM, LEO, at=day)
    assert known.officers == {"kim", "leo"}


def test_not_a_moment_before_the_wait_is_over() -> None:
    known, head = asked()
    for early in (LATER, RIPE - timedelta(microseconds=1), LATER - timedelta(days=30)):
        with pytest.raises(Conflict, match="not over"):
            enters(known, head, KIM, at=early)


def test_not_a_week_after_it() -> None:
    known, head = asked()
    with pytest.raises(Refused, match="too long ago"):
        enters(known, head, KIM, at=RIPE + alone.STAYS)


def test_another_officers_no_ends_it_and_the_same_entry_does_not_come_back() -> None:
    known, head = asked()
    content = dict(known.waiting.content)  # type: ignore[union-attr]
    known = says_no(known, head, TOM, at=LATER)
    with pytest.raises(Conflict, match="not wait any more"):
        enters(known, head, KIM, at=RIPE)
    with pytest.raises(Refused, match="has said no"):
        asks(known, content, KIM, at=LATER + timedelta(minutes=10))


def test_who_asked_may_take_it_back() -> None:
    known, head = asked()
    assert says_no(known, head, KIM, at=LATER).waiting is None


def test_an_officer_who_cools_off_may_say_no() -> None:
    known = house()
    second = key()
    known = extended(known, entry(known, "add", "tom", second, OFFICER, at=LATER), KIM, TOM, at=LATER)
    content = leo(known)
    known = asks(known, content, KIM, at=LATER)
    assert says_no(known, roster.head_of(content), second, at=LATER).waiting is None


@pytest.mark.parametrize("whose", [BEN, LEO, key()])
def test_nobody_else_may_say_no(whose: Any) -> None:
    known, head = asked()
    with pytest.raises(Refused, match="Only an officer's passkey"):
        says_no(known, head, whose, at=LATER)


def test_an_entry_that_two_officers_sign_ends_it() -> None:
    known, head = asked()
    known = extended(known, removal(known, BEN, at=LATER), KIM, TOM, at=LATER)
    with pytest.raises(Conflict, match="not wait any more"):
        enters(known, head, KIM, at=RIPE)


def test_one_waits_at_a_time_until_it_lapses() -> None:
    known, _head = asked()
    mia = key()
    other = entry(known, "add", "mia", mia, OFFICER, at=LATER)
    with pytest.raises(Conflict, match="waits already"):
        asks(known, other, TOM, at=LATER)
    late = RIPE + alone.STAYS
    other = entry(known, "add", "mia", mia, OFFICER, at=late)
    assert asks(known, other, TOM, at=late).waiting.person == "tom"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("known", "why"),
    [(lambda: house(wait=0), "for ever"), (lambda: with_two(begun_v1()), "for ever"), (lambda: begun(wait=24), "takes one officer")],
)
def test_only_where_the_chain_has_declared_a_wait(known: Any, why: str) -> None:
    roster_of = known()
    with pytest.raises(Refused, match=why):
        asks(roster_of, leo(roster_of), KIM, at=LATER)


def test_nothing_but_another_officer_can_be_asked_for() -> None:
    known = house()
    number = {"before": known.head, "number": known.length + 1, "at": iso(LATER)}
    refused = [
        entry(known, "add", "leo", LEO, REVIEWER, at=LATER),
        removal(known, TOM, at=LATER),
        roster.entry(act="require", account="a", signatures=1, **number),
        roster.entry(act="wait", wait=0, **number),
    ]
    for content in refused:
        with pytest.raises(Refused, match="only ask for another officer"):
            asks(known, content, KIM, at=LATER)
    with pytest.raises(Refused, match="passkey of their own"):
        asks(known, entry(known, "add", "kim", LEO, OFFICER, at=LATER), KIM, at=LATER)
    with pytest.raises(Refused, match="another person's"):
        asks(known, entry(known, "add", "leo", TOM, OFFICER, at=LATER), KIM, at=LATER)


@pytest.mark.parametrize("domain", [ROSTER_ENTRY, STATEMENT])
def test_a_signature_for_two_officers_to_complete_does_not_ask_alone(domain: str) -> None:
    known = house()
    content = leo(known)
    usual = Assertion.of(KIM.sign(challenge(content, domain=domain)))
    with pytest.raises(Refused, match="for something else"):
        asks(known, content, KIM, at=LATER, assertion=usual)


def test_a_signature_for_one_of_the_three_is_none_for_another() -> None:
    known, head = asked()
    with pytest.raises(Refused, match="for something else"):
        enters(known, head, KIM, at=RIPE, **said(KIM, alone.ASK, head, at=RIPE))
    with pytest.raises(Refused, match="for something else"):
        enters(known, head, KIM, at=RIPE, **said(KIM, alone.VETO, head, at=RIPE))


@pytest.mark.parametrize("off", [timedelta(hours=-2), timedelta(minutes=6), timedelta(days=-3), timedelta(days=3)])
def test_a_signature_kept_for_later_or_dated_ahead_is_refused(off: timedelta) -> None:
    known, head = asked()
    with pytest.raises(Refused, match="not from now"):
        enters(known, head, KIM, at=RIPE, **said(KIM, alone.ENTER, head, at=RIPE + off))
    free = house()
    with pytest.raises(Refused, match="not from now"):
        asks(free, leo(free), KIM, at=LATER, **said(KIM, alone.ASK, roster.head_of(leo(free)), at=LATER + off))


def test_a_date_changed_after_signing_is_refused() -> None:
    known, head = asked()
    signed = said(KIM, alone.ENTER, head, at=LATER)
    with pytest.raises(Refused, match="for something else"):
        enters(known, head, KIM, at=RIPE, **{**signed, "signed_at": iso(RIPE)})
    with pytest.raises(Refused, match="no statement"):
        enters(known, head, KIM, at=RIPE, **{**signed, "signed_at": "now"})


def test_only_who_asked_enters_it_with_any_passkey_of_theirs_that_counts() -> None:
    spare = key()
    known = house()
    known = extended(known, entry(known, "add", "kim", spare, OFFICER, at=START), KIM, TOM, at=START)
    content = leo(known)
    head = roster.head_of(content)
    known = asks(known, content, KIM, at=LATER)
    for other, why in ((TOM, "Only the officer who asked"), (BEN, "not as officer"), (LEO, "not on the roster")):
        with pytest.raises(Refused, match=why):
            enters(known, head, other, at=RIPE)
    assert enters(known, head, spare, at=RIPE).length == known.length + 1


def test_an_officer_who_cools_off_cannot_ask() -> None:
    known = house()
    second = key()
    known = extended(known, entry(known, "add", "tom", second, OFFICER, at=LATER), KIM, TOM, at=LATER)
    with pytest.raises(Refused, match="counts from"):
        asks(known, leo(known), second, at=LATER)


def test_what_is_asked_for_fits_the_head_and_is_young() -> None:
    known = house()
    with pytest.raises(Conflict, match="has changed"):
        asks(known, {**leo(known), "before": "0" * 64}, KIM, at=LATER)
    with pytest.raises(Refused, match="too old"):
        asks(known, leo(known), KIM, at=LATER + timedelta(days=8))


def test_the_wait_is_the_chains_whatever_the_entry_says() -> None:
    known = house()
    content = {**leo(known), "at": iso(LATER - timedelta(days=6))}  # proposed long ago: the time counts from the asking
    known = asks(known, content, KIM, at=LATER)
    assert known.waiting is not None
    assert (known.waiting.since, known.waiting.ripe_at) == (LATER, RIPE)

"""Entries of both versions: the first counts for ever, the second says what holds a passkey and how long one waits."""
from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fido2 import cbor

from countersign.base.errors import Refused
from countersign.review import plain, roster
from countersign.review.roster import OFFICER, REVIEWER, Roster
from countersign.review.statement import ROSTER_ENTRY, challenge, iso
from countersign.review.verifying import Assertion, b64
from tests.review.officers import (
    BEN,
    KIM,
    LATER,
    LEO,
    PARTY,
    START,
    TOM,
    asks,
    begun,
    begun_v1,
    entry,
    extended,
    removal,
    signed,
    v1,
    with_two,
)

PHONE: dict[str, Any] = {"device": str(uuid4()), "kind": "phone", "owner": "company", "is_backed_up": True}


def adding_ben(known: Roster, **more: Any) -> dict[str, Any]:
    return entry(known, "add", "ben", BEN, REVIEWER, at=START, **more)


def test_a_chain_of_first_version_entries_is_verified_as_ever_and_goes_on_with_either() -> None:
    known = begun_v1()
    known = extended(known, v1(entry(known, "add", "tom", TOM, OFFICER, at=START)), KIM, at=START)
    known = extended(known, adding_ben(known, **PHONE), KIM, TOM, at=START)
    known = extended(known, v1(removal(known, BEN, at=LATER)), KIM, TOM, at=LATER)
    assert (known.length, known.threshold, BEN.credential_id_text in known.signers) == (4, 2, False)


def test_the_second_version_says_what_holds_the_passkey() -> None:
    known = with_two(begun())
    known = extended(known, adding_ben(known, **PHONE), KIM, TOM, at=START)
    ben = known.signers[BEN.credential_id_text]
    assert (ben.device, ben.kind, ben.owner, ben.is_backed_up) == tuple(PHONE.values())


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "fridge"}, {"owner": "the cat"}, {"device": "7"}, {"device": PHONE["device"].upper()}, {"device": "{" + PHONE["device"] + "}"}],
)
def test_a_device_there_is_not_is_refused(wrong: dict[str, Any]) -> None:
    known = with_two(begun())
    with pytest.raises(Refused, match="no such device"):
        extended(known, adding_ben(known, **{**PHONE, **wrong}), KIM, TOM, at=START)


@pytest.mark.parametrize(
    "change",
    [
        {"is_backed_up": 1}, {"is_backed_up": "yes"}, {"device": None}, {"wait": "72"}, {"wait": True}, {"v": 3}, {"v": 2.0},
        {"v": True}, {"v": "2"}, {"extra": ""}, {"wait": 72},
    ],
)
def test_what_has_not_the_shape_of_its_version_is_no_entry(change: dict[str, Any]) -> None:
    known = with_two(begun())
    with pytest.raises(Refused, match="no roster entry"):
        extended(known, {**adding_ben(known), **change}, KIM, TOM, at=START)


def test_a_first_version_entry_with_a_part_of_the_second_is_none() -> None:
    known = with_two(begun())
    with pytest.raises(Refused, match="no roster entry"):
        extended(known, {**v1(adding_ben(known)), "device": PHONE["device"]}, KIM, TOM, at=START)


def test_a_removal_says_nothing_of_a_device() -> None:
    known = with_two(begun())
    with pytest.raises(Refused, match="no such device"):
        extended(known, {**removal(known, TOM, at=START), "kind": "phone"}, KIM, TOM, at=START)


# --- one key, one name -------------------------------------------------------------------------------------------------


def respelled(raw: bytes) -> bytes:
    """The same public key, its COSE map written in another order."""
    parts = list(cbor.decode(raw).items())  # type: ignore[union-attr]
    return bytes([0xA0 + len(parts)]) + b"".join(cbor.encode(k) + cbor.encode(v) for k, v in reversed(parts))


@pytest.mark.parametrize("spell", [bytes, respelled])
@pytest.mark.parametrize("person", ["kim", "ben"])
def test_the_same_key_under_a_second_name_is_refused(spell: Any, person: str) -> None:
    known = with_two(begun())
    public_key = b64(spell(KIM.public_key_cose))
    twice = entry(known, "add", person, BEN, OFFICER, at=START, public_key=public_key)
    with pytest.raises(Refused, match="under another name"):
        roster.require_sensible(known, twice, at=START)


def test_where_an_old_chain_has_one_key_twice_it_counts_for_its_first_person_alone() -> None:
    known = begun_v1()
    twin = v1(entry(known, "add", "tom", TOM, OFFICER, at=START, public_key=b64(respelled(KIM.public_key_cose))))
    known = extended(known, twin, KIM, at=START)  # what the first rules let pass, is read again
    both = v1(adding_ben(known))
    by_tom = Assertion.of({**KIM.sign(challenge(both, domain=ROSTER_ENTRY)), "credential_id": TOM.credential_id_text})
    with pytest.raises(Refused, match="another person's"):
        roster.extend(known, both, [signed(KIM, both), by_tom], at=START, party=PARTY)


def test_a_key_that_could_never_sign_is_refused_when_it_is_new() -> None:
    known = with_two(begun())
    with pytest.raises(Refused, match="no public key"):
        roster.require_sensible(known, adding_ben(known, public_key=b64(b"\xa1\x01\x02")), at=START)


def test_an_entry_that_changes_nothing_is_refused_when_it_is_new() -> None:
    known = with_two(begun())
    again = entry(known, "add", "tom", TOM, OFFICER, REVIEWER, at=START)
    with pytest.raises(Refused, match="already"):
        roster.require_sensible(known, again, at=START)
    roster.require_sensible(known, {**again, "roles": [REVIEWER, OFFICER][::-1], "kind": "key"}, at=START)


def test_an_officer_may_become_a_reviewer_again_if_enough_officers_remain() -> None:
    known = with_two(begun())
    known = extended(known, entry(known, "add", "leo", LEO, OFFICER, REVIEWER, at=START), KIM, TOM, at=START)
    known = extended(known, entry(known, "add", "leo", LEO, REVIEWER, at=LATER), KIM, TOM, at=LATER)
    assert known.officers == {"kim", "tom"}
    assert known.signer(LEO.credential_id_text, role=REVIEWER, at=LATER).person == "leo"


# --- how long one officer alone waits ----------------------------------------------------------------------------------


def wait(known: Roster, hours: int) -> dict[str, Any]:
    return roster.entry(before=known.head, number=known.length + 1, act="wait", at=iso(START), wait=hours)


@pytest.mark.parametrize("hours", [1, 23, -24, 8761, 10**9])
def test_a_wait_is_a_day_at_least(hours: int) -> None:
    with pytest.raises(Refused, match="24 hours at least"):
        begun(wait=hours)


def test_a_wait_can_be_made_longer_and_endless_and_never_shorter() -> None:
    known = with_two(begun(wait=72))
    known = extended(known, wait(known, 168), KIM, TOM, at=START)
    for shorter in (72, 168, 24):
        with pytest.raises(Refused, match="only be made longer"):
            extended(known, wait(known, shorter), KIM, TOM, at=START)
    known = extended(known, wait(known, 0), KIM, TOM, at=START)
    with pytest.raises(Refused, match="only be made longer"):
        extended(known, wait(known, 8760), KIM, TOM, at=START)


def test_a_chain_that_has_declared_no_wait_may_once_by_two_officers() -> None:
    known = with_two(begun_v1())
    with pytest.raises(Refused, match="2 officers"):
        extended(known, wait(known, 72), KIM, at=START)
    assert extended(known, wait(known, 72), KIM, TOM, at=START).wait_hours == 72


def test_the_first_version_knows_no_wait() -> None:
    known = with_two(begun_v1())
    with pytest.raises(Refused, match="no such entry"):
        extended(known, v1(wait(known, 72)), KIM, TOM, at=START)


# --- told between processes --------------------------------------------------------------------------------------------


def test_a_roster_that_is_told_in_plain_values_is_the_same_roster() -> None:
    known = with_two(begun(wait=72))
    known = extended(known, adding_ben(known, **PHONE), KIM, TOM, at=START)
    asked = entry(known, "add", "leo", LEO, OFFICER, at=LATER)
    known = asks(known, asked, KIM, at=LATER)
    assert plain.of(plain.parts(known)) == known
    assert plain.of(plain.parts(Roster())) == Roster()

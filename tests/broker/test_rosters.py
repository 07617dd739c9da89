"""Whoever owns the web process and the database, but no second officer's passkey, does not hurry the broker.

Each attempt goes to the running broker over its own socket. It must be refused with a reason, and leave the roster as it
was; at the end the honest twin of them all goes through, so that a broker which refuses everything would fail.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from countersign.base.errors import CountersignError
from countersign.calls import client, messages
from countersign.review import alone, roster
from countersign.review import statement as statements
from countersign.review.roster import OFFICER, REVIEWER
from countersign.review.statement import ROSTER_ALONE, ROSTER_ENTRY, STATEMENT, challenge, iso
from countersign.review.verifying import b64
from tests.access.officers import OldHouse, opened
from tests.house import now

type Attempt = Callable[[OldHouse], messages.Call]

DAY = timedelta(days=1)


def said(house: OldHouse, who: str, act: str, head: str, *, at: timedelta = timedelta(0), domain: str = ROSTER_ALONE) -> dict[str, Any]:
    signed_at = iso(now() + at)
    asked = challenge(statements.alone(act=act, head=head, at=signed_at), domain=domain)
    return {"signed_at": signed_at, "assertion": house.key(who).sign(asked)}


def entry(house: OldHouse, act: str = "add", who: str = "Leo", roles: tuple[str, ...] = (OFFICER, REVIEWER), **parts: Any) -> dict[str, Any]:
    """An entry that would come next; by default Leo's passkey as officer."""
    known = house.known()
    base: dict[str, Any] = {"before": known.head, "number": known.length + 1, "at": iso(now()), "act": act}
    if act == "add":
        held = house.key(who)
        base |= {
            "person": house.actor(who).uid, "credential": held.credential_id_text, "public_key": b64(held.public_key_cose),
            "roles": sorted(roles),
        }
    return roster.entry(**{**base, **parts})


def ask(by: str = "Kim", what: Callable[[OldHouse], dict[str, Any]] = entry, **forged: Any) -> Attempt:
    def attempt(house: OldHouse) -> messages.Call:
        content = what(house)
        return messages.AskAlone(content, **said(house, by, alone.ASK, roster.head_of(content), **forged))

    return attempt


def enter(by: str = "Kim", act: str = alone.ENTER, **forged: Any) -> Attempt:
    def attempt(house: OldHouse) -> messages.Call:
        return messages.EnterAlone(house.head, **said(house, by, act, house.head, **forged))  # type: ignore[attr-defined]

    return attempt


def no(by: str, head: str = "") -> Attempt:
    def attempt(house: OldHouse) -> messages.Call:
        named = head or house.head  # type: ignore[attr-defined]
        return messages.VetoAlone(named, **said(house, by, alone.VETO, named))

    return attempt


def _older(house: OldHouse) -> messages.Call:
    """The date that was signed is put forward to now."""
    kept = said(house, "Kim", alone.ENTER, house.head, at=-DAY)  # type: ignore[attr-defined]
    return messages.EnterAlone(house.head, iso(now()), kept["assertion"])  # type: ignore[attr-defined]


def _usual_signature(house: OldHouse) -> messages.Call:
    """Kim signed for a second officer to complete; somebody files it as asked alone."""
    content = entry(house)
    return messages.AskAlone(content, iso(now()), house.signed("Kim", content))


def _append(house: OldHouse, *assertions: dict[str, str]) -> messages.Call:
    return messages.AppendRoster(dict(house.known().waiting.content), list(assertions))  # type: ignore[union-attr]


def _asked_is_no_signature(house: OldHouse) -> messages.Call:
    """What Kim signed to ask alone is handed in as an officer's signature, twice."""
    mine = said(house, "Kim", alone.ASK, house.head)["assertion"]  # type: ignore[attr-defined]
    return _append(house, mine, mine)


def _one_of_two(house: OldHouse) -> messages.Call:
    return _append(house, house.signed("Kim", dict(house.known().waiting.content)))  # type: ignore[union-attr]


def _changed(house: OldHouse) -> messages.Call:
    """Kim asked for Leo; the entry now says Ann."""
    content = entry(house)
    signed = said(house, "Kim", alone.ASK, roster.head_of(content))
    return messages.AskAlone(entry(house, who="Ann"), **signed)


def _copied_key(house: OldHouse) -> dict[str, Any]:
    """Kim's own key under another name, as Leo's."""
    return entry(house, public_key=b64(house.key("Kim").public_key_cose))


def _shorter(hours: int) -> Attempt:
    """Both officers were made to sign that the wait becomes shorter."""

    def attempt(house: OldHouse) -> messages.Call:
        content = entry(house, act="wait", wait=hours)
        return messages.AppendRoster(content, [house.signed(name, content) for name in ("Kim", "Tom")])

    return attempt


def _twice(house: OldHouse) -> messages.Call:
    """Both officers sign that a key which is there already comes in under another name."""
    content = _copied_key(house)
    return messages.AppendRoster(content, [house.signed(name, content) for name in ("Kim", "Tom")])


# While Kim's asking for Leo is an hour old and the chain asks for 72.
YOUNG = [
    ("entered at once", enter(), "Conflict", "not over"),
    ("entered with a date when it would be over", enter(at=4 * DAY), "Conflict", "not over"),
    ("entered with a date before it began", enter(at=-30 * DAY), "Conflict", "not over"),
    ("appended with one officer's signature", _one_of_two, "Refused", "2 officers"),
    ("appended with what was signed for asking", _asked_is_no_signature, "Refused", "something else"),
    ("asked once more", ask(), "Conflict", "waits already"),
    ("asked by Tom meanwhile", ask("Tom"), "Conflict", "waits already"),
    ("a shorter wait, signed by both", _shorter(24), "Refused", "only be made longer"),
    ("the same wait, signed by both", _shorter(72), "Refused", "only be made longer"),
    ("a wait of no hours", _shorter(-1), "Refused", "24 hours at least"),
    ("a key that is there already, signed by both", _twice, "Refused", "under another name"),
    ("a no of a reviewer", no("Ben"), "Refused", "Only an officer"),
    ("a no of whom it is about", no("Leo"), "Refused", "Only an officer"),
    ("a no to something else", no("Tom", "0" * 64), "Conflict", "not wait"),
]

# While Kim's asking for Leo is 73 hours old.
RIPE = [
    ("entered by another officer", enter("Tom"), "Refused", "Only the officer"),
    ("entered by a reviewer", enter("Ben"), "Refused", "not as officer"),
    ("entered by whom it is about", enter("Leo"), "Refused", "not on the roster"),
    ("entered with the signature for asking", enter(act=alone.ASK), "Refused", "something else"),
    ("entered with the signature for a no", enter(act=alone.VETO), "Refused", "something else"),
    ("entered with a signature for a statement", enter(domain=STATEMENT), "Refused", "something else"),
    ("entered with a signature for an entry", enter(domain=ROSTER_ENTRY), "Refused", "something else"),
    ("entered with a signature of yesterday", enter(at=-DAY), "Refused", "not from now"),
    ("entered with a signature of tomorrow", enter(at=DAY), "Refused", "not from now"),
    ("entered with its date put forward", _older, "Refused", "something else"),
]

# While nothing waits.
FREE = [
    ("nothing is entered", enter(), "Conflict", "not wait"),
    ("a no to nothing", no("Tom"), "Conflict", "not wait"),
    ("asked with the usual signature", _usual_signature, "Refused", "something else"),
    ("asked with a signature of yesterday", ask(at=-DAY), "Refused", "not from now"),
    ("asked by a reviewer", ask("Ben"), "Refused", "not as officer"),
    ("asked by herself", ask("Leo"), "Refused", "not on the roster"),
    ("changed after it was asked", _changed, "Refused", "something else"),
    ("asked for a reviewer", ask(what=lambda h: entry(h, roles=(REVIEWER,))), "Refused", "only ask for another officer"),
    ("asked for a key of her own", ask(what=lambda h: entry(h, person=h.actor("Kim").uid)), "Refused", "of their own"),
    ("asked for Tom's key to be hers", ask(what=lambda h: entry(h, who="Tom", person=h.actor("Leo").uid)), "Refused", "another person's"),
    ("asked for her own key under Leo's name", ask(what=_copied_key), "Refused", "under another name"),
    (
        "asked for Tom's removal",
        ask(what=lambda h: entry(h, act="remove", credential=h.key("Ben").credential_id_text)), "Refused", "only ask for another officer",
    ),
    ("asked for fewer signatures", ask(what=lambda h: entry(h, act="require", account="a", signatures=1)), "Refused", "only ask for another"),
    ("asked for no wait at all", ask(what=lambda h: entry(h, act="wait", wait=0)), "Refused", "only ask for another officer"),
    ("asked upon an older head", ask(what=lambda h: entry(h, before="0" * 64)), "Conflict", "has changed"),
    ("asked with an entry of last week", ask(what=lambda h: entry(h, at=iso(now() - 8 * DAY))), "Refused", "too old"),
]


@pytest.fixture
def make(transactional_db: None, tmp_path: Path) -> Callable[..., Any]:
    """A house with a wait of 72 hours, and Kim's asking as old as told."""

    def made(*, asked_ago: timedelta | None, wait: int = 72) -> Any:
        house = OldHouse(tmp_path, wait=wait)
        house.head = house.asked_alone("Kim", "Leo", ago=asked_ago) if asked_ago else "0" * 64  # type: ignore[attr-defined]
        return opened(house)

    return made


def require_refused(house: OldHouse, attempt: Attempt, kind: str, words: str) -> None:
    """The broker says no, by a named error that says why, and its roster is what it was."""
    before = house.known()
    with pytest.raises(CountersignError, match=words) as refusal:
        client.ask(attempt(house))
    assert refusal.type.__name__ == kind
    assert house.known() == before


def test_nothing_hurries_what_one_officer_asked_for(make: Any, subtests: pytest.Subtests) -> None:
    with make(asked_ago=timedelta(hours=1)) as house:
        for name, attempt, kind, words in YOUNG:
            with subtests.test(name):
                require_refused(house, attempt, kind, words)
        house.again()
        require_refused(house, enter(), "Conflict", "not over")


def test_only_who_asked_enters_it_and_only_by_a_fresh_signature(make: Any, subtests: pytest.Subtests) -> None:
    with make(asked_ago=timedelta(hours=73)) as house:
        for name, attempt, kind, words in RIPE:
            with subtests.test(name):
                require_refused(house, attempt, kind, words)
        house.again()
        client.ask(enter()(house))
        assert house.actor("Leo").uid in house.known().officers
        house.again()
        assert house.actor("Leo").uid in house.known().officers


def test_a_no_stands_whatever_comes_after_it(make: Any) -> None:
    with make(asked_ago=timedelta(hours=73)) as house:
        content, asking = dict(house.known().waiting.content), said(house, "Kim", alone.ASK, house.head)
        client.ask(no("Tom")(house))
        for _twice_over in range(2):
            require_refused(house, enter(), "Conflict", "not wait")
            require_refused(house, lambda _h: messages.AskAlone(content, **asking), "Refused", "has said no")
            house.again()


def test_nothing_but_another_officer_is_asked_for_alone(make: Any, subtests: pytest.Subtests) -> None:
    with make(asked_ago=None) as house:
        for name, attempt, kind, words in FREE:
            with subtests.test(name):
                require_refused(house, attempt, kind, words)
        client.ask(ask()(house))
        assert house.known().waiting is not None


def test_a_chain_that_says_never_means_never(make: Any) -> None:
    with make(asked_ago=None, wait=0) as house:
        require_refused(house, ask(), "Refused", "for ever")
        require_refused(house, _shorter(8760), "Refused", "only be made longer")

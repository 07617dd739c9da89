"""Forged rosters: entries nobody may append, rows put in by SQL, too few hands for an account."""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from countersign.access.grants.models import Account, Grant
from countersign.access.grants.rights import Role
from countersign.calls import messages
from countersign.content.posts.models import Delivery, Revision
from countersign.review import alone, roster
from countersign.review import statement as statements
from countersign.review.models import Countersignature, RosterEntry
from countersign.review.statement import ROSTER_ALONE, ROSTER_ENTRY, STATEMENT, iso
from countersign.review.verifying import b64
from tests.forging.world import Answer, Case, World, matter_of, now

TWO = "This takes the signatures of 2 officers."
MOVED = "The roster has changed since this was proposed."
ENTRY = "That is no roster entry."
NOT_ON = "That passkey is not on the roster."
TOO_FEW = "This takes 2 signatures and has 1."


def kept(ask: Callable[[World], Answer]) -> Callable[[World], Answer]:
    """Ask, and see that the broker's roster is what it was and that Olu still signs nothing."""

    def attempt(world: World) -> Answer:
        before = world.roster()
        answer = ask(world)
        assert world.roster() == before, "the roster has changed"
        mine = world.restate(world.approved(), lambda s: s.update(signer=world.uid("Olu")), key="Olu")
        assert NOT_ON in world.publish(mine).words
        return answer

    return attempt


def entry(*signers: str, domain: str = ROSTER_ENTRY, **changes: Any) -> Callable[[World], Answer]:
    """Olu's passkey is to become a reviewer's, with these signatures and these changes of the entry."""

    def ask(world: World) -> Answer:
        content = {**adding_olu(world), **changes}
        signed = [world.assertion(name, content, domain).parts() for name in signers]
        return world.ask(messages.AppendRoster(content, signed))

    return kept(ask)


def adding_olu(world: World) -> dict[str, Any]:
    return world.adding("Olu", world.uid("Olu"), [roster.REVIEWER])


def _changed_afterwards(world: World) -> Answer:
    """Both officers signed that Sam may sign; the entry now says Olu."""
    honest = world.adding("Sam", world.uid("Sam"), [roster.REVIEWER])
    signed = [world.assertion(name, honest, ROSTER_ENTRY).parts() for name in ("Kim", "Tom")]
    return world.ask(messages.AppendRoster(adding_olu(world), signed))


def _again(world: World) -> Answer:
    """An entry that was appended is appended once more, with its own signatures."""
    honest = world.entry(act="require", account=str(uuid4()), signatures=2)
    signed = [world.assertion(name, honest, ROSTER_ENTRY).parts() for name in ("Kim", "Tom")]
    assert world.ask(messages.AppendRoster(honest, signed)).kind == "answered"
    return kept(lambda w: w.ask(messages.AppendRoster(honest, signed)))(world)


def _another_key_for_sams(world: World) -> Answer:
    """Officers are asked to put Sam's passkey in under Ben's name."""
    content = world.adding("Sam", world.uid("Ben"), [roster.REVIEWER])
    return world.append(content)


def _key_twice(world: World) -> Answer:
    """Both officers sign that Kim's own key comes in once more, under another name, as Olu's."""
    content = adding_olu(world) | {"public_key": b64(world.keys["Kim"].public_key_cose)}
    return world.append(content)


def _asked_alone(world: World) -> Answer:
    """Kim asks alone for Olu as an officer, on a chain that has declared no wait."""
    content = world.adding("Olu", world.uid("Olu"), [roster.OFFICER])
    signed_at = iso(now())
    statement = statements.alone(act=alone.ASK, head=roster.head_of(content), at=signed_at)
    return world.ask(messages.AskAlone(content, signed_at, world.assertion("Kim", statement, ROSTER_ALONE).parts()))


def _last_officers(world: World) -> Answer:
    """Both officers sign that Tom's only passkey goes, which would leave one."""
    return world.append(world.entry(act="remove", credential=world.keys["Tom"].credential_id_text))


def _begun(token: Callable[[World], str]) -> Callable[[World], Answer]:
    def ask(world: World) -> Answer:
        olu = world.keys["Olu"]
        content = roster.entry(
            before=roster.START, number=1, act="begin", at=iso(now()), person=world.uid("Olu"),
            credential=olu.credential_id_text, public_key=adding_olu(world)["public_key"], roles=["officer", "reviewer"],
        )
        return world.ask(messages.BeginRoster(token(world), content, world.assertion("Olu", content, ROSTER_ENTRY).parts()))

    return kept(ask)


def _row_put_in(world: World) -> Answer:
    """Olu writes herself into our copy of the roster and grants herself every role."""
    content = adding_olu(world)
    row = RosterEntry.objects.create(
        number=content["number"], head=roster.head_of(content), content=content, signed_by=[], appended_at=now()
    )
    grants = [Grant.objects.create(person=world.person("Olu"), role=role, given_at=now()) for role in (Role.OFFICER, Role.REVIEWER)]
    try:
        mine = world.restate(world.approved(), lambda s: s.update(signer=world.uid("Olu")), key="Olu")
        return world.publish(mine)
    finally:
        for made in (row, *grants):
            made.delete()


def _by_removed_key(world: World, *, signed_at: timedelta) -> Answer:
    def change(statement: dict[str, Any]) -> None:
        statement["signed_at"] = iso(now() - signed_at)

    return world.publish(world.restate(world.approved(), change, key="Ben's lost key"))


def _rolled_back(world: World) -> Answer:
    """Our copy of the roster is rolled back to before Ben's lost passkey was taken out."""
    rows = list(RosterEntry.objects.filter(number__gte=world.removed_at))
    RosterEntry.objects.filter(number__gte=world.removed_at).delete()
    try:
        return _by_removed_key(world, signed_at=timedelta(days=1))
    finally:
        RosterEntry.objects.bulk_create(rows)


def _one_of_two(world: World, *, claims: int = 2) -> Delivery:
    """A post for the account that takes two signatures, of which the database keeps one."""
    delivery = world.approved("double")
    Countersignature.objects.filter(matter=matter_of(delivery), signer=world.person("Sam")).delete()
    if claims == 2:
        return world.again(delivery)
    return world.restate(delivery, lambda s: s.update(signatures=claims), key="Ben")


def _demand_lowered(claims: int) -> Callable[[World], Answer]:
    """The tables say that one signature is enough, and so does the statement that Ben signed."""

    def attempt(world: World) -> Answer:
        delivery = _one_of_two(world, claims=claims)
        Revision.objects.filter(pk=delivery.revision_id).update(signatures=1)
        Account.objects.filter(pk=world.doubled.pk).update(signatures=1)
        try:
            return world.publish(delivery)
        finally:
            Account.objects.filter(pk=world.doubled.pk).update(signatures=2)

    return attempt


def _one_person_twice(key: str) -> Callable[[World], Answer]:
    """Two signatures of one person, in two rows that the database takes for two persons'."""

    def attempt(world: World) -> Answer:
        delivery = world.approved("double")
        Countersignature.objects.filter(matter=matter_of(delivery), signer=world.person("Ben")).delete()

        def change(statement: dict[str, Any]) -> None:
            statement.update(signer=world.uid("Ben"), nonce="a second time")

        world.restate(delivery, change, key="Ben")
        row = world.signature(delivery)
        row.pk, row.digest = None, "e" * 64
        row.save()
        return world.publish(world.restate(delivery, lambda s: s.update(nonce="a third time"), key=key))

    return attempt


def _two_and_author(world: World) -> Answer:
    """The second of two signatures is the author's own."""
    delivery = world.approved("double")
    return world.publish(world.restate(delivery, lambda s: s.update(signer=world.uid("Ann")), key="Ann"))


_APPENDED = [
    ("no signature", entry(), TWO),
    ("one officer's", entry("Kim"), TWO),
    ("one officer's twice", entry("Kim", "Kim"), TWO),
    ("one officer's two passkeys", entry("Kim", "Kim's second key"), TWO),
    ("an officer's and a reviewer's", entry("Kim", "Ben"), "not as officer"),
    ("an officer's and her own", entry("Kim", "Olu"), NOT_ON),
    ("her own alone", entry("Olu"), NOT_ON),
    ("a good officer's and one for a statement", lambda w: entry("Kim", "Tom", domain=STATEMENT)(w), "for something else"),
    ("an older head", entry("Kim", "Tom", before="0" * 64), MOVED),
    ("a number too many", entry("Kim", "Tom", number=99), MOVED),
    ("a number as a text", entry("Kim", "Tom", number="1"), MOVED),
    ("a date of last week", entry("Kim", "Tom", at=iso(now() - timedelta(days=8))), "too old"),
    ("a date to come", entry("Kim", "Tom", at=iso(now() + timedelta(days=1))), "too old"),
    ("no date", entry("Kim", "Tom", at="now"), ENTRY),
    ("a date without a zone", entry("Kim", "Tom", at="2026-01-01T00:00:00"), ENTRY),
    ("a beginning", entry("Kim", "Tom", act="begin"), "There is no such entry."),
    ("another act", entry("Kim", "Tom", act="crown"), "There is no such entry."),
    ("a role there is not", entry("Kim", "Tom", roles=["author"]), "no such role"),
    ("roles that are none", entry("Kim", "Tom", roles=[{}]), ENTRY),
    ("no role", entry("Kim", "Tom", roles=[]), "no such role"),
    ("no key", entry("Kim", "Tom", public_key=""), "with its person and its public key"),
    ("a key that is none", entry("Kim", "Tom", public_key="%%"), "no public key"),
    ("a part more", entry("Kim", "Tom", force=True), ENTRY),
    ("a demand for no signature", entry("Kim", "Tom", act="require", account="all", signatures=0), "one to five"),
    ("a passkey to remove that is not there", entry("Kim", "Tom", act="remove"), NOT_ON),
]

CASES = [
    *[Case(f"roster: {name}", attempt, words, "Conflict" if words == MOVED else "Refused", "roster") for name, attempt, words in _APPENDED],
    Case("roster: changed after it was signed", kept(_changed_afterwards), "for something else", twin="roster"),
    Case("roster: an entry once more", _again, MOVED, "Conflict", "roster"),
    Case("roster: Sam's passkey as Ben's", kept(_another_key_for_sams), "another person's", twin="roster"),
    Case("roster: Kim's key as Olu's", kept(_key_twice), "on the roster already, under another name", twin="roster"),
    Case("roster: asked alone where no wait is declared", kept(_asked_alone), "two officers, for ever", twin="roster"),
    Case("roster: one officer fewer than two", kept(_last_officers), "At least 2 officers must remain.", twin="roster"),
    Case("roster: begun again without the token", _begun(lambda _world: "guess"), "first officer already", "Conflict", "roster"),
    Case("roster: begun again with the token", _begun(lambda world: world.house.token), "first officer already", "Conflict", "roster"),
    Case("roster: a row put in by SQL", _row_put_in, NOT_ON),
    Case("roster: rolled back by SQL", _rolled_back, NOT_ON),
    Case("roster: a passkey that was taken out", lambda w: _by_removed_key(w, signed_at=timedelta(0)), NOT_ON),
    Case("roster: a passkey that was taken out later", lambda w: _by_removed_key(w, signed_at=timedelta(days=2)), NOT_ON),
    Case("two: one signature", lambda w: w.publish(_one_of_two(w)), TOO_FEW),
    Case("two: one, and the database asks for one", _demand_lowered(1), TOO_FEW),
    Case("two: one, and the statement asks for none", _demand_lowered(0), TOO_FEW),
    Case("two: one, and the statement asks for less than none", _demand_lowered(-5), TOO_FEW),
    Case("two: one person twice", _one_person_twice("Ben"), TOO_FEW),
    Case("two: one person with two passkeys", _one_person_twice("Ben's second key"), TOO_FEW),
    Case("two: one of them the author", _two_and_author, "Nobody countersigns their own."),
]

"""Acts that take two people: who may sign, once, in time, exactly what was proposed. Shown with lifting a lock."""
from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from countersign.access.grants.models import Grant
from countersign.access.grants.rights import Role
from countersign.access.lockout import lifting, locking
from countersign.access.lockout.rules import Target
from countersign.audit.models import Entry
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, CountersignError, Invalid, Refused
from countersign.people.models import Credential, Lock, Person
from countersign.people.states import LockKind
from countersign.review import acts, proposing
from countersign.review.models import Proposal, ProposalSignature
from countersign.review.statement import challenge
from countersign.review.verifying import Assertion
from tests.house import now
from tests.signing_in import given_passkey, made
from tests.soft_authenticator import SoftAuthenticator

pytestmark = pytest.mark.django_db


class Room:
    """Kim, Tom and Joke are officers with software passkeys; Olu is none; Ann is locked, and Kim asks to lift that."""

    def __init__(self) -> None:
        self.keys: dict[str, SoftAuthenticator] = {}
        self.people = {name: self._person(name) for name in ("Kim", "Tom", "Joke", "Olu", "Ann")}
        for name in ("Kim", "Tom", "Joke"):
            Grant.objects.create(person=self.people[name], account=None, role=Role.OFFICER, given_at=now())
        target = Target(LockKind.PERSON, str(self.people["Ann"].uid))
        self.case = locking.lock(self.actor("Kim"), [target], reason="lost", at=now())
        self.proposal = lifting.ask(self.actor("Kim"), self.case, reason="It was found.", at=now())

    def _person(self, name: str) -> Person:
        person = made(name)
        given_passkey(person)
        key = SoftAuthenticator(settings.RP_ID, str(settings.ORIGIN), is_synced=False)
        Credential.objects.filter(person=person).update(
            credential_id=key.credential_id_text, public_key=key.public_key_cose, is_backup_eligible=False, is_backed_up=False
        )
        self.keys[name] = key
        return person

    def actor(self, name: str) -> PersonActor:
        return self.people[name].as_actor(verified_at=now())

    def statement(self, name: str, **more: Any) -> dict[str, Any]:
        return proposing.statement_for(self.actor(name), self.proposal, at=more.get("at") or now())

    def sign(self, name: str, statement: dict[str, Any] | None = None, *, by: str = "") -> bool:
        """Sign as one person, with their own passkey or somebody else's."""
        content = statement or self.statement(name)
        answer = Assertion.of(self.keys[by or name].sign(challenge(content)))
        return proposing.sign(self.actor(name), self.proposal, content, answer, at=now())

    def is_lifted(self) -> bool:
        self.proposal.refresh_from_db()
        return not Lock.objects.standing().filter(hold__case=self.case).exists()


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_second_person_signs_and_it_is_done(room: Room) -> None:
    assert room.sign("Tom")
    assert room.is_lifted()
    assert room.proposal.state == "used"
    events = list(Entry.objects.filter(matter=proposing.label(room.proposal)).order_by("number").values_list("event", flat=True))
    assert events == ["proposal.made", "proposal.signed", "proposal.granted"]


def test_a_stranger_signs_nothing_and_the_log_says_who_tried(room: Room) -> None:
    with pytest.raises(Refused):
        room.statement("Olu")
    with pytest.raises(Refused):
        room.sign("Olu", room.statement("Tom") | {"signer": room.actor("Olu").uid})
    assert not room.is_lifted()
    assert Entry.objects.filter(event="act.refused", actor=room.people["Olu"].label).count() == 2


def test_whoever_proposed_it_does_not_sign_it_alone(room: Room) -> None:
    with pytest.raises(Refused):
        room.statement("Kim")
    with pytest.raises(Refused):
        room.sign("Kim", room.statement("Tom") | {"signer": room.actor("Kim").uid})
    assert not room.is_lifted()


def test_somebody_else_s_passkey_does_not_sign_for_one(room: Room) -> None:
    with pytest.raises(Refused):
        room.sign("Tom", by="Kim")
    assert not room.is_lifted()


def test_a_signature_for_another_signer_is_none(room: Room) -> None:
    with pytest.raises(Conflict):
        room.sign("Tom", room.statement("Joke"))
    assert not room.is_lifted()


def test_what_was_signed_is_not_signed_twice(room: Room) -> None:
    statement = room.statement("Tom")
    room.sign("Tom", statement)
    with pytest.raises(Conflict):
        room.sign("Tom", statement)  # the same answer once more
    with pytest.raises(Conflict):
        room.sign("Joke", statement | {"signer": room.actor("Joke").uid})
    assert ProposalSignature.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"act": "secret.reveal"}, {"content": {"case": "x", "locks": []}}, {"reason": "0" * 64}, {"matter": "case:other"},
        {"account": "11111111-1111-4111-8111-111111111111"}, {"proposal": "11111111-1111-4111-8111-111111111111"},
        {"proposed_by": "11111111-1111-4111-8111-111111111111"}, {"expires_at": "2030-01-01T00:00:00.000000Z"}, {"v": 2},
        {"extra": "field"},
    ],
)
def test_an_altered_statement_is_not_what_is_proposed(room: Room, change: dict[str, Any]) -> None:
    with pytest.raises(Conflict):
        room.sign("Tom", room.statement("Tom") | change)
    assert not room.is_lifted()


def test_content_that_was_changed_in_the_database_after_the_page_was_read_is_not_signed(room: Room) -> None:
    statement = room.statement("Tom")
    Proposal.objects.update(content={"case": str(room.case.uid), "locks": []})
    with pytest.raises(Conflict):
        room.sign("Tom", statement)


def test_an_answer_to_another_proposal_does_not_serve_for_this_one(room: Room) -> None:
    other = locking.lock(room.actor("Kim"), [Target(LockKind.NETWORK, network="mastodon")], reason="spam", at=now())
    first, room.proposal = room.proposal, lifting.ask(room.actor("Kim"), other, reason="It is over.", at=now())
    replayed = Assertion.of(room.keys["Tom"].sign(challenge(room.statement("Tom"))))
    room.proposal = first
    with pytest.raises(Refused):
        proposing.sign(room.actor("Tom"), first, room.statement("Tom"), replayed, at=now())
    assert not room.is_lifted()


@pytest.mark.parametrize("signed_at", [timedelta(minutes=-11), timedelta(minutes=5)])
def test_a_statement_that_is_too_old_or_of_the_future_is_not_taken(room: Room, signed_at: timedelta) -> None:
    with pytest.raises(Conflict):
        room.sign("Tom", room.statement("Tom", at=now() + signed_at))


def test_a_proposal_that_expired_is_neither_signed_nor_refused(room: Room) -> None:
    statement = room.statement("Tom")
    Proposal.objects.update(expires_at=now() - timedelta(seconds=1))
    with pytest.raises(Conflict):
        room.sign("Tom", statement)
    with pytest.raises(Conflict):
        proposing.refuse(room.actor("Tom"), room.proposal, "No.", at=now())


def test_what_was_refused_or_withdrawn_is_signed_by_nobody(room: Room) -> None:
    statement = room.statement("Joke")
    with pytest.raises(Invalid):
        proposing.refuse(room.actor("Tom"), room.proposal, "  ", at=now())
    proposing.refuse(room.actor("Tom"), room.proposal, "It is still lost.", at=now())
    with pytest.raises(Conflict):
        room.sign("Joke", statement)
    again = lifting.ask(room.actor("Kim"), room.case, reason="Really found.", at=now())
    with pytest.raises(Refused):
        proposing.withdraw(room.actor("Tom"), again, at=now())
    proposing.withdraw(room.actor("Kim"), again, at=now())
    room.proposal = again
    with pytest.raises(Conflict):
        room.sign("Tom")
    assert not room.is_lifted()


def test_whoever_proposed_it_does_not_refuse_it_as_a_second_person(room: Room) -> None:
    with pytest.raises(Refused):
        proposing.refuse(room.actor("Kim"), room.proposal, "No.", at=now())


def test_nothing_is_proposed_without_a_reason_or_by_a_stranger(room: Room) -> None:
    proposing.withdraw(room.actor("Kim"), room.proposal, at=now())
    with pytest.raises(Invalid):
        lifting.ask(room.actor("Kim"), room.case, reason="   ", at=now())
    with pytest.raises(Refused):
        lifting.ask(room.actor("Olu"), room.case, reason="Please.", at=now())
    assert Proposal.objects.count() == 1


def test_an_officer_who_lost_the_role_meanwhile_does_not_sign(room: Room) -> None:
    statement = room.statement("Tom")
    Grant.objects.filter(person=room.people["Tom"]).delete()
    with pytest.raises(Refused):
        room.sign("Tom", statement)
    assert not room.is_lifted()


def test_what_is_granted_is_used_once_by_whoever_proposed_it_in_time(room: Room) -> None:
    Proposal.objects.update(state="granted")
    with pytest.raises(Refused):
        proposing.use(room.actor("Tom"), room.proposal, at=now())
    with pytest.raises(Conflict):
        proposing.use(room.actor("Kim"), room.proposal, at=now() + timedelta(days=2))
    proposing.use(room.actor("Kim"), room.proposal, at=now())
    with pytest.raises(Conflict):
        proposing.use(room.actor("Kim"), room.proposal, at=now())


def test_two_acts_of_one_name_stop_the_program() -> None:
    with pytest.raises(RuntimeError):
        acts.register(acts.Act(
            lifting.NAME, "Something else", timedelta(1), lambda *_: None, lambda *_: None, lambda _p: (), lambda _p: "/",
        ))  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_once_carry_it_out_once() -> None:
    room = Room()
    signed = {name: (content := room.statement(name), Assertion.of(room.keys[name].sign(challenge(content)))) for name in ("Tom", "Joke")}
    done, faults, start = list[bool](), list[CountersignError](), threading.Barrier(2)

    def sign(name: str) -> None:
        try:
            start.wait()
            done.append(proposing.sign(room.actor(name), room.proposal, *signed[name], at=now()))
        except CountersignError as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign, args=(name,)) for name in signed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (done, len(faults)) == ([True], 1)
    assert isinstance(faults[0], Conflict)
    assert Entry.objects.filter(event="lock.lifted").count() == 1

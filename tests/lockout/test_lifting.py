"""Lifting takes two, names exactly what it lifts, and revives nothing."""
from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from countersign.access.lockout import lifting, locking
from countersign.access.lockout.models import Case
from countersign.access.lockout.rules import Target
from countersign.access.vault.keykeeping import OPERATOR
from countersign.audit.models import Entry
from countersign.base.errors import Conflict, CountersignError, Refused
from countersign.people import queries as people
from countersign.people.models import Credential, Lock, Person, Session
from countersign.people.states import LockKind
from countersign.review import proposing
from countersign.review.models import Proposal
from countersign.review.statement import challenge
from countersign.review.verifying import Assertion
from tests.lockout.conftest import now
from tests.signing_in import sign_in
from tests.soft_authenticator import SoftAuthenticator


def with_key(person: Person) -> SoftAuthenticator:
    """A passkey in the place of the one the fixture made, so that the test holds its private half."""
    key = SoftAuthenticator(settings.RP_ID, str(settings.ORIGIN), is_synced=False)
    Credential.objects.filter(person=person).update(
        credential_id=key.credential_id_text, public_key=key.public_key_cose, is_backup_eligible=False, is_backed_up=False
    )
    return key


def locked(by: Person, whom: Person) -> Case:
    target = Target(LockKind.PERSON, str(whom.uid))
    return locking.lock(by.as_actor(verified_at=now()), [target], reason="lost", at=now())


def asked(by: Person, case: Case) -> Proposal:
    return lifting.ask(by.as_actor(verified_at=now()), case, reason="The phone was found.", at=now())


def signed(by: Person, key: SoftAuthenticator, proposal: Proposal) -> bool:
    actor = by.as_actor(verified_at=now())
    statement = proposing.statement_for(actor, proposal, at=now())
    return proposing.sign(actor, proposal, statement, Assertion.of(key.sign(challenge(statement))), at=now())


def test_a_second_officer_lifts_and_nothing_comes_back(kim: Person, tom: Person, ann: Person) -> None:
    client = Client()
    session = sign_in(client, ann)
    case, key = locked(kim, ann), with_key(tom)
    assert signed(tom, key, asked(kim, case))
    assert not people.is_locked(person=str(ann.uid))
    assert client.get("/").status_code == 302
    assert Session.objects.get(pk=session.pk).ended_by == "locked"
    assert Entry.objects.filter(event="lock.lifted", actor=tom.label).count() == 1


def test_whoever_asked_does_not_sign(kim: Person, ann: Person) -> None:
    key = with_key(kim)
    proposal = asked(kim, locked(kim, ann))
    with pytest.raises(Refused):
        signed(kim, key, proposal)
    assert people.is_locked(person=str(ann.uid))


def test_an_author_neither_asks_nor_signs(kim: Person, ann: Person, ben: Person) -> None:
    case, key = locked(kim, ann), with_key(ben)
    with pytest.raises(Refused):
        asked(ben, case)
    with pytest.raises(Refused):
        signed(ben, key, asked(kim, case))


def test_whoever_is_locked_cannot_help_to_lift(kim: Person, tom: Person, ann: Person) -> None:
    key = with_key(tom)
    proposal = asked(kim, locked(kim, ann))
    locked(kim, tom)
    with pytest.raises((Refused, Conflict)):
        signed(tom, key, proposal)
    assert people.is_locked(person=str(ann.uid))


def test_a_proposal_dies_with_the_lock_of_whoever_made_it(kim: Person, tom: Person, ann: Person) -> None:
    case, key = locked(kim, ann), with_key(tom)
    proposal = asked(kim, case)
    locked(tom, kim)
    with pytest.raises((Refused, Conflict)):
        signed(tom, key, Proposal.objects.get(pk=proposal.pk))
    assert people.is_locked(person=str(ann.uid))


def test_everything_is_lifted_at_the_server_by_two_different_officers_or_the_only_one(kim: Person, tom: Person, ann: Person) -> None:
    target = Target(LockKind.EVERYTHING)
    case = locking.lock(kim.as_actor(verified_at=now()), [target], reason="a break-in", at=now())
    for shown in ([], [kim], [kim, kim], [kim, ann]):
        with pytest.raises(Refused):
            lifting.lift_at_server(OPERATOR, case, shown, reason="It is over.", at=now())
    assert people.is_locked()
    assert lifting.lift_at_server(OPERATOR, case, [kim, tom], reason="It is over.", at=now()) == 1
    assert not people.is_locked()


def test_it_is_asked_once_at_a_time(kim: Person, tom: Person, ann: Person) -> None:
    case = locked(kim, ann)
    asked(kim, case)
    with pytest.raises(Conflict):
        asked(tom, case)


def test_what_is_lifted_is_not_lifted_again(kim: Person, tom: Person, ann: Person) -> None:
    case, key = locked(kim, ann), with_key(tom)
    signed(tom, key, asked(kim, case))
    with pytest.raises(Conflict):
        asked(kim, case)


@pytest.mark.django_db(transaction=True)
def test_a_lock_set_while_another_is_lifted_stands(kim: Person, tom: Person, ann: Person) -> None:
    """Two officers, one lifting and one locking the same person at the same moment, in either order: no lock is lost."""
    for _turn in range(6):
        Lock.objects.update(lifted_at=now(), state="lifted")
        key = with_key(tom)
        proposal = asked(kim, locked(kim, ann))
        faults = together(partial(signed, tom, key, proposal), partial(locked, kim, ann))
        assert faults == []
        assert Lock.objects.standing().filter(target=ann.uid).count() == 1
        assert people.is_locked(person=str(ann.uid))


def together(*deeds: Callable[[], object]) -> list[CountersignError]:
    """Do these at the same moment, each in a thread with a connection of its own."""
    barrier, faults = threading.Barrier(len(deeds)), list[CountersignError]()

    def run(deed: Callable[[], object]) -> None:
        try:
            barrier.wait()
            deed()
        except CountersignError as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults

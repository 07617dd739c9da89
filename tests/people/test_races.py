"""What serves once serves once, also when it is shown twice at the same moment, each in a thread of its own."""
from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from countersign.audit.models import Entry
from countersign.base.actor import DutyActor
from countersign.base.errors import CountersignError, Refused
from countersign.people import enrolling, equipping, passkeys, proving
from countersign.people.adapters import AccountAdapter
from countersign.people.models import Credential, Person
from countersign.people.sessions import SessionStore
from tests.signing_in import given_passkey
from tests.soft_authenticator import SoftAuthenticator

AT_ONCE = 6


def outcomes_of(acts: list[Callable[[], object]]) -> list[str]:
    """Begin all of them together; how each ended: `done`, or the name of its error."""
    barrier, found = Barrier(len(acts)), list[str]()

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
            found.append("done")
        except CountersignError as error:
            found.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_shown_many_times_at_once_serves_once(ann: Person) -> None:
    at = timezone.now()
    code = equipping.make_recovery_codes(ann.as_actor(verified_at=at), at=at)[0]
    found = outcomes_of([lambda: proving.use_code(ann.as_actor(), ann, code, at=at)] * AT_ONCE)
    assert sorted(found) == ["Invalid"] * (AT_ONCE - 1) + ["done"]
    assert Entry.objects.filter(event="factor.used").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_link_used_many_times_at_once_serves_once(ann: Person) -> None:
    at = timezone.now()
    token = enrolling.issue(DutyActor("start"), ann, purpose="recovery", at=at)[1]
    enrolment = enrolling.require_usable(token, at=at)
    store: dict[str, Any] = {}
    made = []
    for number in range(AT_ONCE):
        asked = passkeys.ask_new(store, ann, purpose=str(number))
        key = SoftAuthenticator("localhost", "http://localhost:8765")
        made.append(passkeys.accept_new(store, key.register(asked), purpose=str(number)))
    found = outcomes_of(
        [lambda one=one: enrolling.accept_with_passkey(enrolment, one, passkey_name="K", at=at) for one in made]  # type: ignore[misc]
    )
    assert sorted(found) == ["Conflict"] * (AT_ONCE - 1) + ["done"]
    assert Credential.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_factors_removed_at_once_one_stays(ann: Person) -> None:
    at = timezone.now()
    for name in ("Phone", "Laptop"):
        given_passkey(ann, name=name)
    actor = ann.as_actor(verified_at=at)
    uids = [str(one.uid) for one in Credential.objects.all()]
    found = outcomes_of([lambda uid=uid: equipping.remove_passkey(actor, uid, at=at) for uid in uids])  # type: ignore[misc]
    assert sorted(found) == ["Refused", "done"]
    assert Credential.objects.filter(retired_at=None).count() == 1


def test_an_answer_is_taken_once_for_its_question(ann: Person, ann_s_passkey: SoftAuthenticator) -> None:
    store: dict[str, Any] = {}
    answer = ann_s_passkey.answer(passkeys.ask(store, None, purpose="x"))
    assert passkeys.accept(store, answer, None, purpose="x").credential.person == ann
    with pytest.raises(Refused, match="answered already"):
        passkeys.accept(store, answer, None, purpose="x")


def test_no_door_of_allauth_signs_in_without_a_shown_second_factor(
    ann: Person, ann_s_passkey: SoftAuthenticator, rf: RequestFactory
) -> None:
    request = rf.post("/")
    request.session = SessionStore()
    with pytest.raises(Refused, match="second factor was not shown"):
        AccountAdapter(request).login(request, ann)
    assert "_auth_user_id" not in request.session

"""Keys of programs, and the door by which a security desk locks."""
from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from countersign.access.lockout import keeping_keys, locking
from countersign.access.lockout.models import Case
from countersign.access.lockout.rules import Target
from countersign.audit.models import Entry
from countersign.base.errors import Conflict, Invalid, Refused
from countersign.people import queries as people
from countersign.people.models import ApiKey, Person
from countersign.people.states import LockKind
from tests.lockout.conftest import now


def key_of(officer: Person, *, purpose: str = "lock", days: int = 30) -> tuple[ApiKey, str]:
    key, text = keeping_keys.make_key(officer.as_actor(verified_at=now()), name="Desk", purpose=purpose, days=days, at=now())
    return key, text.reveal()


def call(text: str, **content: object) -> tuple[int, dict[str, object]]:
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    response = Client(enforce_csrf_checks=True).post("/api/locks/", json.dumps(content), content_type="application/json", headers=headers)
    return response.status_code, response.json()


def test_a_security_desk_locks_several_things_at_once(kim: Person, ann: Person, ben: Person) -> None:
    key, text = key_of(kim)
    status, told = call(text, targets=[f"person:{ann.email}", f"person:{ben.uid}", "network:mastodon"], reason="Ticket 4711")
    assert status == 201
    assert Case.objects.get(uid=told["case"]).opened_by == f"key:{key.uid}"
    assert people.is_locked(person=str(ann.uid))
    assert people.is_locked(person=str(ben.uid))


def test_one_target_that_is_not_understood_locks_nothing_and_says_so(kim: Person, ann: Person) -> None:
    _key, text = key_of(kim)
    for targets in ([f"person:{ann.email}", "person:nobody@delinde.example"], ["planet:x"], [7], [], "everything"):
        assert call(text, targets=targets, reason="Ticket")[0] == 422
    assert call(text, targets=["everything"])[0] == 422
    assert call(text, targets=["everything"], reason="x", since="tomorrow")[0] == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "{", "[" * 100_000, '{"targets": {}}'])
def test_what_is_no_json_is_told_so(kim: Person, body: str) -> None:
    _key, text = key_of(kim)
    response = Client().post("/api/locks/", body, content_type="application/json", headers={"Authorization": f"Bearer {text}"})
    assert response.status_code == 422


def test_without_a_key_nothing_is_done_and_nothing_fills_the_log(ann: Person) -> None:
    before = Entry.objects.count()
    for text in ("", "cs_lock_guess", "x" * 5000):
        assert call(text, targets=[f"person:{ann.uid}"], reason="x")[0] == 401
    assert Entry.objects.count() == before


def test_a_key_for_something_else_or_that_ended_or_is_too_old_is_refused_and_recorded(kim: Person, ann: Person) -> None:
    asked = {"targets": [f"person:{ann.uid}"], "reason": "x"}
    _key, directory = key_of(kim, purpose="scim")
    ended, old = key_of(kim), key_of(kim)
    keeping_keys.end_key(kim.as_actor(verified_at=now()), ended[0], at=now())
    ApiKey.objects.filter(pk=old[0].pk).update(expires_at=now() - timedelta(seconds=1))
    for text in (directory, ended[1], old[1]):
        assert call(text, **asked)[0] == 403
    assert Entry.objects.filter(event="act.refused", actor__startswith="key:").count() == 3
    with pytest.raises(Conflict):
        keeping_keys.end_key(kim.as_actor(verified_at=now()), ended[0], at=now())


def test_a_key_dies_with_the_lock_of_whoever_made_it(kim: Person, tom: Person, ann: Person) -> None:
    _key, text = key_of(kim)
    locking.lock(tom.as_actor(verified_at=now()), [Target(LockKind.PERSON, str(kim.uid))], reason="lost", at=now())
    assert call(text, targets=[f"person:{ann.uid}"], reason="x")[0] == 403


def test_only_its_hash_is_kept_and_only_officers_make_one(kim: Person, ann: Person) -> None:
    key, text = key_of(kim)
    assert text not in str(vars(ApiKey.objects.get(pk=key.pk)))
    with pytest.raises(Refused):
        key_of(ann)
    for wrong in ({"purpose": "everything"}, {"days": 0}, {"days": 5000}):
        with pytest.raises(Invalid):
            key_of(kim, **wrong)  # type: ignore[arg-type]

"""It closes only when nothing is left; then there is a certificate, and the log says so."""
from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from countersign.access.departures import answering, certificate, closing, departing, left, queries
from countersign.access.departures.left import Kind
from countersign.access.departures.models import Departure
from countersign.access.devices.queries import on_roster
from countersign.access.grants import rostering
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Role
from countersign.access.lockout import answering as locks
from countersign.access.lockout.jobs import carry_out_locks
from countersign.access.lockout.models import App, SignOut
from countersign.access.vault import rotating, stating
from countersign.access.vault.models import Exposure, Rotation, SealedVersion, Secret
from countersign.audit import checkpointing, tree
from countersign.audit.models import Entry
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, NetworkError, Refused
from countersign.base.values import canonical
from countersign.content.posts.jobs import void_what_is_locked
from countersign.people.models import Credential, Device
from countersign.review import proposing
from countersign.review.models import RosterEntry, RosterProposal
from countersign.review.roster import OFFICER, REVIEWER
from countersign.review.statement import ROSTER_ENTRY
from tests.house import House, now
from tests.vault.conftest import Vault

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(departure: Departure) -> list[str]:
    departure.refresh_from_db()
    return [str(one.kind) for one in left.left_of(departure, on_roster=on_roster())]


def leo_leaves(house: House) -> Departure:
    """Leo, a reviewer whose passkey is on the roster, leaves now; Tom and Kim are officers."""
    tom, kim = house.person("Tom", Role.OFFICER), house.actor("Kim")
    house.put_on_roster(tom, kim, roles=[OFFICER, REVIEWER])
    leo = house.person("Leo", Role.REVIEWER, Role.AUTHOR)
    house.put_on_roster(leo, kim, tom)
    return departing.depart(kim, house.people["Leo"], why="Leaves the company.", at=now())


def seen_by_leo(house: House) -> Secret:
    """A password of the account that Leo has seen."""
    account: Account = house.account  # type: ignore[attr-defined]
    secret = Secret.objects.create(account=account, kind="password", made_at=now())
    version = SealedVersion.objects.create(secret=secret, version=1, sealed="sealed", made_at=now(), current_from=now())
    Exposure.objects.create(person=house.people["Leo"], version=version, way="checked_out", at=now())
    return secret


def work_off(house: House, departure: Departure) -> None:
    """The worker's turns, then an officer's answers and both officers' signatures."""
    carry_out_locks(now())
    void_what_is_locked(now())
    kim, tom = house.actor("Kim"), house.actor("Tom")
    for task in departure.tasks.filter(answer=""):
        text = "given_back" if task.kind == "device" else "not_there"
        answering.answer(kim, task, text, at=now())
    for key in Credential.objects.filter(person=departure.person, credential_id__in=on_roster()):
        _sign_off(house, answering.ask_off(kim, departure, key, at=now()), kim, tom)


def _sign_off(house: House, proposal: RosterProposal, *officers: PersonActor) -> None:
    for officer in officers:
        rostering.sign(officer, proposal, house.assertion(officer, proposal.content, ROSTER_ENTRY), at=now())


def test_it_closes_only_when_the_list_is_empty_and_then_has_a_certificate(brewery: House) -> None:
    departure = leo_leaves(brewery)
    kim = brewery.actor("Kim")
    assert set(kinds(departure)) >= {Kind.TASK, Kind.PASSKEY}
    with pytest.raises(Conflict, match="things are left"):
        closing.close(kim, departure, at=now())
    work_off(brewery, departure)
    assert kinds(departure) == []
    closing.close(kim, departure, at=now())
    departure.refresh_from_db()
    assert departure.state == "closed"
    assert [one["answer"] for one in departure.certificate["tasks"]] == ["not_there", "not_there", "given_back"]
    assert [one["name"] for one in departure.certificate["passkeys"]] == ["Leo's key"]
    with pytest.raises(Conflict):
        closing.close(kim, departure, at=now())


def test_the_certificate_is_proven_by_the_log_alone(brewery: House) -> None:
    departure = leo_leaves(brewery)
    work_off(brewery, departure)
    closing.close(brewery.actor("Kim"), departure, at=now())
    checkpointing.sign(now())
    departure.refresh_from_db()
    shown = json.loads(json.dumps({"certificate": departure.certificate, "log": certificate.proof(departure)}))
    _verify(shown)
    shown["certificate"]["closed_by"]["name"] = "Olu"
    with pytest.raises(AssertionError):
        _verify(shown)


def _verify(shown: dict[str, Any]) -> None:
    """What an auditor does with the JSON: the digest stands in the leaf, the leaf under the checkpoint's root."""
    said = hashlib.sha256(b"countersign/departure/v1\0" + canonical(shown["certificate"])).hexdigest()
    log = shown["log"]
    leaf = json.loads(log["leaf"])
    assert (leaf["event"], leaf["details"]["certificate"]) == ("departure.closed", said)
    assert tree.leaf_hash(log["leaf"].encode()).hex() == log["leaf_hash"]
    _origin, size, root = log["checkpoint"].splitlines()[:3]
    tree.require_inclusion(
        bytes.fromhex(log["leaf_hash"]), log["leaf_index"], int(size), [bytes.fromhex(one) for one in log["inclusion"]],
        base64.b64decode(root),
    )


def test_a_secret_that_was_seen_is_replaced_with_proof_before_it_closes(brewery: House) -> None:
    brewery.person("Leo", Role.REVIEWER)
    secret = seen_by_leo(brewery)
    brewery.person("Tom", Role.OFFICER)
    departure = departing.depart(brewery.actor("Kim"), brewery.people["Leo"], why="Leaves.", at=now())
    rotation = Rotation.objects.get(secret=secret)
    assert (rotation.due_at - departure.opened_at).total_seconds() == 3600  # type: ignore[operator]  # critical: an hour
    work_off(brewery, departure)
    assert kinds(departure) == ["rotation"]
    with pytest.raises(Conflict):
        closing.close(brewery.actor("Kim"), departure, at=now())
    SealedVersion.objects.filter(secret=secret).update(ended_at=now())
    SealedVersion.objects.create(secret=secret, version=2, sealed="other", made_at=now(), current_from=now())
    Rotation.objects.filter(pk=rotation.pk).update(state="changed", changed_at=now())
    assert kinds(departure) == ["rotation"]  # changed is not proven
    Rotation.objects.filter(pk=rotation.pk).update(state="confirmed", evidence={"how": "sign_in"})
    closing.close(brewery.actor("Kim"), departure, at=now())
    departure.refresh_from_db()
    assert departure.certificate["rotations"][0]["evidence"] == {"how": "sign_in"}


def test_a_password_said_to_be_changed_is_on_the_list_of_who_knew_the_old_one_until_that_is_proven(brewery: House) -> None:
    """Leo has checked it out; an officer says *I have changed it there* and has not; then Leo leaves."""
    tom, kim = brewery.person("Tom", Role.OFFICER), brewery.actor("Kim")
    brewery.put_on_roster(tom, kim, roles=[OFFICER, REVIEWER])
    brewery.put_on_roster(brewery.person("Leo", Role.REVIEWER), kim, tom)
    vault = Vault(brewery, brewery.account)  # type: ignore[attr-defined]
    secret = vault.enter()
    vault.check_out(secret, by="Leo")
    rotation = rotating.begin(kim, Rotation.objects.get(secret=secret), at=now())
    assert rotating.done_by_hand(kim, rotation, at=now()).state == "changed"
    departure = departing.depart(kim, brewery.people["Leo"], why="Leaves the company.", at=now())
    work_off(brewery, departure)
    assert kinds(departure) == ["rotation"]
    with pytest.raises(Conflict):
        closing.close(kim, departure, at=now())
    told = {"kind": "password_changed", "message_id": "<1@network>", "received_at": now().isoformat()}
    assert rotating.confirm_by_mail(rotating.ROTATE, secret.account, told, at=now()) == [rotation]
    assert kinds(departure) == []
    closing.close(kim, departure, at=now())
    departure.refresh_from_db()
    assert [one["evidence"]["how"] for one in departure.certificate["rotations"]] == ["mail"]
    assert not Rotation.objects.open().filter(secret=secret).exists()


def test_what_two_people_have_stated_closes_it_and_the_certificate_calls_it_that(brewery: House) -> None:
    tom, kim = brewery.person("Tom", Role.OFFICER), brewery.actor("Kim")
    brewery.put_on_roster(tom, kim, roles=[OFFICER, REVIEWER])
    brewery.person("Leo", Role.REVIEWER)
    secret = seen_by_leo(brewery)
    departure = departing.depart(kim, brewery.people["Leo"], why="Leaves.", at=now())
    work_off(brewery, departure)
    new = SealedVersion.objects.create(secret=secret, version=2, sealed="other", made_at=now())
    Rotation.objects.filter(secret=secret).update(state="changed", changed_at=now(), new=new)
    proposal = stating.propose(kim, Rotation.objects.get(secret=secret), "Tried, and refused.", at=now())
    assert kinds(departure) == ["rotation"]
    statement = proposing.statement_for(tom, proposal, at=now())
    assert proposing.sign(tom, proposal, statement, brewery.assertion(tom, statement), at=now())
    closing.close(kim, departure, at=now())
    departure.refresh_from_db()
    told = " ".join(line.detail for line in queries.certificate_page(departure).done)
    assert "stated by Kim and Tom, not proven by the network" in told


def test_what_turns_out_later_to_have_been_seen_keeps_it_open(brewery: House) -> None:
    departure = leo_leaves(brewery)
    work_off(brewery, departure)
    seen_by_leo(brewery)
    assert kinds(departure) == ["secret"]
    with pytest.raises(Conflict):
        closing.close(brewery.actor("Kim"), departure, at=now())


def test_an_app_on_their_phone_is_signed_out_before_it_closes(brewery: House) -> None:
    tom, kim = brewery.person("Tom", Role.OFFICER), brewery.actor("Kim")
    leo = brewery.people[brewery.person("Leo", Role.AUTHOR).name]
    App.objects.create(device=Device.objects.get(person=leo), network="x", handle="@delinde", recorded_by=leo, recorded_at=now())
    departure = departing.depart(kim, leo, why="Leaves.", at=now())
    work_off(brewery, departure)
    assert kinds(departure) == ["app"]
    locks.tick_app(tom, SignOut.objects.get(), at=now())
    assert kinds(departure) == []


def test_the_broker_s_roster_counts_and_not_our_copy_of_it(brewery: House) -> None:
    departure = leo_leaves(brewery)
    carry_out_locks(now())
    void_what_is_locked(now())
    for task in departure.tasks.all():
        answering.answer(brewery.actor("Kim"), task, "given_back" if task.kind == "device" else "removed", at=now())
    RosterEntry.objects.all().delete()  # by somebody with the database
    assert kinds(departure) == []
    with pytest.raises(Conflict, match="1 things are left"):
        closing.close(brewery.actor("Kim"), departure, at=now())


def test_without_the_broker_nothing_closes(brewery: House) -> None:
    departure = leo_leaves(brewery)
    work_off(brewery, departure)
    brewery.broker.kill()
    with pytest.raises(NetworkError):
        closing.close(brewery.actor("Kim"), departure, at=now())
    departure.refresh_from_db()
    assert departure.state == "open"


def test_an_answer_is_given_once_by_an_officer_and_has_their_name(brewery: House) -> None:
    departure = leo_leaves(brewery)
    task = departure.tasks.filter(kind="administrator").get()
    with pytest.raises(Refused):
        answering.answer(brewery.actor("Ann"), task, "removed", at=now())
    answering.answer(brewery.actor("Tom"), task, "removed", at=now())
    with pytest.raises(Conflict):
        answering.answer(brewery.actor("Kim"), task, "not_there", at=now())
    task.refresh_from_db()
    assert (task.answer, task.answered_by) == ("removed", brewery.people["Tom"])
    assert Entry.objects.filter(event="departure.answered").count() == 1

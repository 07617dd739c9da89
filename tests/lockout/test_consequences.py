"""What a lock sets going in the vault: rotations for what was seen, our own keys made anew at the network, passwords behind apps."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from countersign.access.lockout import answering, locking, recording_apps
from countersign.access.lockout.jobs import LOCK
from countersign.access.lockout.models import App, Case, Hold, SignOut, Step
from countersign.access.lockout.rules import Target
from countersign.access.vault.models import Rotation, SecretVersion
from countersign.people.models import Device
from countersign.people.states import LockKind
from tests.house import now
from tests.vault.conftest import Vault, vault, vault_house

pytestmark = pytest.mark.django_db
__all__ = ["vault", "vault_house"]


@pytest.fixture
def _django_db_helper() -> None:
    """No test here is rolled back: the broker must see the rows, and one house serves all."""


@pytest.fixture(autouse=True)
def _no_lock_is_left(vault: Vault) -> Iterator[None]:
    yield
    for table in (SignOut, App, Step, Hold, Case):
        table.objects.all().delete()


def lost(vault: Vault, name: str, kind: LockKind = LockKind.PERSON) -> Case:
    """Kim locks somebody, or the device they work in, and the worker does what follows."""
    person = vault.house.people[name]
    uid = person.uid if kind == LockKind.PERSON else Device.objects.filter(person=person).latest("pk").uid
    case = locking.lock(vault.actor("Kim"), [Target(kind, str(uid))], reason="left in a taxi", at=now())
    answering.carry_on(LOCK, case, at=now())
    return case


def notes(case: Case) -> dict[str, int]:
    return dict(case.steps.exclude(done_at=None).values_list("kind", "count"))


def test_what_the_locked_person_has_seen_is_rotated_and_our_own_key_is_another(vault: Vault) -> None:
    secret, before = vault.enter(), SecretVersion.objects.newest(vault.account)
    vault.check_out(secret, by="Leo")
    Rotation.objects.filter(secret=secret).delete()  # the one that every check-out opens
    done = notes(lost(vault, "Leo"))
    assert done["rotations"] >= 1
    assert Rotation.objects.open().filter(secret=secret).count() == 1
    after = SecretVersion.objects.newest(vault.account)
    assert before is not None
    assert after is not None
    assert after.version > before.version


def test_what_only_somebody_else_has_seen_is_left_alone(vault: Vault) -> None:
    secret = vault.enter()
    lost(vault, "Ann")
    assert not Rotation.objects.filter(account=vault.account).exists()
    assert vault.known_to("Kim") == [secret]


def test_the_password_behind_an_app_that_was_signed_in_on_the_phone_is_rotated(vault: Vault) -> None:
    secret, ann = vault.enter(), vault.house.people["Ann"]
    device = Device.objects.filter(person=ann).latest("pk")
    recording_apps.record_app(vault.actor("Kim"), device, network="practice", handle=vault.account.handle, account=vault.account, at=now())
    lost(vault, "Ann", LockKind.DEVICE)
    assert [one.secret for one in Rotation.objects.open().filter(account=vault.account, secret__isnull=False)] == [secret]


def test_a_network_that_does_not_answer_is_asked_again_and_the_step_stays_open(vault: Vault) -> None:
    vault.check_out(vault.enter(), by="Leo")
    vault.house.network.kill()
    try:
        case = lost(vault, "Leo")
        assert "tokens" not in notes(case)
    finally:
        vault.house.network.start()
    answering.carry_on(LOCK, case, at=now())
    assert "tokens" in notes(case)

"""What a lock sets going in the vault: keys at the networks replaced, rotations opened for what was seen.

The only place that asks the vault for it.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from countersign.access.grants.models import Account
from countersign.access.grants.states import AccountState
from countersign.access.lockout.models import App, Case
from countersign.access.vault import rotating
from countersign.access.vault.models import Rotation, Secret
from countersign.access.vault.queries import Seen, exposed_to, seen_on
from countersign.access.vault.states import RotationState, SecretKind
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict, NetworkError
from countersign.base.words import _
from countersign.people.models import Lock, Person
from countersign.people.states import LockKind

WHY = _("A device or person that knew it was locked.")
LATER = _("the network does not answer; it is tried again")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step stands: whether it is done, how many it concerned, and what a person should know of it."""

    is_done: bool
    count: int = 0
    note: str = ""


def replace_tokens(actor: DutyActor, case: Case, *, at: datetime) -> Outcome:
    """Revoke and re-issue our own keys of the accounts that can be reached from what was locked: those of which a secret was
    seen. An app that is signed in there reaches the account, not our key: that is a task for a person.

    Done once every key was replaced since the lock began, or waits for a person; a network that is silent is asked again.
    """
    accounts = [account for account in _accounts(case) if account.state == AccountState.CONNECTED]
    is_done = True
    for account in accounts:
        if _is_replaced(account, case):
            continue
        try:
            rotation = rotating.replace_tokens(actor, account, WHY, at=at)
        except (NetworkError, Conflict):
            is_done = False
        else:
            is_done = is_done and (rotation.changed_at is not None or rotation.state == RotationState.BY_HAND)
    return Outcome(is_done=True, count=len(accounts)) if is_done else Outcome(is_done=False, note=LATER)


def _is_replaced(account: Account, case: Case) -> bool:
    return Rotation.objects.filter(account=account, secret=None, changed_at__gte=case.begun_at).exists()


def open_rotations(actor: DutyActor, case: Case, *, at: datetime) -> Outcome:
    """Open a rotation for each secret of which a version that may open was seen by whom or on what was locked, and for the
    passwords behind apps that were signed in there."""
    seen, behind = _seen(case), _behind_apps(case)
    in_use = {one.secret.pk for one in seen if one.is_current} | {secret.pk for secret in behind}
    secrets = {secret.pk: secret for secret in [*(one.secret for one in seen), *behind]}
    for secret in secrets.values():
        rotating.open(actor, secret, WHY, is_new_seen=secret.pk in in_use, at=at)
    return Outcome(is_done=True, count=len(secrets))


def _seen(case: Case) -> list[Seen]:
    """A lock on a person concerns all they have ever seen, one on a device what was seen on it."""
    locks = list(Lock.objects.filter(hold__case=case))
    persons = Person.objects.filter(uid__in=[lock.target for lock in locks if lock.kind == LockKind.PERSON and lock.target])
    devices = [str(lock.target) for lock in locks if lock.kind == LockKind.DEVICE]
    return [*(one for person in persons for one in exposed_to(person)), *(one for device in devices for one in seen_on(device))]


def _behind_apps(case: Case) -> list[Secret]:
    accounts = App.objects.filter(sign_outs__case=case, account__isnull=False).values("account_id")
    passwords = Secret.objects.filter(account_id__in=accounts, kind=SecretKind.PASSWORD, retired_at=None)
    return list(passwords.select_related("account"))


def _accounts(case: Case) -> list[Account]:
    return list({one.secret.account.pk: one.secret.account for one in _seen(case)}.values())

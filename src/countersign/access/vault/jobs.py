"""What the worker does for the vault."""
from __future__ import annotations

from datetime import datetime, timedelta

from countersign.access.grants.models import Account
from countersign.access.vault import keeping, rotating, telling
from countersign.access.vault.models import Rotation, SecretVersion
from countersign.access.vault.states import RotationState
from countersign.base.actor import DutyActor
from countersign.base.errors import CountersignError

REFRESH = DutyActor("refresh")
AHEAD = timedelta(minutes=30)
STOPPED = timedelta(minutes=2)  # longer than any call to a network: whoever was changing it is gone


def refresh_keys(at: datetime) -> int:
    """Refresh every key that ends within half an hour; how many were asked for. A blip is for next time."""
    ending = SecretVersion.objects.ending_before(at + AHEAD).values("account_id")
    accounts = list(Account.objects.connected().filter(pk__in=ending))
    for account in accounts:
        try:
            keeping.refresh(REFRESH, account, at=at)
        except CountersignError:
            continue
    return len(accounts)


def tell_of_rotations(at: datetime) -> int:
    """Tell officers of rotations that are open, and again of those that are overdue; how many were told."""
    rotations = Rotation.objects.open().filter(state_since__gte=at - timedelta(days=30)).select_related("account", "secret")
    late = set(Rotation.objects.overdue(at).values_list("pk", flat=True))
    waiting = {RotationState.DUE, RotationState.BY_HAND}
    return sum(
        telling.tell(rotating.ROTATE, one, is_late=one.pk in late, at=at) for one in rotations if one.state in waiting or one.pk in late
    )


def prove_again(at: datetime) -> int:
    """Prove what could not be proven before: what lived on is dead by now, or the network is there again; how many are confirmed."""
    open_ones = Rotation.objects.filter(
        state__in=[RotationState.UNCONFIRMED, RotationState.CHANGED], changed_at__isnull=False, changed_at__gt=at - timedelta(days=7)
    ).select_related("account", "secret__account", "old__secret", "new__secret")
    confirmed = 0
    for rotation in open_ones.exclude(alive_until__gt=at):
        if not rotating.can_be_asked(rotation):
            continue
        try:
            confirmed += rotating.prove(rotating.ROTATE, rotation, at=at).state == RotationState.CONFIRMED
        except CountersignError:
            continue
    return confirmed


def replace_again(at: datetime) -> int:
    """Replace keys of ours that could not be replaced when it was asked for, and go on where a process was ended in the
    middle; how many were tried."""
    ours = Rotation.objects.filter(secret=None, changed_at=None).select_related("account")
    waiting = list(ours.filter(state=RotationState.DUE))
    stopped = list(ours.filter(state__in=[RotationState.CHANGING, RotationState.UNCONFIRMED], state_since__lt=at - STOPPED))
    for rotation in [*waiting, *stopped]:
        try:
            go_on = rotating.begin if rotation.state == RotationState.DUE else rotating.carry_on
            go_on(rotating.ROTATE, rotation, at=at)
        except CountersignError:
            continue
    return len(waiting) + len(stopped)

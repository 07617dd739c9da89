"""Keeping keys alive: refreshed in good time, given back when an account is disconnected, marked when refused."""
from __future__ import annotations

from datetime import datetime

from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.grants.states import AccountState
from countersign.access.vault.models import SecretVersion
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import Actor, PersonActor
from countersign.base.errors import KeyRefused
from countersign.calls import client, messages


def refresh(actor: Actor, account: Account, *, at: datetime) -> None:
    """Renew an account's key before it ends. Only a definite refusal disconnects; a network error changes nothing."""
    with refusals_recorded(actor, at=at, matter=account):
        gate.require(actor, Right.SECRET_REFRESH, on=account)
    try:
        fresh = client.ask(messages.Refresh(str(account.uid)))
    except KeyRefused as refusal:
        mark_refused(actor, account, refusal.what, at=at)
        return
    if not fresh.sealed or SecretVersion.objects.filter(account=account, version=fresh.version, ended_at=None).exists():
        return
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.SECRET_REFRESH, on=account)
        SecretVersion.objects.filter(account=account, ended_at__isnull=True).update(ended_at=at)
        expires = datetime.fromisoformat(fresh.expires_at) if fresh.expires_at else None
        SecretVersion.objects.update_or_create(
            account=account, version=fresh.version,
            defaults={"sealed": fresh.sealed, "made_at": at, "expires_at": expires, "ended_at": None},
        )
        record("secret.refreshed", f"account:{account.uid}", account=str(account.uid), version=fresh.version)


def mark_refused(actor: Actor, account: Account, why: str, *, at: datetime) -> None:
    """Write down that the network definitely refused our key. Marking twice is no error."""
    account.refresh_from_db()
    if account.state != AccountState.CONNECTED:
        return
    with recorded(actor, at=at) as record:
        account.move(AccountState.REFUSED, at=at, trouble=why[:300])
        record("account.key_refused", f"account:{account.uid}", account=str(account.uid))


def disconnect(actor: PersonActor, account: Account, *, at: datetime) -> None:
    """Give the key back to the network, then forget it here. The key is ended there before it is ended here."""
    with refusals_recorded(actor, at=at, matter=account):
        gate.require(actor, Right.ACCOUNT_DISCONNECT, on=account)
    client.ask(messages.Revoke(str(account.uid)))
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ACCOUNT_DISCONNECT, on=account)
        account.move(AccountState.DISCONNECTED, at=at, trouble="")
        SecretVersion.objects.filter(account=account, ended_at__isnull=True).update(ended_at=at)
        record("account.disconnected", f"account:{account.uid}", account=str(account.uid), network=account.network)

"""Connecting the company's accounts: the key goes from the network into the vault, past everybody."""
from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from countersign.access.evidence import beginning
from countersign.access.grants import gate
from countersign.access.grants.models import Account
from countersign.access.grants.rights import Right
from countersign.access.grants.states import AccountState
from countersign.access.vault import rotating
from countersign.access.vault.models import Connection, SecretVersion
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import PersonActor
from countersign.base.errors import Conflict, Refused
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.people.models import Person

CONNECTION_LIVES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account is: a network by name, a server's address or an empty text, a handle or an empty text."""

    network: str
    server: str = ""
    handle: str = ""


def begin(actor: PersonActor, place: Place, *, reconnects: Account | None = None, at: datetime) -> str:
    """Begin a sign-in at a network; the address where the browser must go."""
    uid = reconnects.uid if reconnects else uuid.uuid4()
    state = secrets.token_urlsafe(32)
    with refusals_recorded(actor, at=at, matter=reconnects or "account"):
        gate.require(actor, Right.ACCOUNT_CONNECT, on=reconnects)
        begun = client.ask(messages.BeginConnection(place.network, str(uid), place.server, place.handle, state))
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ACCOUNT_CONNECT, on=reconnects)
        Connection.objects.create(
            state=state, begun_by=Person.objects.get(uid=actor.uid), network=place.network, account_uid=uid,
            reconnects=reconnects, pending=begun.pending, begun_at=at,
        )
        record("account.connection_begun", f"account:{uid}", network=place.network, server=place.server)
    return str(begun.authorize_url)


def finish(actor: PersonActor, query: Mapping[str, str], *, at: datetime) -> Account:
    """Take what the callback brought, have the broker exchange it, and keep the account with its sealed key.

    Refused when this browser's person did not begin it, when it is used or too old, or when the network said no.
    """
    connection = _claim(actor, str(query.get("state", "")), at)
    connected = client.ask(
        messages.FinishConnection(
            connection.network, str(connection.account_uid), connection.pending, dict(query),
            version=_next_version(connection.reconnects), expected=_expected(connection.reconnects),
        )
    )
    return _keep(actor, connection.account_uid, connected, connection.reconnects, at=at)


def connect_by_app_password(
    actor: PersonActor, place: Place, app_password: Secret, *, reconnects: Account | None = None, at: datetime
) -> Account:
    """Connect with a password made for us at the network, where OAuth cannot be had."""
    uid = reconnects.uid if reconnects else uuid.uuid4()
    with refusals_recorded(actor, at=at, matter=reconnects or "account"):
        gate.require(actor, Right.ACCOUNT_CONNECT, on=reconnects)
        connected = client.ask(
            messages.ConnectByAppPassword(
                place.network, str(uid), place.server, place.handle, app_password.reveal(),
                version=_next_version(reconnects), expected=_expected(reconnects),
            )
        )
    return _keep(actor, uid, connected, reconnects, at=at)


def _claim(actor: PersonActor, state: str, at: datetime) -> Connection:
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ACCOUNT_CONNECT, on=None)
        connection = Connection.objects.filter(state=state, begun_by__uid=actor.uid).first()
        if connection is None:
            raise Refused(_("This sign-in was not begun here by you."), remedy=_("Begin again on the accounts page."))
        if at - connection.begun_at > CONNECTION_LIVES:
            raise Refused(_("This sign-in took longer than ten minutes."), remedy=_("Begin again on the accounts page."))
        if not Connection.objects.filter(pk=connection.pk, used_at__isnull=True).update(used_at=at):
            raise Conflict(_("This sign-in was finished already."), remedy=_("Look at the accounts page."))
        record("account.connection_returned", f"account:{connection.account_uid}", network=connection.network)
        return connection


def _keep(
    actor: PersonActor, uid: uuid.UUID, connected: messages.Connected, reconnects: Account | None, *, at: datetime
) -> Account:
    identity = connected.identity
    with recorded(actor, at=at) as record:
        gate.require(actor, Right.ACCOUNT_CONNECT, on=reconnects)
        looks = _looks(connected)
        if reconnects is None:
            account = _new_account(actor, uid, identity, looks, at)
            record("account.connected", f"account:{uid}", account=str(uid), network=identity["network"])
            beginning.begin(actor, account, at=at)
        else:
            account = Account.objects.get(pk=reconnects.pk)
            account.move(AccountState.CONNECTED, at=at, trouble="", **looks)
            record("account.reconnected", f"account:{uid}", account=str(uid), network=identity["network"])
        SecretVersion.objects.filter(account=account, ended_at__isnull=True).update(ended_at=at)
        expires = datetime.fromisoformat(connected.expires_at) if connected.expires_at else None
        SecretVersion.objects.create(
            account=account, version=connected.version, sealed=connected.sealed, made_at=at, expires_at=expires
        )
        rotating.connected_anew(actor, account, at=at)
        return account


def _new_account(
    actor: PersonActor, uid: uuid.UUID, identity: dict[str, Any], looks: dict[str, Any], at: datetime
) -> Account:
    there = {name: identity[name] for name in ("network", "origin", "remote_id")}
    if Account.objects.filter(**there).exists():
        raise Conflict(_("{handle} is connected already."), remedy=_("Reconnect it on its page."), handle=identity["handle"])
    return Account.objects.create(
        uid=uid, state=AccountState.CONNECTED, state_since=at, connected_at=at,
        connected_by=Person.objects.get(uid=actor.uid), **there, **looks,
    )


def _looks(connected: messages.Connected) -> dict[str, Any]:
    identity = connected.identity
    return {
        "handle": identity["handle"], "name": identity["name"], "url": identity["url"],
        "limits": connected.limits, "scopes": connected.scopes,
    }


def _next_version(account: Account | None) -> int:
    if account is None:
        return 1
    last = SecretVersion.objects.filter(account=account).order_by("-version").first()
    return last.version + 1 if last else 1


def _expected(account: Account | None) -> dict[str, str]:
    return {"origin": account.origin, "remote_id": account.remote_id} if account else {}

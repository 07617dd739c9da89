"""Calls about the key by which we ourselves work at a network: replaced when somebody asks for it, and proven."""
from __future__ import annotations

from typing import Any

from countersign.base.errors import Invalid, KeyRefused
from countersign.base.words import _
from countersign.calls import messages
from countersign.networks.contract import EndsSessions
from countersign.processes.broker.office import Held, Office, connector, credentials_of
from countersign.processes.broker.vault import uid_of
from countersign.review.statement import iso


def replace_tokens(office: Office, call: messages.ReplaceTokens) -> messages.Replaced:
    """A new key, and the old one ended, and asked whether it really is. Where the network renews nothing, ours is ended
    and a person signs in anew."""
    account = uid_of(call.account)
    before = office.credentials(account)
    found = connector(before.credentials.identity.network)
    if not isinstance(found, EndsSessions):
        raise Invalid(_("This network lets no key be ended by API."), remedy=_("End it there by hand."))
    try:
        after = office.fresh(account, now=True)
    except KeyRefused:
        after = before  # it is dead there already
    with office.key_barrier(account).exclusive():
        is_ended = after.version == before.version
        found.end_session(office.http, before.credentials) if is_ended or _hangs_on(before) else None
        old_is_alive = found.is_alive(office.http, before.credentials)
        if not is_ended and not found.is_alive(office.http, after.credentials):
            is_ended = True
    ends = before.credentials.expires_at
    until = iso(ends) if old_is_alive and ends else ""
    if is_ended:
        return messages.Replaced("", before.version, "", is_ended=True, old_is_alive=old_is_alive, alive_until=until)
    key = key_parts(office, account, after)
    return messages.Replaced(key["sealed"], key["version"], key["expires_at"], is_ended=False, old_is_alive=old_is_alive, alive_until=until)


def prove_tokens(office: Office, call: messages.ProveTokens) -> messages.Proven:
    """Whether an older key of an account still opens anything, and whether the one in use does."""
    account, version = uid_of(call.account), call.key.get("version")
    if type(version) is not int:
        raise Invalid(_("That is no version of a secret."))
    old = credentials_of(office.opened(account, str(call.key.get("sealed")), version))
    try:
        held = office.fresh(account)
    except KeyRefused:
        held = office.credentials(account)
    found = connector(held.credentials.identity.network)
    if old.identity.remote_id != held.credentials.identity.remote_id or not isinstance(found, EndsSessions):
        return messages.Proven(is_told=False, new_opens=False, old_opens=False)
    new_opens = found.is_alive(office.http, held.credentials)
    return messages.Proven(is_told=True, new_opens=new_opens, old_opens=found.is_alive(office.http, old))


def _hangs_on(held: Held) -> bool:
    """Whether renewing leaves the old refresh token good for a while, as sessions by app password do."""
    return held.credentials.scopes == ("app password",)


def key_parts(office: Office, account: str, held: Held) -> dict[str, Any]:
    kept, ends = office.kept_secret(account), held.credentials.expires_at
    sealed = office.sealed_of(kept) if kept and kept.body["version"] == held.version else ""
    return {"sealed": sealed, "version": held.version, "expires_at": iso(ends) if ends else ""}

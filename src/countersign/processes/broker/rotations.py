"""Calls about rotations of secrets: the next one made, given to the network, and proven.

What is made for a rotation stands in our file before the network is asked, so that a process that is killed in between
loses nothing: asked again, it goes on with what was begun.
"""
from __future__ import annotations

from typing import Any

from countersign.base.errors import Conflict, Invalid, OutcomeUnknown, Refused
from countersign.base.values import Secret
from countersign.base.words import _
from countersign.calls import messages
from countersign.networks import passwords
from countersign.networks.contract import Change, EndsSessions, Identity, RotatesSecret, SignsInByAppPassword
from countersign.processes.broker.office import Office, connector
from countersign.processes.broker.tokens import key_parts
from countersign.processes.broker.vault import (
    ROTATION,
    is_connected,
    kept_as_new,
    kind_of,
    now,
    opened,
    owner_of,
    sealed_lines,
    uid_of,
)  # fmt: skip
from countersign.review.statement import iso


def prepare(office: Office, call: messages.PrepareRotation) -> messages.SealedSecret:
    """Make the next version of a password. Asked again for the same rotation, the same one comes back."""
    account, secret, rotation = uid_of(call.account), uid_of(call.secret), uid_of(call.rotation)
    with office.one_at_a_time(secret):
        for line in reversed(sealed_lines(office, secret)):
            if line.body["rotation"] == rotation:
                return messages.SealedSecret(office.sealed_of(line), line.body["version"])
        text = passwords.make(_network(office, account))
        return kept_as_new(office, account, secret, kind_of(call.kind), call.version, text, rotation=rotation)


def ask_for_code(office: Office, call: messages.AskForCode) -> messages.Done:
    """Have the network mail a code. The address is the account's own, as the network knows it."""
    identity, found = _rotates(office, uid_of(call.account))
    found.ask_for_code(office.http, identity, password=opened(office, call.account, call.password))
    return messages.Done()


def change(office: Office, call: messages.ChangeSecret) -> messages.Changed:
    """Replace a secret at the network. What was begun before a crash is gone on with, never begun twice.

    The new one is tried before the old one is ended, and our own session is made anew with it where it hung on the old.
    """
    account, secret, rotation = uid_of(call.account), uid_of(str(call.old.get("secret"))), uid_of(call.rotation)
    identity, found = _rotates(office, account)
    kind = kind_of(str(call.old.get("kind")))
    way = found.changes.get(kind)
    if way is None:
        raise Invalid(_("This network lets this be changed by hand only."))
    with office.one_at_a_time(secret):
        if way is Change.BY_MAIL:
            new = _by_mail(office, call, found, identity)
            key = _session_anew(office, account, call.app_passwords, found)
        else:
            password = opened(office, account, call.password)
            new = _by_password(office, call, found, identity, password)
            key = _session_anew(office, account, [_part(secret, kind, new)], found)
            old_name = str(call.old.get("name"))
            if old_name != str(call.new.get("name")):
                found.end(office.http, identity, name=old_name, password=password)
        _note_changed(office, account, secret, rotation)
    return messages.Changed(new.sealed, new.version, iso(now() + found.outlives), key)


def _by_mail(
    office: Office, call: messages.ChangeSecret, found: RotatesSecret, identity: Identity
) -> messages.SealedSecret:
    new = opened(office, call.account, call.new, pending=True)
    made = messages.SealedSecret(str(call.new["sealed"]), int(call.new["version"]))
    if found.opens(office.http, identity, new):  # a change whose answer was lost
        return made
    try:
        found.change(office.http, identity, kind=kind_of(str(call.new["kind"])), name="", key=Secret(call.code), new=new)
    except OutcomeUnknown:
        if not found.opens(office.http, identity, new):
            raise
    return made


def _by_password(
    office: Office, call: messages.ChangeSecret, found: RotatesSecret, identity: Identity, password: Secret
) -> messages.SealedSecret:
    """The network makes the secret, so only its name can be in our file beforehand: one whose answer was lost is ended
    there by that name, and made again."""
    account, secret, rotation = uid_of(call.account), uid_of(str(call.new["secret"])), uid_of(call.rotation)
    kind, name = kind_of(str(call.new["kind"])), str(call.new["name"])
    for line in reversed(sealed_lines(office, secret)):
        if line.body["rotation"] == rotation:
            made = messages.SealedSecret(office.sealed_of(line), line.body["version"])
            new = office.key.open(made.sealed, office.context(owner_of(account, secret), kind, made.version))
            if found.opens(office.http, identity, new):
                return made
    _note(office, account, secret, rotation, "asked", name=name)
    new = found.change(office.http, identity, kind=kind, name=name, key=password, new=Secret(""))
    made = kept_as_new(office, account, secret, kind, int(call.new["version"]), new, rotation=rotation)
    if not found.opens(office.http, identity, new):
        raise OutcomeUnknown(_("The network made a new secret and does not take it."))
    return made


def _session_anew(
    office: Office, account: str, app_passwords: list[dict[str, Any]], found: RotatesSecret
) -> dict[str, Any]:
    """Our own key made anew, where it is a session by app password: it ends with the secret that it was opened with."""
    held = office.credentials(account)
    if held.credentials.scopes != ("app password",) or not isinstance(found, SignsInByAppPassword):
        return {}
    for part in app_passwords:
        password = opened(office, account, part, pending=True)
        if not found.opens(office.http, held.credentials.identity, password):
            continue
        with office.key_barrier(account).exclusive():
            before = office.credentials(account)
            fresh = found.sign_in(
                office.http, server=held.credentials.identity.origin, handle=held.credentials.identity.remote_id,
                app_password=password,
            )
            if fresh.identity.remote_id != held.credentials.identity.remote_id:
                raise Refused(_("The network signed in another account."))
            kept = office.keep(account, fresh, before)
            if isinstance(found, EndsSessions):
                found.end_session(office.http, before.credentials)
        return key_parts(office, account, kept)
    return {}


def changed_by_hand(office: Office, call: messages.ChangedByHand) -> messages.Done:
    """From now on the version that this rotation made is the one that counts."""
    secret, rotation = uid_of(call.secret), uid_of(call.rotation)
    with office.one_at_a_time(secret):
        if all(line.body["rotation"] != rotation for line in sealed_lines(office, secret)):
            raise Conflict(_("Nothing was made for this rotation yet."), remedy=_("Begin it."))
        _note_changed(office, uid_of(call.account), secret, rotation)
    return messages.Done()


def _note_changed(office: Office, account: str, secret: str, rotation: str) -> None:
    known = office.journal.lines_where(ROTATION, "rotation", rotation)
    if all(line.body["step"] != "changed" for line in known):
        _note(office, account, secret, rotation, "changed")


def _note(office: Office, account: str, secret: str, rotation: str, step: str, *, name: str = "") -> None:
    body = {"account": account, "secret": secret, "rotation": rotation, "step": step, "name": name, "at": iso(now())}
    office.journal.append(ROTATION, body)


def prove(office: Office, call: messages.ProveSecret) -> messages.Proven:
    """Sign in with the new one and with the old one. Nothing to ask where the network takes no passwords from us."""
    account = uid_of(call.account)
    if not is_connected(office, account):
        return messages.Proven(is_told=False, new_opens=False, old_opens=False)
    identity = office.credentials(account).credentials.identity
    found = connector(identity.network)
    if not isinstance(found, RotatesSecret) or call.new.get("kind") not in found.changes:
        return messages.Proven(is_told=False, new_opens=False, old_opens=False)
    new = opened(office, account, call.new, pending=True)
    old = opened(office, account, call.old, older=True)
    new_opens, old_opens = found.opens(office.http, identity, new), found.opens(office.http, identity, old)
    return messages.Proven(is_told=True, new_opens=new_opens, old_opens=old_opens)


def _rotates(office: Office, account: str) -> tuple[Identity, RotatesSecret]:
    """Whose account it is, by what lies sealed with its key and never by a row, and the connector. A password goes to that
    server alone."""
    identity = office.credentials(account).credentials.identity
    found = connector(identity.network)
    if not isinstance(found, RotatesSecret):
        raise Invalid(_("This network lets this be changed by hand only."))
    return identity, found


def _network(office: Office, account: str) -> str:
    return office.credentials(account).credentials.identity.network if is_connected(office, account) else ""


def _part(secret: str, kind: str, made: messages.SealedSecret) -> dict[str, Any]:
    return {"secret": secret, "kind": kind, "version": made.version, "sealed": made.sealed, "name": ""}
